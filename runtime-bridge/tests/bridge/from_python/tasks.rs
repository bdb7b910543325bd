//! As an asyncio task.

use crate::support::in_loop;

#[test]
fn its_result_or_exception_is_the_task_s() {
    in_loop(
        r#"
        async def succeed():
            await asyncio.sleep(0)
            return "result"
        async def fail():
            await asyncio.sleep(0)
            raise error
        error = KeyError()
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_result, "future")
        for kind in bridge_python.as_task, bridge_python.as_task_spawned:
            equal(await kind(succeed()), "result")
            with raises(KeyError) as raised:
                await kind(fail())
            assert raised.exception is error
            equal(await kind(future), "future")
            equal(await kind(bridge_test.ready("native")), "native")
        "#,
    );
}

#[test]
fn several_run_at_once() {
    in_loop(
        r#"
        barrier = asyncio.Barrier(2)
        both = bridge_python.as_tasks_both(barrier.wait(), barrier.wait())
        equal(sorted(await asyncio.wait_for(both, 60)), [0, 1])
        "#,
    );
}

#[test]
fn it_has_a_copy_of_the_context_and_a_task_of_its_own() {
    in_loop(
        r#"
        import contextvars
        variable = contextvars.ContextVar("variable")
        async def look():
            await asyncio.sleep(0)
            seen = variable.get(), asyncio.current_task()
            variable.set("inside")
            return seen
        variable.set("outside")
        value, task = await bridge_python.as_task(look())
        equal((value, variable.get()), ("outside", "outside"))
        assert task is not asyncio.current_task()
        "#,
    );
}

#[test]
fn dropping_the_future_cancels_the_task_from_anywhere() {
    in_loop(
        r#"
        ends = []
        async def wait():
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                ends.append(asyncio.current_task().cancelling())
                raise
        switch = bridge_test.Switch()
        aborting = asyncio.create_task(bridge_python.as_task_aborted(wait(), switch))
        await until(lambda: switch.polls)
        switch.turn_on()
        await aborting
        await until(lambda: len(asyncio.all_tasks()) == 1)
        equal(ends, [1])
        ends.clear()
        # It may be cancelled before it starts.
        bridge_python.as_task_dropped_in_native_thread(wait())
        await until(lambda: len(asyncio.all_tasks()) == 1)
        ends.clear()
        task = asyncio.create_task(bridge_python.as_task(wait()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with raises(asyncio.CancelledError):
            await task
        await until(lambda: len(asyncio.all_tasks()) == 1)
        equal(ends, [1])
        "#,
    );
}

#[test]
fn cancelling_the_task_ends_the_future() {
    in_loop(
        r#"
        tasks = []
        async def wait():
            tasks.append(asyncio.current_task())
            await asyncio.sleep(3600)
        outer = asyncio.create_task(bridge_python.as_task(wait()))
        await until(lambda: tasks)
        tasks[0].cancel("from outside")
        with raises(asyncio.CancelledError, "from outside"):
            await outer
        equal(asyncio.current_task().cancelling(), 0)
        "#,
    );
}

#[test]
fn what_a_dropped_task_raises_is_reported() {
    in_loop(
        r#"
        reports = []
        asyncio.get_running_loop().set_exception_handler(lambda _, report: reports.append(report))
        async def wait():
            try:
                await asyncio.sleep(3600)
            finally:
                raise KeyError("while it was cancelled")
        switch = bridge_test.Switch()
        task = asyncio.create_task(bridge_python.as_task_or_switch(wait(), switch))
        await until(lambda: switch.polls)
        await asyncio.sleep(0)
        switch.turn_on()
        equal(await task, "switch")
        import gc
        def reported():
            gc.collect()
            return reports
        await until(reported)
        assert isinstance(reports[0]["exception"], KeyError), reports
        "#,
    );
}
