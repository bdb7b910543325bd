//! A panic in a native future is one task's SystemError, not the end of the process.

use crate::support::{in_loop, script};

#[test]
fn a_panic_is_a_system_error_of_the_task_that_awaits() {
    in_loop(
        r#"
        bystander = asyncio.create_task(bridge_test.steps(bridge_test.Gauge()))
        with raises(SystemError, "the future's own words"):
            await bridge_test.panics("the future's own words")
        panicked = asyncio.create_task(bridge_test.panics("in a task"))
        await asyncio.wait([panicked])
        assert isinstance(panicked.exception(), SystemError)
        await bystander
        equal(await bridge_test.ready("the loop goes on"), "the loop goes on")
        "#,
    );
}

#[test]
fn a_future_that_panicked_is_not_polled_again() {
    in_loop(
        r#"
        coroutine = bridge_test.panics("once")
        with raises(SystemError):
            await coroutine
        with raises(RuntimeError, "cannot reuse already awaited coroutine"):
            await coroutine
        "#,
    );
}

#[test]
fn a_panic_under_block_on_is_a_system_error_of_the_caller() {
    script(
        r#"
        with raises(SystemError, "blocking words"):
            bridge_test.block_on_panics("blocking words")
        equal(bridge_test.block_on_ready(1), 1)
        def panic():
            with raises(SystemError, "in a thread"):
                bridge_test.block_on_panics("in a thread")
            return bridge_test.block_on_ready(2)
        equal(in_threads(*[panic] * 4), [2] * 4)
        "#,
    );
}

#[test]
fn a_panic_while_a_cancelled_future_is_dropped_ends_that_task_only() {
    in_loop(
        r#"
        task = asyncio.create_task(bridge_test.panic_on_drop())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled() or isinstance(task.exception(), SystemError)
        await bridge_test.yield_now()
        "#,
    );
}

#[test]
fn a_panic_while_a_forgotten_future_is_dropped_reaches_nobody() {
    in_loop(
        r#"
        coroutine = bridge_test.panic_on_drop()
        coroutine.send(None)
        del coroutine
        await bridge_test.yield_now()
        "#,
    );
}
