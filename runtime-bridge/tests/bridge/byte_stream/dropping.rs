//! A stream that is not read to its end closes what it reads.

use crate::support::{in_loop, script};

#[test]
fn a_stream_that_is_dropped_closes_the_generator() {
    in_loop(
        r#"
        closed = []
        def generator():
            try:
                yield b"a"
                yield b"b"
            except GeneratorExit:
                closed.append("plain")
                raise
        async def agenerator():
            try:
                yield b"a"
                yield b"b"
            except GeneratorExit:
                await asyncio.sleep(0)
                closed.append("asynchronous")
                raise
        for forget in "forget", "forget_in_native_thread":
            for kind, name in (generator, "plain"), (agenerator, "asynchronous"):
                # It is not the last reference that goes.
                chunks = kind()
                reader = bridge_streams.reader(chunks)
                await reader.read()
                getattr(reader, forget)()
                await until(lambda: closed)
                equal(closed, [name])
                closed.clear()
        await until(lambda: len(asyncio.all_tasks()) == 1)
        "#,
    );
}

#[test]
fn a_generator_that_is_dropped_unread_is_closed_too() {
    in_loop(
        r#"
        def generator():
            raise AssertionError
            yield
        async def agenerator():
            raise AssertionError
            yield
        chunks = generator()
        bridge_streams.reader(chunks).forget()
        equal(list(chunks), [])
        bridge_streams.reader(agenerator()).forget()
        "#,
    );
}

// A pending item is cancelled, so that the generator may await in its clean-up, which it could not
// while it is closed.
#[test]
fn a_stream_that_is_dropped_while_an_item_is_pending_cancels_the_generator() {
    in_loop(
        r#"
        steps, errors = [], []
        sys.unraisablehook = errors.append
        asyncio.get_running_loop().set_exception_handler(lambda _, it: errors.append(it))
        async def agenerator(future):
            try:
                yield b"a"
                await future
            except asyncio.CancelledError:
                steps.append("cancelled")
                await asyncio.sleep(0)
                await bridge_test.yield_now()
                raise
            finally:
                await asyncio.sleep(0)
                steps.append("closed")
        future, switch = asyncio.get_running_loop().create_future(), bridge_test.Switch()
        reader = bridge_streams.reader(agenerator(future))
        await reader.read()
        task = asyncio.create_task(reader.read_or_switch(switch))
        await until(lambda: switch.polls)
        switch.turn_on()
        equal(await task, "switch")
        await until(lambda: len(asyncio.all_tasks()) == 1)
        equal((steps, errors, future.cancelled()), (["cancelled", "closed"], [], True))
        "#,
    );
}

#[test]
fn what_goes_wrong_while_it_is_closed_is_reported() {
    in_loop(
        r#"
        import gc
        reports = []
        asyncio.get_running_loop().set_exception_handler(lambda _, it: reports.append(it))
        sys.unraisablehook = lambda it: reports.append({"exception": it.exc_value})
        def generator():
            try:
                yield b"a"
            finally:
                raise KeyError("k")
        async def agenerator():
            try:
                yield b"a"
            finally:
                raise KeyError("k")
        for kind in generator, agenerator:
            reader = bridge_streams.reader(kind())
            await reader.read()
            reader.forget()
            def reported():
                gc.collect()
                return reports
            await until(reported)
            equal(type(reports.pop()["exception"]), KeyError)
        "#,
    );
}

#[test]
fn what_the_script_passed_and_is_no_generator_is_not_closed() {
    in_loop(
        r#"
        import io
        file = io.BytesIO(b"a\nb\n")
        reader = bridge_streams.reader(file)
        equal(await reader.read(), b"a\n")
        reader.forget()
        equal(file.closed, False)
        class Own:
            closed = 0
            def __aiter__(self):
                return self
            async def __anext__(self):
                return b"a"
            async def aclose(self):
                Own.closed += 1
        class Made:
            def __aiter__(self):
                return Own()
        reader = bridge_streams.reader(Own())
        await reader.read()
        reader.forget()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        equal(Own.closed, 0)
        reader = bridge_streams.reader(Made())
        await reader.read()
        reader.forget()
        await until(lambda: Own.closed)
        "#,
    );
}

#[test]
fn a_stream_that_outlives_its_loop_is_dropped_quietly() {
    script(
        r#"
        async def agenerator():
            yield b"a"
            yield b"b"
        async def read():
            await reader.read()
        reader = bridge_streams.reader(agenerator())
        asyncio.run(read())
        reader.forget()
        reader = bridge_streams.reader(agenerator())
        asyncio.run(read())
        reader.forget_in_native_thread()
        asyncio.run(asyncio.sleep(0))
        "#,
    );
}
