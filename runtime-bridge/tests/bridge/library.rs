//! What asyncio does with coroutines, done with native ones.

use crate::support::{in_loop, script};

#[test]
fn the_library_takes_it_for_a_coroutine() {
    script(
        r#"
        import collections.abc
        import inspect
        coroutine = bridge_test.ready(1)
        assert asyncio.iscoroutine(coroutine)
        assert inspect.isawaitable(coroutine)
        assert isinstance(coroutine, collections.abc.Coroutine)
        assert isinstance(coroutine, collections.abc.Awaitable)
        equal(asyncio.run(coroutine), 1)
        with raises(TypeError):
            type(coroutine)()
        "#,
    );
}

#[test]
fn gather_wait_and_as_completed_take_it() {
    in_loop(
        r#"
        equal(await asyncio.gather(*map(bridge_test.ready, range(100))), list(range(100)))
        results = await asyncio.gather(
            bridge_test.yield_now(), bridge_test.fail(KeyError("k")), return_exceptions=True
        )
        equal([type(result) for result in results], [type(None), KeyError])
        with raises(KeyError):
            await asyncio.gather(bridge_test.fail(KeyError("k")), bridge_test.yield_now())

        tasks = [asyncio.create_task(bridge_test.sleep(0)) for _ in range(5)]
        done, pending = await asyncio.wait(tasks)
        equal((len(done), len(pending)), (5, 0))
        for earliest in asyncio.as_completed([bridge_test.ready(3), bridge_test.ready(3)]):
            equal(await earliest, 3)
        "#,
    );
}

#[test]
fn wait_for_and_timeout_take_it_and_drop_it_when_time_is_up() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        equal(await asyncio.wait_for(bridge_test.ready(5), 60), 5)
        with raises(TimeoutError):
            await asyncio.wait_for(bridge_test.pending(gauge), 0.001)
        equal(gauge.alive, 0)
        with raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await bridge_test.pending(gauge)
        equal(gauge.alive, 0)
        async with asyncio.timeout(60):
            await bridge_test.yield_now()
        "#,
    );
}

#[test]
fn a_task_group_takes_it_and_a_failure_drops_the_others() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(bridge_test.ready(each)) for each in range(5)]
        equal([task.result() for task in tasks], [0, 1, 2, 3, 4])
        with raises(ExceptionGroup) as raised:
            async with asyncio.TaskGroup() as group:
                group.create_task(bridge_test.pending(gauge))
                group.create_task(bridge_test.pending(gauge))
                group.create_task(bridge_test.fail(KeyError("k")))
        equal([type(each) for each in raised.exception.exceptions], [KeyError])
        equal((gauge.alive, gauge.dropped), (0, 2))
        "#,
    );
}

#[test]
fn a_shielded_future_outlives_the_cancellation_of_its_awaiter() {
    in_loop(
        r#"
        gauge, switch = bridge_test.Gauge(), bridge_test.Switch()
        inner = asyncio.create_task(switch.wait(gauge))
        async def wait():
            await asyncio.shield(inner)
        outer = asyncio.create_task(wait())
        await until(lambda: switch.polls == 1)
        outer.cancel()
        with raises(asyncio.CancelledError):
            await outer
        equal(gauge.alive, 1)
        switch.turn_on()
        await inner
        equal(gauge.alive, 0)
        "#,
    );
}

#[test]
fn an_eager_task_finishes_a_ready_future_at_once() {
    in_loop(
        r#"
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        task = asyncio.create_task(bridge_test.ready(3))
        equal((task.done(), task.result()), (True, 3))
        switch = bridge_test.Switch()
        task = asyncio.create_task(switch.wait())
        equal((task.done(), switch.polls), (False, 1))
        switch.turn_on()
        await task
        "#,
    );
}

#[test]
fn contexts_are_kept_across_suspensions() {
    in_loop(
        r#"
        import contextvars
        variable = contextvars.ContextVar("variable", default="unset")
        async def work(number):
            variable.set(number)
            await bridge_test.steps(bridge_test.Gauge())
            equal(variable.get(), number)
            equal(await bridge_test.call(variable.get), number)
        await asyncio.gather(*map(work, range(20)))
        equal(variable.get(), "unset")
        "#,
    );
}
