//! In line beside other Rust futures: either may wake the coroutine.

use crate::support::in_loop;

#[test]
fn whichever_is_first_wins() {
    in_loop(
        r#"
        seen = []
        async def wait(future):
            try:
                return await future
            except BaseException as error:
                seen.append(type(error))
                raise
        # In line it is closed there and then; a task is cancelled.
        for kind, end in [
            (bridge_python.in_line_or_switch, GeneratorExit),
            (bridge_python.as_task_or_switch, asyncio.CancelledError),
        ]:
            seen.clear()
            loop = asyncio.get_running_loop()
            future, switch = loop.create_future(), bridge_test.Switch()
            task = asyncio.create_task(kind(wait(future), switch))
            await until(lambda: switch.polls)
            future.set_result("awaited")
            equal(await asyncio.wait_for(task, 60), "awaited")

            future, switch = loop.create_future(), bridge_test.Switch()
            task = asyncio.create_task(kind(wait(future), switch))
            await until(lambda: switch.polls and future._callbacks)
            switch.turn_on()
            equal(await asyncio.wait_for(task, 60), "switch")
            await until(lambda: seen)
            equal(seen, [end])
            equal(future._callbacks or [], [])
        "#,
    );
}

#[test]
fn it_survives_the_wake_up_of_the_other() {
    in_loop(
        r#"
        async def wait(future):
            await asyncio.sleep(0)
            return await future
        for _ in range(2):
            future, switch = asyncio.get_running_loop().create_future(), bridge_test.Switch()
            task = asyncio.create_task(bridge_python.in_line_and_switch(wait(future), switch))
            await until(lambda: switch.polls >= 2)
            for _ in range(5):
                polls = switch.polls
                switch.wake()
                await until(lambda: switch.polls > polls)
            switch.turn_on_in_native_thread()
            for _ in range(5):
                await asyncio.sleep(0)
            assert not task.done()
            future.set_result("late")
            equal(await asyncio.wait_for(task, 60), ("switch", "late"))
        "#,
    );
}

#[test]
fn a_rust_timeout_ends_it() {
    in_loop(
        r#"
        cleaned = []
        async def wait():
            try:
                await asyncio.sleep(3600)
            finally:
                cleaned.append(1)
        equal(await bridge_python.in_line_with_timeout(wait(), 0.002), "timeout")
        equal(cleaned, [1])
        equal(await bridge_python.in_line_with_timeout(asyncio.sleep(0.001, "slept"), 60), "slept")
        "#,
    );
}

#[test]
fn a_combinator_with_wakers_of_its_own_polls_it_again() {
    in_loop(
        r#"
        arrived = asyncio.Event()
        async def wait():
            for _ in range(3):
                await asyncio.sleep(0)
            await asyncio.sleep(0.001)
            await bridge_test.yield_now()
            arrived.set()
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                return "cancelled"
        task = asyncio.create_task(bridge_python.in_line_unordered(wait()))
        await arrived.wait()
        task.cancel()
        equal(await asyncio.wait_for(task, 60), "cancelled")
        "#,
    );
}

#[test]
fn an_error_of_what_it_waits_for_is_raised_inside() {
    in_loop(
        r#"
        async def wait(future):
            try:
                await future
            except KeyError as error:
                return error
        future, error = asyncio.get_running_loop().create_future(), KeyError()
        coroutine = bridge_python.in_line_or_switch(wait(future), bridge_test.Switch())
        task = asyncio.create_task(coroutine)
        await asyncio.sleep(0)
        future.set_exception(error)
        assert await task is error
        "#,
    );
}

#[test]
fn a_future_that_lost_at_once_can_be_awaited_again() {
    in_loop(
        r#"
        future, switch = asyncio.get_running_loop().create_future(), bridge_test.Switch()
        async def wait():
            return await future
        switch.turn_on()
        for _ in range(3):
            equal(await bridge_python.in_line_or_switch(wait(), switch), "switch")
            equal(await bridge_python.in_line_or_switch(future, switch), "switch")
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        future.set_result("awaited")
        equal(await task, "awaited")
        "#,
    );
}
