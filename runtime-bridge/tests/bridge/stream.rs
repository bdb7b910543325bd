//! Rust streams as Python iterators.

use crate::support::{in_loop, script};

#[test]
fn it_yields_the_items_and_ends() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        numbers = bridge_streams.aiter_numbers(3, gauge)
        assert aiter(numbers) is numbers
        equal([number async for number in numbers], [0, 1, 2])
        equal((gauge.alive, gauge.dropped), (0, 1))
        for _ in range(2):
            with raises(StopAsyncIteration):
                await anext(numbers)
        equal(await anext(numbers, "default"), "default")

        numbers = bridge_streams.iter_numbers(3, gauge)
        assert iter(numbers) is numbers
        equal(list(numbers), [0, 1, 2])
        equal((gauge.alive, gauge.dropped), (0, 2))
        equal(next(numbers, "default"), "default")
        "#,
    );
}

#[test]
fn they_are_what_the_abstract_classes_describe() {
    in_loop(
        r#"
        from collections import abc
        gauge = bridge_test.Gauge()
        numbers = bridge_streams.aiter_numbers(1, gauge)
        assert isinstance(numbers, abc.AsyncIterator)
        assert isinstance(numbers.__anext__(), abc.Coroutine)
        assert "bridge_streams.numbers" in repr(numbers), repr(numbers)
        numbers = bridge_streams.iter_numbers(1, gauge)
        assert isinstance(numbers, abc.Iterator)
        assert "bridge_streams.numbers" in repr(numbers), repr(numbers)
        "#,
    );
}

#[test]
fn no_item_is_made_before_it_is_asked_for() {
    in_loop(
        r#"
        for made in range(4):
            gauge = bridge_test.Gauge()
            numbers = bridge_streams.aiter_numbers(10, gauge)
            for _ in range(made):
                await anext(numbers)
            unstarted = numbers.__anext__()
            await bridge_test.sleep(0.002)
            equal(gauge.stage, made)
            await unstarted
            equal(gauge.stage, made + 1)

            gauge = bridge_test.Gauge()
            numbers = bridge_streams.iter_numbers(10, gauge)
            for _ in range(made):
                next(numbers)
            bridge_test.block_on_sleep(0.002)
            equal(gauge.stage, made)
        "#,
    );
}

#[test]
fn a_second_reader_at_the_same_time_is_refused_and_the_first_goes_on() {
    in_loop(
        r#"
        switch, gauge = bridge_test.Switch(), bridge_test.Gauge()
        items = bridge_streams.aiter_switch(switch, gauge)
        first = asyncio.create_task(items.__anext__())
        await until(lambda: switch.polls)
        with raises(RuntimeError, "anext(): the iterator is already running"):
            await anext(items)
        with raises(RuntimeError, "aclose(): the iterator is already running"):
            await items.aclose()
        switch.turn_on()
        equal(await first, "item")
        with raises(StopAsyncIteration):
            await anext(items)
        "#,
    );
}

#[test]
fn a_second_thread_is_refused_and_the_first_goes_on() {
    script(
        r#"
        switch, gauge = bridge_test.Switch(), bridge_test.Gauge()
        items = bridge_streams.iter_switch(switch, gauge)
        def intrude():
            while not switch.polls:
                pass
            with raises(RuntimeError, "next(): the iterator is already running"):
                next(items)
            with raises(RuntimeError, "close(): the iterator is already running"):
                items.close()
            switch.turn_on()
        equal(in_threads(lambda: list(items), intrude)[0], ["item"])
        "#,
    );
}

#[test]
fn closing_drops_the_stream_and_may_be_repeated() {
    in_loop(
        r#"
        from contextlib import aclosing, closing
        gauge = bridge_test.Gauge()
        async with aclosing(bridge_streams.aiter_numbers(9, gauge)) as numbers:
            equal(await anext(numbers), 0)
            unawaited = numbers.aclose()
            equal(gauge.alive, 1)
        equal((gauge.alive, gauge.dropped), (0, 1))
        await numbers.aclose()
        await unawaited
        with raises(StopAsyncIteration):
            await anext(numbers)
        with closing(bridge_streams.iter_numbers(9, gauge)) as numbers:
            equal(next(numbers), 0)
        equal((gauge.alive, gauge.dropped), (0, 2))
        numbers.close()
        equal(list(numbers), [])
        "#,
    );
}

#[test]
fn a_forgotten_iterator_drops_its_stream() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        async for number in bridge_streams.aiter_numbers(9, gauge):
            break
        for number in bridge_streams.iter_numbers(9, gauge):
            break
        equal((gauge.alive, gauge.dropped), (0, 2))
        "#,
    );
}

