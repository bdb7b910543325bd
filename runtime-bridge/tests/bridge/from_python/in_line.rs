//! In line: as if Python code had awaited it.

use crate::support::{in_loop, script};

#[test]
fn an_awaitable_that_finishes_at_once_costs_no_turn_of_the_loop() {
    in_loop(
        r#"
        turns = []
        async def ready(value):
            return value
        class Awaitable:
            def __await__(self):
                return iter(())
        asyncio.get_running_loop().call_soon(turns.append, 1)
        for _ in range(100):
            equal(await bridge_python.in_line(ready("value")), "value")
        equal(await bridge_python.in_line(Awaitable()), None)
        equal(await bridge_python.in_line(bridge_test.ready("native")), "native")
        equal(turns, [])
        "#,
    );
}

#[test]
fn every_kind_of_awaitable_can_be_awaited() {
    in_loop(
        r#"
        import types
        loop = asyncio.get_running_loop()
        async def coroutine():
            await asyncio.sleep(0)
            await asyncio.sleep(0.001)
            return "coroutine"
        @types.coroutine
        def generator():
            yield from asyncio.sleep(0).__await__()
            return "generator"
        class Custom:
            def __await__(self):
                yield
                return "custom"
        async def items():
            yield "item"
        future = loop.create_future()
        loop.call_soon(future.set_result, "future")
        for awaitable, result in [
            (coroutine(), "coroutine"),
            (asyncio.create_task(coroutine()), "coroutine"),
            (generator(), "generator"),
            (Custom(), "custom"),
            (items().__anext__(), "item"),
            (future, "future"),
            (bridge_test.yield_now(), None),
            (bridge_test.sleep(0.001), None),
            (bridge_python.in_line(coroutine()), "coroutine"),
        ]:
            equal(await asyncio.wait_for(bridge_python.in_line(awaitable), 60), result)
        "#,
    );
}

#[test]
fn exceptions_come_out_as_they_are() {
    in_loop(
        r#"
        async def fail(error, turns):
            for _ in range(turns):
                await asyncio.sleep(0)
            raise error
        for turns in 0, 1, 2:
            for error in ValueError("v"), StopAsyncIteration(), asyncio.CancelledError("c"):
                with raises(type(error)) as raised:
                    await bridge_python.in_line(fail(error, turns))
                assert raised.exception is error
        "#,
    );
}

#[test]
fn the_exception_of_a_future_is_raised_where_it_is_awaited() {
    in_loop(
        r#"
        future = asyncio.get_running_loop().create_future()
        async def wait():
            try:
                await future
            except KeyError as error:
                return error.args
        task = asyncio.create_task(bridge_python.in_line(wait()))
        await asyncio.sleep(0)
        future.set_exception(KeyError("k"))
        equal(await task, ("k",))
        "#,
    );
}

#[test]
fn it_runs_in_the_context_and_the_task_of_its_caller() {
    in_loop(
        r#"
        import contextvars
        variable = contextvars.ContextVar("variable")
        seen = []
        async def look():
            for _ in range(3):
                seen.append((variable.get(), asyncio.current_task()))
                await asyncio.sleep(0)
            variable.set("set inside")
        async def run(value):
            variable.set(value)
            await bridge_python.in_line(look())
            equal(variable.get(), "set inside")
        tasks = [asyncio.create_task(run(value)) for value in "ab"]
        await asyncio.gather(*tasks)
        assert set(seen) == set(zip("ab", tasks)), seen
        equal(len(seen), 6)
        "#,
    );
}

#[test]
fn the_task_shows_what_it_really_waits_for() {
    in_loop(
        r#"
        future = asyncio.get_running_loop().create_future()
        async def wait():
            await future
        coroutine = bridge_python.in_line(wait())
        assert coroutine.send(None) is future
        future._asyncio_future_blocking = False
        with raises(RuntimeError, "awaited already"):
            coroutine.send(None)
        future.set_result(None)
        with raises(StopIteration):
            coroutine.send(None)
        "#,
    );
}

