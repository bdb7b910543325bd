//! The native module `bridge_python`: Rust futures that await Python awaitables.

pub(super) use bridge_python::module_def;

#[rustpython_vm::pymodule]
mod bridge_python {
    use std::future::Future as _;
    use std::pin::pin;
    use std::sync::Arc;
    use std::thread;
    use std::time::Duration;

    use futures_util::StreamExt as _;
    use futures_util::stream::FuturesUnordered;
    use parking_lot::Mutex;
    use runtime_bridge::{AsTask, Coroutine, await_as_task, await_in_line, block_on, with_vm};
    use rustpython_vm::function::ArgIntoFloat;
    use rustpython_vm::{PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine};
    use tokio::task;

    use crate::support::module::{Gauge, PySwitch};
    use crate::support::operations::{Held, Switch, in_native_thread, none, text};

    fn pair(first: PyObjectRef, second: PyObjectRef) -> PyObjectRef {
        with_vm(|vm| vm.ctx.new_tuple(vec![first, second]).into())
    }

    fn start(awaitable: PyObjectRef) -> PyResult<AsTask> {
        with_vm(|vm| await_as_task(awaitable, vm))
    }

    fn new_awaitable(function: &PyObjectRef) -> PyResult {
        with_vm(|vm| function.call((), vm))
    }

    #[pyfunction]
    fn in_line(awaitable: PyObjectRef) -> Coroutine {
        Coroutine::new("bridge_python.in_line", await_in_line(awaitable))
    }

    /// Awaits both in line; what the first one raises is dropped.
    #[pyfunction]
    fn in_line_whatever_then(first: PyObjectRef, second: PyObjectRef) -> Coroutine {
        Coroutine::new("bridge_python.in_line_whatever_then", async move {
            drop(await_in_line(first).await);
            await_in_line(second).await
        })
    }

    /// Awaits `make()` in line, so many times, one after the other.
    #[pyfunction]
    fn in_line_many(make: PyObjectRef, count: usize) -> Coroutine {
        Coroutine::new("bridge_python.in_line_many", async move {
            for _ in 0..count {
                await_in_line(new_awaitable(&make)?).await?;
            }
            Ok(none())
        })
    }

    #[pyfunction]
    fn in_line_both(first: PyObjectRef, second: PyObjectRef) -> Coroutine {
        Coroutine::new("bridge_python.in_line_both", async move {
            let (first, second) = tokio::join!(await_in_line(first), await_in_line(second));
            Ok(pair(first?, second?))
        })
    }

    /// Awaits in line until the switch is on.
    #[pyfunction]
    fn in_line_or_switch(awaitable: PyObjectRef, switch: PyRef<PySwitch>) -> Coroutine {
        let switch = switch.switch();
        Coroutine::new("bridge_python.in_line_or_switch", async move {
            tokio::select! {
                biased;
                result = await_in_line(awaitable) => result,
                _ = switch.wait(None) => Ok(text("switch")),
            }
        })
    }

    /// Like `in_line_or_switch`, but the switch is looked at first.
    #[pyfunction]
    fn switch_or_in_line(switch: PyRef<PySwitch>, awaitable: PyObjectRef) -> Coroutine {
        let switch = switch.switch();
        Coroutine::new("bridge_python.switch_or_in_line", async move {
            tokio::select! {
                biased;
                _ = switch.wait(None) => Ok(text("switch")),
                result = await_in_line(awaitable) => result,
            }
        })
    }

    /// Like `in_line_or_switch`, but goes on with what is awaited after the switch is on.
    #[pyfunction]
    fn in_line_and_switch(awaitable: PyObjectRef, switch: PyRef<PySwitch>) -> Coroutine {
        let switch = switch.switch();
        Coroutine::new("bridge_python.in_line_and_switch", async move {
            let mut awaited = pin!(await_in_line(awaitable));
            tokio::select! {
                biased;
                result = &mut awaited => return Ok(pair(text("awaited"), result?)),
                _ = switch.wait(None) => {}
            }
            Ok(pair(text("switch"), awaited.await?))
        })
    }

    #[pyfunction]
    fn in_line_with_timeout(awaitable: PyObjectRef, seconds: ArgIntoFloat) -> Coroutine {
        let duration = Duration::from_secs_f64(seconds.into());
        Coroutine::new("bridge_python.in_line_with_timeout", async move {
            match tokio::time::timeout(duration, await_in_line(awaitable)).await {
                Ok(result) => result,
                Err(_) => Ok(text("timeout")),
            }
        })
    }