#[test]
fn a_cancelled_item_is_not_lost() {
    in_loop(
        r#"
        switch, gauge = bridge_test.Switch(), bridge_test.Gauge()
        items = bridge_streams.aiter_switch(switch, gauge)
        for _ in range(3):
            with raises(TimeoutError):
                await asyncio.wait_for(anext(items), 0.001)
            equal(gauge.alive, 1)
        for raced in range(100):
            task = asyncio.create_task(anext(items))
            polls = switch.polls
            await until(lambda: switch.polls > polls)
            switch.wake()
            task.cancel()
            with raises(asyncio.CancelledError):
                await task
        switch.turn_on()
        equal([item async for item in items], ["item"])
        equal(gauge.alive, 0)
        "#,
    );
}

#[test]
fn an_item_whose_cancellation_raced_with_it_comes_next() {
    in_loop(
        r#"
        for _ in range(200):
            switch, gauge = bridge_test.Switch(), bridge_test.Gauge()
            items = bridge_streams.aiter_switch(switch, gauge)
            task = asyncio.create_task(items.__anext__())
            await until(lambda: switch.polls)
            switch.turn_on_in_native_thread()
            task.cancel()
            try:
                seen = [await task]
            except asyncio.CancelledError:
                seen = []
            seen += [item async for item in items]
            equal(seen, ["item"])
            equal((gauge.alive, gauge.dropped), (0, 1))
        "#,
    );
}

#[test]
fn the_error_of_an_item_ends_it() {
    in_loop(
        r#"
        error = KeyError("k")
        def fail():
            raise error
        functions = [lambda: 1, fail, lambda: 2]
        items, seen = bridge_streams.aiter_calls(functions), []
        with raises(KeyError) as raised:
            async for item in items:
                seen.append(item)
        assert raised.exception is error
        equal(seen + [item async for item in items], [1])
        items, seen = bridge_streams.iter_calls(functions), []
        with raises(KeyError) as raised:
            for item in items:
                seen.append(item)
        assert raised.exception is error
        equal(seen + list(items), [1])
        "#,
    );
}

// PEP 479 and its like: they would look like the end.
#[test]
fn an_error_that_ends_loops_is_a_runtime_error() {
    in_loop(
        r#"
        for error in StopIteration("s"), StopAsyncIteration("a"):
            def fail():
                raise error
            name = type(error).__name__
            with raises(RuntimeError, name) as raised:
                async for _ in bridge_streams.aiter_calls([fail]):
                    pass
            assert raised.exception.__cause__ is error
            with raises(RuntimeError, name) as raised:
                list(bridge_streams.iter_calls([fail]))
            assert raised.exception.__cause__ is error
        "#,
    );
}

#[test]
fn a_panic_is_a_system_error_and_the_end() {
    in_loop(
        r#"
        items = bridge_streams.aiter_panics()
        with raises(SystemError, "the stream's own words"):
            await anext(items)
        equal([item async for item in items], [])
        items = bridge_streams.iter_panics()
        with raises(SystemError, "the stream's own words"):
            next(items)
        equal(list(items), [])
        "#,
    );
}

#[test]
fn a_stream_may_call_back_into_its_iterator() {
    in_loop(
        r#"
        def reenter():
            with raises(RuntimeError, "already running"):
                next(plain)
            with raises(RuntimeError, "already running"):
                plain.close()
            return "called"
        plain = bridge_streams.iter_calls([reenter])
        equal(list(plain), ["called"])
        def reenter():
            for make in items.__anext__, items.aclose:
                with raises(RuntimeError, "already running"):
                    make().send(None)
            return "called"
        items = bridge_streams.aiter_calls([reenter])
        equal([item async for item in items], ["called"])
        "#,
    );
}

#[test]
fn a_stream_may_await_python_in_line() {
    in_loop(
        r#"
        async def work(number):
            await asyncio.sleep(0)
            return number
        items = bridge_streams.aiter_awaited([work(number) for number in range(5)])
        equal([item async for item in items], [0, 1, 2, 3, 4])
        seen = []
        async def wait():
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise
        items = bridge_streams.aiter_awaited([wait()])
        task = asyncio.create_task(anext(items))
        await asyncio.sleep(0)
        task.cancel()
        with raises(asyncio.CancelledError):
            await task
        equal(seen, ["cancelled"])
        "#,
    );
}

#[test]
fn an_iterator_may_be_used_under_another_loop_and_after_its_loop() {
    script(
        r#"
        gauge = bridge_test.Gauge()
        numbers = bridge_streams.aiter_numbers(3, gauge)
        async def one():
            return await anext(numbers)
        equal([asyncio.run(one()) for _ in range(2)], [0, 1])
        equal(in_threads(lambda: asyncio.run(one())), [2])
        with raises(StopAsyncIteration):
            asyncio.run(one())
        "#,
    );
}

#[test]
fn iterating_leaves_nothing_behind() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        for _ in range(20_000):
            async for number in bridge_streams.aiter_numbers(2, gauge):
                pass
            for number in bridge_streams.iter_numbers(2, gauge):
                break
        equal((gauge.alive, gauge.dropped), (0, 40_000))
        "#,
    );
}
