//! run_forever, run_until_complete, stop and close.

use crate::support::{in_loop, script};

#[test]
fn asyncio_makes_the_native_loop() {
    script(
        r#"
        import _runtime_bridge
        async def main():
            return asyncio.get_running_loop()
        made = [asyncio.run(main()), asyncio.new_event_loop(), asyncio.EventLoop()]
        for loop in made:
            assert isinstance(loop, _runtime_bridge.EventLoopCore), loop
            assert isinstance(loop, asyncio.AbstractEventLoop), loop
            loop.close()
        "#,
    );
}

#[test]
fn run_forever_runs_until_stop_and_may_run_again() {
    script(
        r#"
        loop, calls = asyncio.new_event_loop(), []
        for number in range(3):
            loop.call_soon(calls.append, number)
            loop.call_soon(loop.stop)
            equal(loop.is_running(), False)
            loop.run_forever()
        equal(calls, [0, 1, 2])
        loop.close()
        "#,
    );
}

#[test]
fn stop_lets_the_current_turn_end_and_keeps_what_was_added_for_the_next_run() {
    script(
        r#"
        loop, calls = asyncio.new_event_loop(), []
        def stop():
            loop.stop()
            loop.call_soon(calls.append, "next run")
        loop.call_soon(stop)
        loop.call_soon(calls.append, "this run")
        loop.run_forever()
        equal(calls, ["this run"])
        loop.call_soon(loop.stop)
        loop.run_forever()
        equal(calls, ["this run", "next run"])
        loop.close()
        "#,
    );
}

#[test]
fn stop_before_the_start_runs_one_turn() {
    script(
        r#"
        loop, calls = asyncio.new_event_loop(), []
        loop.call_soon(calls.append, "queued")
        loop.call_soon(lambda: loop.call_soon(calls.append, "too late"))
        loop.stop()
        loop.run_forever()
        equal(calls, ["queued"])
        loop.close()
        "#,
    );
}

#[test]
fn run_until_complete_gives_the_result_or_the_exception() {
    script(
        r#"
        loop = asyncio.new_event_loop()
        equal(loop.run_until_complete(bridge_test.ready(1)), 1)
        equal(loop.run_until_complete(bridge_test.yield_now()), None)
        future = loop.create_future()
        loop.call_soon(future.set_result, 2)
        equal(loop.run_until_complete(future), 2)
        with raises(KeyError):
            loop.run_until_complete(bridge_test.fail(KeyError("k")))
        loop.call_soon(loop.stop)
        with raises(RuntimeError, "Event loop stopped before Future completed"):
            loop.run_until_complete(loop.create_future())
        loop.close()
        "#,
    );
}

#[test]
fn stop_while_a_native_coroutine_is_ready_loses_no_wake_up() {
    script(
        r#"
        loop, switch = asyncio.new_event_loop(), bridge_test.Switch()
        task = loop.create_task(switch.wait())
        loop.call_soon(loop.stop)
        loop.run_forever()
        equal(switch.polls, 1)
        switch.turn_on()
        loop.run_until_complete(task)
        loop.close()
        "#,
    );
}

#[test]
fn a_closed_loop_refuses_work() {
    script(
        r#"
        loop = asyncio.new_event_loop()
        loop.close()
        loop.close()
        equal(loop.is_closed(), True)
        for use in [
            lambda: loop.call_soon(print),
            lambda: loop.call_soon_threadsafe(print),
            lambda: loop.call_later(1, print),
            lambda: loop.call_at(1, print),
            lambda: loop.run_forever(),
            lambda: loop.run_until_complete(loop.create_future()),
            lambda: loop.run_in_executor(None, print),
        ]:
            with raises(RuntimeError, "Event loop is closed"):
                use()
        "#,
    );
}

#[test]
fn close_forgets_callbacks_and_timers() {
    script(
        r#"
        import gc
        import weakref
        class Argument: pass
        loop, arguments = asyncio.new_event_loop(), [Argument(), Argument()]
        references = [weakref.ref(argument) for argument in arguments]
        loop.call_soon(print, arguments[0])
        loop.call_later(3600, print, arguments[1])
        del arguments
        loop.close()
        gc.collect()
        equal([reference() for reference in references], [None, None])
        "#,
    );
}

#[test]
fn a_running_loop_cannot_be_closed_or_run_again() {
    in_loop(
        r#"
        loop, other = asyncio.get_running_loop(), asyncio.new_event_loop()
        with raises(RuntimeError, "Cannot close a running event loop"):
            loop.close()
        with raises(RuntimeError, "This event loop is already running"):
            loop.run_forever()
        with raises(RuntimeError, "Cannot run the event loop while another loop is running"):
            other.run_forever()
        coroutine = bridge_test.ready(1)
        with raises(RuntimeError, "cannot be called from a running event loop"):
            asyncio.run(coroutine)
        other.close()
        equal(await bridge_test.yield_now(), None)
        "#,
    );
}

#[test]
fn a_loop_may_be_made_used_and_closed_many_times() {
    script(
        r#"
        import os
        def descriptors():
            return len(os.listdir("/proc/self/fd"))
        asyncio.run(bridge_test.yield_now())
        before = descriptors() if sys.platform == "linux" else None
        for _ in range(100):
            asyncio.run(bridge_test.yield_now())
        if before is not None:
            equal(descriptors(), before)
        "#,
    );
}

#[test]
fn asyncio_run_closes_async_generators_and_the_default_executor() {
    script(
        r#"
        closed = []
        async def generate():
            try:
                yield 1
                yield 2
            finally:
                await bridge_test.yield_now()
                closed.append("generator")
        async def main():
            global generator, executor
            generator = generate()
            equal(await anext(generator), 1)
            await asyncio.to_thread(closed.append, "thread")
            executor = asyncio.get_running_loop()._default_executor
        asyncio.run(main())
        equal(closed, ["thread", "generator"])
        with raises(RuntimeError):
            executor.submit(print)
        "#,
    );
}

#[test]
fn a_stop_of_a_run_that_an_exception_ended_does_not_stop_the_next() {
    script(
        r#"
        loop = asyncio.new_event_loop()
        def leave():
            raise SystemExit
        loop.call_soon(loop.stop)
        loop.call_soon(leave)
        try:
            loop.run_forever()
        except SystemExit:
            pass
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()
        "#,
    );
}
