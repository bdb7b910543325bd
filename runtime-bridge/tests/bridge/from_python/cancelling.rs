//! Cancellation in both directions, and its races with completion.

use crate::support::{in_loop, script};

#[test]
fn the_awaitable_sees_the_cancellation_first_and_may_clean_up() {
    in_loop(
        r#"
        for make in [
            bridge_python.in_line,
            lambda it: bridge_python.in_line_or_switch(it, bridge_test.Switch()),
            bridge_python.in_line_unordered,
            lambda it: bridge_python.in_line(bridge_python.in_line(it)),
        ]:
            steps = []
            async def wait():
                try:
                    await asyncio.sleep(3600)
                except asyncio.CancelledError as error:
                    steps.append(error.args)
                    await asyncio.sleep(0)
                    await bridge_test.sleep(0.001)
                    steps.append("cleaned up")
                    raise
            task = asyncio.create_task(make(wait()))
            await asyncio.sleep(0)
            task.cancel("why")
            with raises(asyncio.CancelledError, "why"):
                await asyncio.wait_for(task, 60)
            equal(steps, [("why",), "cleaned up"])
        "#,
    );
}

#[test]
fn the_awaitable_may_suppress_or_replace_it() {
    in_loop(
        r#"
        async def suppress():
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                asyncio.current_task().uncancel()
                await asyncio.sleep(0)
                return "suppressed"
        async def replace():
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                raise KeyError("instead")
        for make in [
            bridge_python.in_line,
            lambda it: bridge_python.in_line_or_switch(it, bridge_test.Switch()),
        ]:
            tasks = [asyncio.create_task(make(it())) for it in (suppress, replace)]
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            equal(await tasks[0], "suppressed")
            with raises(KeyError, "instead"):
                await tasks[1]
        "#,
    );
}

#[test]
fn the_rust_future_may_go_on_after_a_cancelled_await() {
    in_loop(
        r#"
        task = asyncio.create_task(
            bridge_python.in_line_whatever_then(asyncio.sleep(3600), asyncio.sleep(0, "then"))
        )
        await asyncio.sleep(0)
        task.cancel()
        equal(await task, "then")
        "#,
    );
}

#[test]
fn what_the_awaitable_waits_for_is_cancelled_with_it() {
    in_loop(
        r#"
        async def stubborn():
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError as error:
                await asyncio.sleep(0)
                return error.args
        async def wait(inner):
            return await inner
        for make in [
            bridge_python.in_line,
            lambda it: bridge_python.in_line_or_switch(it, bridge_test.Switch()),
        ]:
            inner = asyncio.create_task(stubborn())
            task = asyncio.create_task(make(wait(inner)))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            task.cancel("passed on")
            # As with any awaited task that refuses to be cancelled.
            equal(await asyncio.wait_for(task, 60), ("passed on",))
            equal(inner.cancelled(), False)
        "#,
    );
}

#[test]
fn a_cancelled_task_that_the_awaitable_waits_for_cancels_it() {
    in_loop(
        r#"
        async def wait(inner):
            try:
                await inner
            except asyncio.CancelledError:
                return "inner was cancelled"
        for make in [
            bridge_python.in_line,
            lambda it: bridge_python.in_line_or_switch(it, bridge_test.Switch()),
        ]:
            inner = asyncio.create_task(asyncio.sleep(3600))
            task = asyncio.create_task(make(wait(inner)))
            await asyncio.sleep(0)
            inner.cancel()
            equal(await task, "inner was cancelled")
        "#,
    );
}

// The result is on its way when the cancellation comes: it is raised in the awaitable, as in a
// Python coroutine.
#[test]
fn a_cancellation_in_the_same_turn_as_the_result_wins() {
    in_loop(
        r#"
        loop = asyncio.get_running_loop()
        async def wait(future):
            try:
                await future
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise
            seen.append("result")
        makers = [
            lambda it: it,
            bridge_python.in_line,
            lambda it: bridge_python.in_line_or_switch(it, bridge_test.Switch()),
            bridge_python.in_line_unordered,
        ]
        for make in makers:
            for cancel_first in False, True:
                for turns in 0, 1:
                    seen, future = [], loop.create_future()
                    task = asyncio.create_task(make(wait(future)))
                    await asyncio.sleep(0)
                    if cancel_first:
                        task.cancel()
                    if not future.done():
                        future.set_result(None)
                    if not cancel_first:
                        task.cancel()
                    with raises(asyncio.CancelledError):
                        await asyncio.wait_for(task, 60)
                    equal(seen, ["cancelled"])
        "#,
    );
}

#[test]
fn a_result_that_comes_after_the_cancellation_reaches_nobody() {
    in_loop(
        r#"
        loop, gauge = asyncio.get_running_loop(), bridge_test.Gauge()
        for _ in range(100):
            future, switch = loop.create_future(), bridge_test.Switch()
            async def wait():
                return await asyncio.shield(future)
            for make in bridge_python.as_task, bridge_python.in_line:
                task = asyncio.create_task(make(wait()))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                task.cancel()
            future.set_result("late")
            with raises(asyncio.CancelledError):
                await task
        await until(lambda: len(asyncio.all_tasks()) == 1)
        "#,
    );
}

#[test]
fn closing_the_coroutine_closes_the_awaitable() {
    in_loop(
        r#"
        seen = []
        async def wait():
            try:
                await asyncio.sleep(3600)
            except BaseException as error:
                seen.append(type(error))
                raise
        for end in [
            lambda box: box.pop().close(),
            list.clear,
        ]:
            box = [bridge_python.in_line(wait())]
            box[0].send(None)
            end(box)
        coroutine = bridge_python.in_line(wait())
        coroutine.send(None)
        with raises(GeneratorExit):
            coroutine.throw(GeneratorExit())
        equal(seen, [GeneratorExit] * 3)
        "#,
    );
}

