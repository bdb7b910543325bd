//! Tasks of the interpreter's asyncio on the native loop.

use crate::support::in_loop;

#[test]
fn tasks_take_turns() {
    in_loop(
        r#"
        turns = []
        async def work(name):
            for number in range(3):
                turns.append((name, number))
                await asyncio.sleep(0)
        await asyncio.gather(work("a"), work("b"))
        equal(turns, [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2), ("b", 2)])
        "#,
    );
}

#[test]
fn task_factories_make_the_tasks() {
    in_loop(
        r#"
        loop, made = asyncio.get_running_loop(), []
        def factory(loop, coroutine, **options):
            made.append(coroutine)
            return asyncio.Task(coroutine, loop=loop, **options)
        equal(loop.get_task_factory(), None)
        loop.set_task_factory(factory)
        assert loop.get_task_factory() is factory
        coroutine = bridge_test.yield_now()
        await asyncio.create_task(coroutine, name="named")
        assert made == [coroutine]
        loop.set_task_factory(None)
        "#,
    );
}

#[test]
fn eager_tasks_run_until_they_would_block() {
    in_loop(
        r#"
        loop, steps = asyncio.get_running_loop(), []
        loop.set_task_factory(asyncio.eager_task_factory)
        async def work():
            steps.append(await bridge_test.ready("at once"))
            await bridge_test.yield_now()
            steps.append("later")
        task = asyncio.create_task(work())
        equal(steps, ["at once"])
        await task
        equal(steps, ["at once", "later"])
        "#,
    );
}

#[test]
fn current_task_and_all_tasks_know_what_runs() {
    in_loop(
        r#"
        switch, seen = bridge_test.Switch(), []
        async def work():
            await switch.wait()
            seen.append(asyncio.current_task())
        task = asyncio.create_task(work(), name="worker")
        await until(lambda: switch.polls == 1)
        equal(asyncio.all_tasks(), {task, asyncio.current_task()})
        switch.turn_on()
        await task
        equal(seen, [task])
        equal(task.get_name(), "worker")
        equal(asyncio.all_tasks(), {asyncio.current_task()})
        "#,
    );
}

#[test]
fn a_thousand_tasks_wait_at_once() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        await asyncio.gather(*(bridge_test.sleep(0.01, gauge) for _ in range(1000)))
        equal((gauge.alive, gauge.dropped), (0, 1000))
        "#,
    );
}
