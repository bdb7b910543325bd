//! Where an awaitable cannot be awaited in line, and what is none.

use crate::support::{in_loop, script};

#[test]
fn what_is_no_awaitable_is_a_type_error() {
    in_loop(
        r#"
        class Odd:
            def __await__(self):
                return 3
        class Odder:
            def __await__(self):
                return asyncio.sleep(0)
        for await_it in bridge_python.in_line, bridge_python.as_task:
            with raises(TypeError):
                await await_it(3)
        with raises(TypeError, "'int' object can't be awaited"):
            await bridge_python.in_line(3)
        with raises(TypeError, "non-iterator of type 'int'"):
            await bridge_python.in_line(Odd())
        with raises(TypeError, "returned a coroutine"):
            await bridge_python.in_line(Odder())
        "#,
    );
}

#[test]
fn two_at_once_are_refused_and_the_first_goes_on() {
    in_loop(
        r#"
        ends = []
        async def wait(name):
            try:
                await asyncio.sleep(0)
                ends.append(name)
            except GeneratorExit:
                ends.append("closed " + name)
                raise
        with raises(RuntimeError, "await_as_task()"):
            await bridge_python.in_line_both(wait("first"), wait("second"))
        equal(ends, ["first"])
        "#,
    );
}

#[test]
fn outside_of_a_coroutine_it_is_refused_and_the_awaitable_closed() {
    in_loop(
        r#"
        import warnings
        warnings.simplefilter("error")
        async def never():
            raise AssertionError
        with raises(RuntimeError, "only inside of a native coroutine"):
            await bridge_python.in_line_spawned(never())
        coroutine = never()
        with raises(RuntimeError, "a blocking call cannot await"):
            bridge_python.in_line_under_block_on(coroutine)
        with raises(RuntimeError, "cannot reuse"):
            await coroutine
        "#,
    );
}

#[test]
fn a_blocking_call_inside_of_a_coroutine_is_refused_too() {
    in_loop(
        r#"
        def block():
            bridge_python.in_line_under_block_on(asyncio.sleep(0))
        with raises(RuntimeError, "a blocking call cannot await"):
            await bridge_test.call(block)
        async def call():
            block()
        with raises(RuntimeError, "a blocking call cannot await"):
            await bridge_python.in_line(call())
        equal(await bridge_python.in_line(asyncio.sleep(0, 1)), 1)
        "#,
    );
}

#[test]
fn one_that_moved_to_another_coroutine_is_refused_and_closed() {
    in_loop(
        r#"
        seen = []
        async def wait():
            try:
                await asyncio.sleep(3600)
            except GeneratorExit:
                seen.append("closed")
                raise
        first, second = bridge_python.in_line_moved(wait())
        first.send(None)
        with raises(RuntimeError, "suspended in another native coroutine"):
            await second
        equal(seen, ["closed"])
        "#,
    );
}

#[test]
fn a_coroutine_that_is_awaited_already_is_refused() {
    in_loop(
        r#"
        async def wait():
            await asyncio.sleep(0.001)
            return "done"
        coroutine = wait()
        task = asyncio.create_task(coroutine)
        await asyncio.sleep(0)
        with raises(RuntimeError, "awaited already"):
            await bridge_python.in_line(coroutine)
        equal(await task, "done")
        "#,
    );
}

#[test]
fn without_a_loop_there_is_no_task() {
    script(
        r#"
        async def never():
            raise AssertionError
        coroutine = never()
        with raises(RuntimeError, "no running event loop"):
            bridge_python.as_task_without_a_coroutine(coroutine)
        coroutine.close()
        "#,
    );
}

#[test]
fn a_future_of_another_loop_is_refused() {
    script(
        r#"
        other = asyncio.new_event_loop()
        for make in [
            lambda future: bridge_python.in_line(future),
            lambda future: bridge_python.in_line_or_switch(future, bridge_test.Switch()),
        ]:
            async def main():
                await make(other.create_future())
            with raises(RuntimeError, "different loop"):
                asyncio.run(main())
        other.close()
        "#,
    );
}

#[test]
fn what_no_task_can_wait_for_is_refused() {
    in_loop(
        r#"
        class Odd:
            def __await__(self):
                yield 3
        for make in [
            lambda odd: bridge_python.in_line(odd),
            lambda odd: bridge_python.in_line_or_switch(odd, bridge_test.Switch()),
        ]:
            with raises(RuntimeError, "bad yield: 3"):
                await asyncio.create_task(make(Odd()))
        "#,
    );
}