#[test]
fn what_is_sent_and_thrown_reaches_the_awaitable() {
    in_loop(
        r#"
        import types
        @types.coroutine
        def converse():
            heard = []
            try:
                heard.append((yield "one"))
                heard.append((yield "two"))
            except KeyError as error:
                heard.append(error)
            heard.append((yield "three"))
            return heard
        coroutine, error = bridge_python.in_line(converse()), KeyError()
        equal(coroutine.send(None), "one")
        equal(coroutine.send(1), "two")
        equal(coroutine.throw(error), "three")
        with raises(StopIteration) as stop:
            coroutine.send(3)
        equal(stop.exception.value, [1, error, 3])
        "#,
    );
}

#[test]
fn an_exception_thrown_into_an_awaitable_without_throw_comes_out() {
    in_loop(
        r#"
        class Custom:
            def __await__(self):
                return iter([None, None])
        coroutine = bridge_python.in_line(Custom())
        coroutine.send(None)
        with raises(KeyError):
            coroutine.throw(KeyError())
        with raises(RuntimeError, "cannot reuse"):
            coroutine.send(None)
        "#,
    );
}

#[test]
fn a_task_group_and_timeouts_inside_work() {
    in_loop(
        r#"
        async def work():
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(asyncio.sleep(0, number)) for number in range(3)]
            with raises(TimeoutError):
                async with asyncio.timeout(0.001):
                    await asyncio.sleep(3600)
            with raises(TimeoutError):
                await asyncio.wait_for(bridge_test.pending(), 0.001)
            return [task.result() for task in tasks]
        equal(await bridge_python.in_line(work()), [0, 1, 2])
        "#,
    );
}

#[test]
fn it_nests() {
    in_loop(
        r#"
        async def nested(depth):
            await asyncio.sleep(0)
            if depth:
                return 1 + await bridge_python.in_line(nested(depth - 1))
            await bridge_test.sleep(0.001)
            return 0
        equal(await nested(20), 20)
        "#,
    );
}

#[test]
fn one_after_another_may_be_awaited() {
    in_loop(
        r#"
        calls = []
        async def call():
            calls.append(1)
            await asyncio.sleep(0)
        await bridge_python.in_line_many(call, 100)
        equal(len(calls), 100)
        async def fail():
            await asyncio.sleep(0)
            raise KeyError
        equal(await bridge_python.in_line_whatever_then(fail(), asyncio.sleep(0, "then")), "then")
        "#,
    );
}

#[test]
fn every_way_to_run_a_coroutine_runs_it() {
    in_loop(
        r#"
        loop = asyncio.get_running_loop()
        async def work(number):
            await asyncio.sleep(0)
            await bridge_test.yield_now()
            return number
        def make(number):
            return bridge_python.in_line(work(number))
        equal(await asyncio.gather(*map(make, range(50))), list(range(50)))
        equal(await asyncio.wait_for(make(1), 60), 1)
        equal(await asyncio.shield(make(2)), 2)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(make(3))
        equal(task.result(), 3)
        for kind in asyncio.Task, asyncio.tasks._PyTask:
            equal(await kind(make(4), loop=loop), 4)
            equal(await kind(make(5), loop=loop, eager_start=True), 5)
        loop.set_debug(True)
        equal(await asyncio.create_task(make(6)), 6)
        loop.set_debug(False)
        cancelled = asyncio.gather(*[bridge_python.in_line(asyncio.sleep(3600)) for _ in range(5)])
        await asyncio.sleep(0)
        cancelled.cancel()
        with raises(asyncio.CancelledError):
            await cancelled
        equal(len(asyncio.all_tasks()), 1)
        "#,
    );
}

#[test]
fn two_loops_in_two_threads_await_at_once() {
    script(
        r#"
        async def work(number):
            await asyncio.sleep(0)
            return number
        async def main():
            coroutines = [bridge_python.in_line(work(number)) for number in range(500)]
            tasks = [bridge_python.as_task(work(number)) for number in range(500)]
            return sum(await asyncio.gather(*coroutines, *tasks))
        total = 2 * sum(range(500))
        equal(in_threads(*[lambda: asyncio.run(main())] * 4), [total] * 4)
        "#,
    );
}
