//! Embeds the interpreter and gives its scripts one async Rust function, with its sync twin.
//!
//! ```text
//! cargo run --release --example embed
//! ```

use std::process::ExitCode;

use rustpython::InterpreterBuilderExt as _;
use rustpython_vm::InterpreterBuilder;

#[rustpython_vm::pymodule]
mod pulse {
    use std::time::Duration;

    use runtime_bridge::{Coroutine, block_on, with_vm};
    use rustpython_vm::function::ArgIntoFloat;
    use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};

    /// Plain tokio. It runs on the interpreter's own thread, and may be dropped at any await.
    async fn wait(seconds: f64) -> PyResult<PyObjectRef> {
        let duration = Duration::try_from_secs_f64(seconds)
            .map_err(|error| with_vm(|vm| vm.new_value_error(error.to_string())))?;
        tokio::time::sleep(duration).await;
        with_vm(|vm| Ok(vm.ctx.new_float(seconds).into()))
    }

    /// For `await pulse.rest(0.1)`.
    #[pyfunction]
    fn rest(seconds: ArgIntoFloat) -> Coroutine {
        Coroutine::new("pulse.rest", wait(seconds.into()))
    }

    /// The same for plain calls.
    #[pyfunction]
    fn rest_now(seconds: ArgIntoFloat, vm: &VirtualMachine) -> PyResult {
        block_on(vm, wait(seconds.into()))
    }
}

const SCRIPT: &str = r#"
import asyncio
import pulse

async def main():
    print("side by side:", await asyncio.gather(*(pulse.rest(0.1) for _ in range(3))))
    try:
        await asyncio.wait_for(pulse.rest(3600), 0.1)
    except TimeoutError:
        print("an hour was too long; the timer is gone")

asyncio.run(main())
print("without a loop:", pulse.rest_now(0.1))
"#;

fn main() -> ExitCode {
    let builder = InterpreterBuilder::new().init_stdlib();
    let module = pulse::module_def(&builder.ctx);
    let interpreter = runtime_bridge::register(builder.add_native_module(module)).build();
    let status = interpreter.run(|vm| {
        let scope = vm.new_scope_with_main()?;
        vm.run_string(scope, SCRIPT, "<embedded>").map(drop)
    });
    ExitCode::from(u8::try_from(status).unwrap_or(1))
}