#[test]
fn one_that_never_started_is_closed_quietly() {
    in_loop(
        r#"
        import warnings
        warnings.simplefilter("error")
        async def never():
            raise AssertionError
        coroutine = never()
        task = asyncio.create_task(bridge_python.in_line(coroutine))
        task.cancel()
        with raises(asyncio.CancelledError):
            await task
        with raises(RuntimeError, "cannot reuse"):
            await coroutine
        "#,
    );
}

#[test]
fn what_goes_wrong_while_it_is_closed_is_reported() {
    in_loop(
        r#"
        reports = []
        sys.unraisablehook = lambda report: reports.append(report.exc_value)
        async def stubborn():
            try:
                await asyncio.sleep(3600)
            except GeneratorExit:
                await asyncio.sleep(0)
        coroutine = bridge_python.in_line(stubborn())
        coroutine.send(None)
        coroutine.close()
        assert "ignored GeneratorExit" in str(reports[0]), reports
        "#,
    );
}

/// Cancels a future of Rust's and Python's awaits as it reaches `stage`, many times, in the loop's
/// thread and from another; whoever wins, the task ends once, nothing is resumed twice, and
/// everything that was started is dropped or finished once.
fn race(stage: usize) {
    script(&format!(
        r#"
        STAGE, RACES = {stage}, 1000
        started = ended = 0

        async def step():
            global started, ended
            started += 1
            try:
                await asyncio.sleep(0)
                await bridge_test.yield_now()
                await asyncio.sleep(0)
            finally:
                ended += 1

        async def one_race(index):
            gauge = bridge_test.Gauge()
            task = asyncio.create_task(bridge_python.mixed_steps(step, gauge))
            await until(lambda: gauge.stage >= STAGE or task.done())
            # Some a little later than others.
            for _ in range(index % 7):
                await asyncio.sleep(0)
            if index % 2:
                task.cancel()
            else:
                cancel = task.get_loop().call_soon_threadsafe
                threading.Thread(target=cancel, args=(task.cancel,)).start()
            try:
                await task
            except asyncio.CancelledError:
                pass
            equal((gauge.alive, gauge.dropped), (0, 1))
            return task.cancelled()

        async def main():
            reports = []
            asyncio.get_running_loop().set_exception_handler(lambda _, it: reports.append(it))
            cancelled = 0
            for start in range(0, RACES, 10):
                races = map(one_race, range(start, start + 10))
                cancelled += sum(await asyncio.gather(*races))
            # Before the end the cancellation wins now and then, or nothing was raced.
            assert cancelled or STAGE == 8, cancelled
            await until(lambda: len(asyncio.all_tasks()) == 1)
            assert started and started == ended, (started, ended)
            equal(reports, [])

        sys.unraisablehook = lambda report: errors.append(report)
        errors = []
        asyncio.run(main())
        equal(errors, [])
        "#
    ));
}

#[test]
fn cancelling_races_with_a_rust_await() {
    race(1);
}

#[test]
fn cancelling_races_with_an_in_line_await() {
    race(2);
}

#[test]
fn cancelling_races_with_a_timer_after_an_in_line_await() {
    race(3);
}

#[test]
fn cancelling_races_with_an_in_line_await_beside_a_timer() {
    race(4);
}

#[test]
fn cancelling_races_with_a_task() {
    race(5);
}

#[test]
fn cancelling_races_with_a_wake_up_from_another_thread() {
    race(6);
}

#[test]
fn cancelling_races_with_the_last_await() {
    race(7);
}

#[test]
fn cancelling_races_with_the_end() {
    race(8);
}

// The task's result may be lost then, as that of any awaited task.
#[test]
fn a_cancellation_in_the_same_turn_as_the_result_of_a_task_wins() {
    in_loop(
        r#"
        async def wait(future):
            seen.append(await future)
        for turns in range(4):
            seen, future = [], asyncio.get_running_loop().create_future()
            task = asyncio.create_task(bridge_python.as_task(wait(future)))
            await until(lambda: future._callbacks)
            future.set_result("result")
            for _ in range(turns):
                await asyncio.sleep(0)
            ended = task.done()
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass
            equal(task.cancelled(), not ended)
            await until(lambda: len(asyncio.all_tasks()) == 1)
            assert seen in (["result"], []), seen
        "#,
    );
}

// What was thrown in for the awaitable, or given to what it waits for, is not lost with it.
#[test]
fn a_cancellation_that_the_awaitable_does_not_get_ends_the_coroutine() {
    in_loop(
        r#"
        seen = []
        async def wait(future):
            try:
                await future
            except BaseException as error:
                seen.append(type(error))
                raise
        for turn_on in "turn_on", "turn_on_in_native_thread":
            for finished in False, True:
                seen.clear()
                future, switch = asyncio.get_running_loop().create_future(), bridge_test.Switch()
                task = asyncio.create_task(bridge_python.switch_or_in_line(switch, wait(future)))
                await until(lambda: future._callbacks)
                if finished:
                    future.set_result(None)
                task.cancel()
                getattr(switch, turn_on)()
                with raises(asyncio.CancelledError):
                    await asyncio.wait_for(task, 60)
                equal(seen, [GeneratorExit])
        "#,
    );
}
