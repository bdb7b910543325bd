//! A cancelled task drops its future at once, and a race with the future's end has one winner.

use crate::support::{in_loop, script};

#[test]
fn the_future_is_gone_before_the_awaiting_task_handles_the_cancellation() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        seen = []
        async def wait():
            try:
                await bridge_test.pending(gauge)
            except asyncio.CancelledError:
                seen.append(gauge.alive)
                raise
        task = asyncio.create_task(wait())
        await until(lambda: gauge.alive == 1)
        await asyncio.sleep(0)
        task.cancel()
        with raises(asyncio.CancelledError):
            await task
        equal(seen, [0])
        "#,
    );
}

#[test]
fn the_message_of_a_cancellation_arrives() {
    in_loop(
        r#"
        seen = []
        async def wait():
            try:
                await bridge_test.pending()
            except asyncio.CancelledError as error:
                seen.append(error.args)
                raise
        for coroutine in wait(), bridge_test.pending():
            task = asyncio.create_task(coroutine)
            await asyncio.sleep(0)
            task.cancel("why")
            with raises(asyncio.CancelledError, "why"):
                await task
        equal(seen, [("why",)])
        "#,
    );
}

#[test]
fn a_future_that_never_started_is_dropped_too() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        task = asyncio.create_task(bridge_test.pending(gauge))
        task.cancel()
        with raises(asyncio.CancelledError):
            await task
        equal((gauge.alive, gauge.dropped), (0, 1))
        "#,
    );
}

#[test]
fn a_refused_cancellation_leaves_the_task_to_go_on() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        async def stubborn():
            try:
                await bridge_test.pending(gauge)
            except asyncio.CancelledError:
                asyncio.current_task().uncancel()
                await bridge_test.steps(gauge)
                return "cleaned up"
        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        task.cancel()
        equal(await task, "cleaned up")
        equal((gauge.alive, gauge.dropped), (0, 2))
        "#,
    );
}

#[test]
fn a_cancellation_after_the_wake_up_wins_and_nothing_resumes_twice() {
    in_loop(
        r#"
        for turn_on in "turn_on", "turn_on_in_native_thread":
            gauge, switch = bridge_test.Gauge(), bridge_test.Switch()
            task = asyncio.create_task(switch.wait(gauge))
            await until(lambda: switch.polls == 1)
            getattr(switch, turn_on)()
            task.cancel()
            with raises(asyncio.CancelledError):
                await task
            equal((gauge.alive, switch.polls), (0, 1))
            # The waker outlives the future; waking it once more reaches nobody.
            switch.wake()
            await asyncio.sleep(0)
            equal(switch.polls, 1)
        "#,
    );
}

#[test]
fn a_wake_up_after_the_cancellation_reaches_nobody() {
    in_loop(
        r#"
        gauge, switch = bridge_test.Gauge(), bridge_test.Switch()
        task = asyncio.create_task(switch.wait(gauge))
        await until(lambda: switch.polls == 1)
        task.cancel()
        switch.turn_on_in_native_thread()
        with raises(asyncio.CancelledError):
            await task
        equal((gauge.alive, switch.polls), (0, 1))
        "#,
    );
}

#[test]
fn a_task_may_await_again_after_a_cancellation_that_raced_with_a_wake_up() {
    in_loop(
        r#"
        async def wait(first, second):
            try:
                await first.wait()
            except asyncio.CancelledError:
                await second.wait()
                return "second"
        for _ in range(100):
            first, second = bridge_test.Switch(), bridge_test.Switch()
            task = asyncio.create_task(wait(first, second))
            await until(lambda: first.polls == 1)
            first.turn_on()
            task.cancel()
            await until(lambda: second.polls == 1)
            for _ in range(3):
                await asyncio.sleep(0)
            equal(second.polls, 1)
            second.turn_on()
            equal(await task, "second")
        "#,
    );
}

/// Cancels a multi-step future as it reaches `stage`, many times, in the loop's thread and from
/// another; whoever wins, the task ends once and its future is dropped once.
fn race(stage: usize) {
    script(&format!(
        r#"
        STAGE, RACES = {stage}, 1000

        async def one_race(index):
            gauge = bridge_test.Gauge()
            task = asyncio.create_task(bridge_test.steps(gauge))
            await until(lambda: gauge.stage >= STAGE or task.done())
            # Some a little later than others.
            for _ in range(index % 4):
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
            cancelled = 0
            for start in range(0, RACES, 10):
                races = map(one_race, range(start, start + 10))
                cancelled += sum(await asyncio.gather(*races))
            # Before the end the cancellation wins now and then, or nothing was raced.
            assert cancelled or STAGE == 6, cancelled

        asyncio.run(main())
        "#
    ));
}

#[test]
fn cancelling_races_with_an_immediate_wake_up() {
    race(1);
}

#[test]
fn cancelling_races_with_a_wake_up_from_another_thread() {
    race(2);
}

#[test]
fn cancelling_races_with_a_task_of_the_runtime() {
    race(3);
}

#[test]
fn cancelling_races_with_a_timer() {
    race(4);
}

#[test]
fn cancelling_races_with_blocking_work() {
    race(5);
}

#[test]
fn cancelling_races_with_the_end_of_the_future() {
    race(6);
}

#[test]
fn tasks_that_are_left_when_the_loop_ends_drop_their_futures() {
    script(
        r#"
        gauge = bridge_test.Gauge()
        async def main():
            for _ in range(10):
                asyncio.create_task(bridge_test.pending(gauge))
            await asyncio.sleep(0)
            equal(gauge.alive, 10)
        asyncio.run(main())
        equal((gauge.alive, gauge.dropped), (0, 10))
        "#,
    );
}

// A waiter on its way to a loop must not come undone on a thread without an interpreter.
#[test]
fn a_waker_may_be_the_last_thing_left_of_a_dropped_coroutine() {
    in_loop(
        r#"
        gauge, switch = bridge_test.Gauge(), bridge_test.Switch()
        for _ in range(10):
            coroutine = switch.wait(gauge)
            coroutine.send(None)
            del coroutine
            switch.drop_waker_in_native_thread()
        task = asyncio.create_task(switch.wait(gauge))
        await asyncio.sleep(0)
        task.cancel()
        with raises(asyncio.CancelledError):
            await task
        del task
        switch.drop_waker_in_native_thread()
        equal((gauge.alive, gauge.dropped), (0, 11))
        "#,
    );
}

#[test]
fn a_pure_python_task_is_cancelled_in_its_own_context() {
    in_loop(
        r#"
        import contextvars
        variable = contextvars.ContextVar("variable")
        seen = []
        async def wait():
            variable.set("task")
            try:
                await bridge_test.pending()
            finally:
                seen.append(variable.get())
        for kind in asyncio.Task, asyncio.tasks._PyTask:
            task = kind(wait(), loop=asyncio.get_running_loop())
            await asyncio.sleep(0)
            variable.set("canceller")
            task.cancel()
            with raises(asyncio.CancelledError):
                await task
        equal(seen, ["task", "task"])
        "#,
    );
}