    /// In line, with the waker of a combinator.
    #[pyfunction]
    fn in_line_unordered(awaitable: PyObjectRef) -> Coroutine {
        Coroutine::new("bridge_python.in_line_unordered", async move {
            let mut futures = FuturesUnordered::from_iter([await_in_line(awaitable)]);
            futures.next().await.unwrap_or_else(|| Ok(none()))
        })
    }

    #[pyfunction]
    fn in_line_spawned(awaitable: PyObjectRef) -> Coroutine {
        Coroutine::new("bridge_python.in_line_spawned", async move {
            task::spawn(await_in_line(awaitable)).await.expect("joined")
        })
    }

    #[pyfunction]
    fn in_line_under_block_on(awaitable: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        block_on(vm, await_in_line(awaitable))
    }

    /// Two coroutines that poll the same in-line await.
    #[pyfunction]
    fn in_line_moved(awaitable: PyObjectRef) -> PyResult<PyObjectRef> {
        let shared = Arc::new(Mutex::new(Box::pin(await_in_line(awaitable))));
        let coroutine = || {
            let shared = shared.clone();
            let moved = std::future::poll_fn(move |cx| shared.lock().as_mut().poll(cx));
            Coroutine::new("bridge_python.in_line_moved", moved)
        };
        let (first, second) = (coroutine(), coroutine());
        Ok(with_vm(|vm| {
            let pair = vec![
                first.into_ref(&vm.ctx).into(),
                second.into_ref(&vm.ctx).into(),
            ];
            vm.ctx.new_tuple(pair).into()
        }))
    }

    #[pyfunction]
    fn as_task(awaitable: PyObjectRef) -> Coroutine {
        Coroutine::new(
            "bridge_python.as_task",
            async move { start(awaitable)?.await },
        )
    }

    #[pyfunction]
    fn as_tasks_both(first: PyObjectRef, second: PyObjectRef) -> Coroutine {
        Coroutine::new("bridge_python.as_tasks_both", async move {
            let (first, second) = tokio::join!(start(first)?, start(second)?);
            Ok(pair(first?, second?))
        })
    }

    /// Dropped as soon as the switch is on.
    #[pyfunction]
    fn as_task_or_switch(awaitable: PyObjectRef, switch: PyRef<PySwitch>) -> Coroutine {
        let switch = switch.switch();
        Coroutine::new("bridge_python.as_task_or_switch", async move {
            tokio::select! {
                biased;
                result = start(awaitable)? => result,
                _ = switch.wait(None) => Ok(text("switch")),
            }
        })
    }

    /// Waited for by a task of the runtime.
    #[pyfunction]
    fn as_task_spawned(awaitable: PyObjectRef) -> Coroutine {
        Coroutine::new("bridge_python.as_task_spawned", async move {
            task::spawn(start(awaitable)?).await.expect("joined")
        })
    }

    /// Waited for by a task of the runtime that is aborted when the switch is on.
    #[pyfunction]
    fn as_task_aborted(awaitable: PyObjectRef, switch: PyRef<PySwitch>) -> Coroutine {
        let switch = switch.switch();
        Coroutine::new("bridge_python.as_task_aborted", async move {
            let waiting = task::spawn(start(awaitable)?);
            switch.wait(None).await?;
            waiting.abort();
            drop(waiting.await);
            Ok(none())
        })
    }

    #[pyfunction]
    fn as_task_dropped_in_native_thread(
        awaitable: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let waiting = await_as_task(awaitable, vm)?;
        in_native_thread(move || drop(waiting));
        Ok(())
    }

    #[pyfunction]
    fn as_task_without_a_coroutine(awaitable: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        await_as_task(awaitable, vm).map(drop)
    }

    /// Suspended in every way: by Rust, and by the awaitables that `make()` returns, awaited in
    /// line alone, in line beside a timer, and as a task.
    #[pyfunction]
    fn mixed_steps(make: PyObjectRef, gauge: PyRef<Gauge>) -> Coroutine {
        let held = Held::new(gauge.counts());
        Coroutine::new("bridge_python.mixed_steps", async move {
            held.reach(1);
            task::yield_now().await;
            held.reach(2);
            await_in_line(new_awaitable(&make)?).await?;
            held.reach(3);
            tokio::time::sleep(Duration::from_millis(1)).await;
            held.reach(4);
            let beside = tokio::time::sleep(Duration::from_secs(3600));
            tokio::select! {
                result = await_in_line(new_awaitable(&make)?) => drop(result?),
                () = beside => {}
            }
            held.reach(5);
            start(new_awaitable(&make)?)?.await?;
            held.reach(6);
            let switch = Switch::default();
            let other = switch.clone();
            thread::spawn(move || other.turn_on());
            switch.wait(None).await?;
            held.reach(7);
            await_in_line(new_awaitable(&make)?).await?;
            held.reach(8);
            Ok(none())
        })
    }
}
