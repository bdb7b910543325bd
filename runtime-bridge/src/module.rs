//! What an interpreter needs to have the bridge: native classes, and asyncio's default loop.

use rustpython_vm::class::PyClassImpl;
use rustpython_vm::frozen::FrozenModule;
use rustpython_vm::{Context, InterpreterBuilder, py_freeze, pymodule};

use crate::coroutine::Coroutine;
use crate::event_loop::{EventLoopCore, Handle};
use crate::from_python::delivery::DoneCallback;
use crate::homing;
use crate::streams::stream::{AsyncIterator, BlockingIterator};
use crate::waiter::Waiter;
use crate::{asyncio, contextvars, coroutine};

// py_freeze does not tell cargo what it reads: without this a change would not be compiled in.
const _: &[u8] = include_bytes!("../python/unix_events.py");
const _: &[u8] = include_bytes!("../python/tasks.py");

/// The modules of asyncio that ours run first, and the names under which those stay reachable.
const EXTENDED: [(&str, &str); 2] = [
    ("asyncio.unix_events", "_runtime_bridge_unix_events"),
    ("asyncio.tasks", "_runtime_bridge_tasks"),
];

/// Adds the bridge to an interpreter: the native module `_runtime_bridge`, and the native event
/// loop as what `asyncio.run`, `asyncio.new_event_loop` and `asyncio.EventLoop` make.
///
/// Call it after the standard library was added. On Windows asyncio keeps the interpreter's own
/// loops, which cannot drive a [`Coroutine`].
pub fn register(builder: InterpreterBuilder) -> InterpreterBuilder {
    let own = _runtime_bridge::module_def(&builder.ctx);
    // These two take the place of the interpreter's modules of the same names.
    let asyncio = asyncio::module_def(&builder.ctx);
    let contextvars = contextvars::module_def(&builder.ctx);
    builder
        .add_native_module(own)
        .add_native_module(asyncio)
        .add_native_module(contextvars)
        .add_frozen_modules(extended_modules())
        .add_frozen_modules(py_freeze!(
            file = "../python/unix_events.py",
            module_name = "asyncio.unix_events"
        ))
        .add_frozen_modules(py_freeze!(
            file = "../python/tasks.py",
            module_name = "asyncio.tasks"
        ))
        .init_hook(|vm| {
            make_classes(&vm.ctx);
            homing::take_in_at_exit(vm);
        })
}

fn extended_modules() -> Vec<(&'static str, FrozenModule)> {
    let kept_name = |name: &str| EXTENDED.iter().find(|(stock, _)| *stock == name);
    rustpython_pylib::FROZEN_STDLIB
        .decode()
        .filter_map(|(name, module)| kept_name(name).map(|(_, kept)| (*kept, module)))
        .collect()
}

/// Native modules may make coroutines before anything imports `_runtime_bridge`.
fn make_classes(ctx: &Context) {
    coroutine::make_class(ctx);
    drop(Waiter::make_static_type());
    drop(DoneCallback::make_static_type());
    drop(AsyncIterator::make_static_type());
    drop(BlockingIterator::make_static_type());
    drop(Handle::make_static_type());
    drop(EventLoopCore::make_static_type());
    contextvars::make_classes();
    asyncio::make_classes();
}

#[pymodule]
mod _runtime_bridge {
    use rustpython_vm::builtins::{PyModule, PyTupleRef};
    use rustpython_vm::class::{PyClassImpl, StaticType};
    use rustpython_vm::{Py, PyRef, PyResult, VirtualMachine, extend_module};

    use super::{
        AsyncIterator, BlockingIterator, Coroutine, EventLoopCore, Handle, Waiter, asyncio,
    };

    /// asyncio.gather() of a tuple; None if asyncio's own code has to do it.
    #[pyfunction]
    fn gather(
        arguments: PyTupleRef,
        return_exceptions: bool,
        vm: &VirtualMachine,
    ) -> PyResult<Option<PyRef<asyncio::Gathering>>> {
        asyncio::gather(&arguments, return_exceptions, vm)
    }

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        extend_module!(vm, module, {
            "coroutine" => Coroutine::make_static_type(),
            "async_iterator" => AsyncIterator::make_static_type(),
            "blocking_iterator" => BlockingIterator::make_static_type(),
            "Waiter" => Waiter::make_static_type(),
            "Handle" => Handle::make_static_type(),
            "EventLoopCore" => EventLoopCore::make_static_type(),
        });
        // asyncio takes for a coroutine what is registered as one.
        let abc = vm.import("_collections_abc", 0)?;
        let class = Coroutine::static_type().to_owned();
        let coroutine = abc.get_attr("Coroutine", vm)?;
        vm.call_method(&coroutine, "register", (class,))?;
        Ok(())
    }
}
