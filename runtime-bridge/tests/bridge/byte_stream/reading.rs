//! What is read, and where.

use crate::support::{in_loop, script};

#[test]
fn every_kind_of_iterable_is_read_to_its_end() {
    in_loop(
        r#"
        async def agenerator():
            for chunk in b"a", b"b":
                await asyncio.sleep(0)
                yield chunk
        def generator():
            yield from (b"a", b"b")
        class Items:
            def __getitem__(self, index):
                return [b"a", b"b"][index]
        class Aiter:
            def __aiter__(self):
                return agenerator()
        class Both:
            def __iter__(self):
                raise AssertionError
            def __aiter__(self):
                return agenerator()
        async def read(chunks):
            reader, seen = bridge_streams.reader(chunks), []
            while (chunk := await reader.read()) is not None:
                seen.append(chunk)
            equal(await reader.read(), None)
            return seen
        native = bridge_streams.aiter_calls([lambda: b"a", lambda: b"b"])
        kinds = [agenerator(), generator(), Items(), Aiter(), Both(), [b"a", b"b"], native]
        for chunks in kinds:
            equal(await read(chunks), [b"a", b"b"])
        "#,
    );
}

#[test]
fn a_blocking_call_reads_plain_iterables() {
    script(
        r#"
        def generator():
            yield from (b"a", b"b")
        class Both:
            def __iter__(self):
                return generator()
            def __aiter__(self):
                raise AssertionError
        native = bridge_streams.iter_calls([lambda: b"a", lambda: b"b"])
        for chunks in generator(), [b"a", b"b"], Both(), native:
            reader = bridge_streams.reader(chunks)
            equal([reader.block_on_read() for _ in range(3)], [b"a", b"b", None])
        "#,
    );
}

#[test]
fn a_blocking_call_refuses_asynchronous_iterables() {
    in_loop(
        r#"
        closed = []
        async def agenerator():
            try:
                yield b"a"
                yield b"b"
            finally:
                closed.append(1)
        with raises(RuntimeError, "a blocking call cannot read an asynchronous iterable"):
            bridge_streams.reader(agenerator()).block_on_read()
        reader = bridge_streams.reader(agenerator())
        equal(await reader.read(), b"a")
        with raises(RuntimeError, "a blocking call cannot read an asynchronous iterable"):
            reader.block_on_read()
        await until(lambda: closed)
        "#,
    );
}

#[test]
fn a_task_of_the_runtime_cannot_read() {
    in_loop(
        r#"
        for chunks in [b"a"], bridge_streams.aiter_calls([]):
            with raises(RuntimeError, "only inside of a native coroutine or of a blocking call"):
                await bridge_streams.reader(chunks).read_spawned()
        "#,
    );
}

#[test]
fn what_is_not_iterable_is_refused_at_once() {
    script(
        r#"
        with raises(TypeError, "'int' object is neither iterable nor async iterable"):
            bridge_streams.reader(3)
        "#,
    );
}

#[test]
fn an_iterator_that_is_none_is_a_type_error() {
    in_loop(
        r#"
        class Odd:
            def __aiter__(self):
                return 3
        class Odder:
            def __iter__(self):
                return 3
        class Oddest:
            def __aiter__(self):
                return self
            def __anext__(self):
                return 3
        for chunks in Odd(), Odder(), Oddest():
            with raises(TypeError):
                await bridge_streams.reader(chunks).read()
        "#,
    );
}

#[test]
fn items_are_bytes_like_and_nothing_else() {
    in_loop(
        r#"
        import array
        chunks = [b"bytes", bytearray(b"array"), memoryview(b"view"), array.array("B", b"a"), b""]
        reader = bridge_streams.reader(chunks)
        equal([await reader.read() for _ in chunks], [b"bytes", b"array", b"view", b"a", b""])
        closed = []
        def generator(item):
            try:
                yield item
            finally:
                closed.append("plain")
        async def agenerator(item):
            try:
                yield item
            finally:
                await asyncio.sleep(0)
                closed.append("asynchronous")
        for item in "text", 3, None, [1]:
            name = type(item).__name__
            for kind in generator, agenerator:
                reader = bridge_streams.reader(kind(item))
                with raises(TypeError, f"expected bytes-like items, got '{name}'"):
                    await reader.read()
                equal(await reader.read(), None)
        await until(lambda: len(closed) == 8)
        "#,
    );
}

#[test]
fn subclasses_of_bytes_are_read_as_bytes() {
    in_loop(
        r#"
        class Bytes(bytes):
            pass
        equal(await bridge_streams.reader([Bytes(b"b")]).read(), b"b")
        "#,
    );
}

#[test]
fn large_chunks_are_borrowed_and_small_ones_copied() {
    script(
        r#"
        equal(bridge_streams.first_chunk_is_borrowed(bytes(1 << 20)), True)
        equal(bridge_streams.first_chunk_is_borrowed(b"small"), False)
        equal(bridge_streams.first_chunk_is_borrowed(bytearray(1 << 20)), False)
        "#,
    );
}

#[test]
fn nothing_is_read_ahead() {
    in_loop(
        r#"
        made = []
        def generator():
            for number in range(5):
                made.append(number)
                yield b"%d" % number
        async def agenerator():
            for chunk in generator():
                yield chunk
        for kind in generator, agenerator:
            made.clear()
            reader = bridge_streams.reader(kind())
            await asyncio.sleep(0.001)
            equal(made, [])
            for number in range(5):
                equal(await reader.read(), b"%d" % number)
                await asyncio.sleep(0)
                equal(made, list(range(number + 1)))
        "#,
    );
}

#[test]
fn the_error_of_the_iterable_comes_out_and_ends_it() {
    in_loop(
        r#"
        error = KeyError("k")
        def generator():
            yield b"a"
            raise error
        async def agenerator():
            yield b"a"
            await asyncio.sleep(0)
            raise error
        for kind in generator, agenerator:
            reader = bridge_streams.reader(kind())
            equal(await reader.read(), b"a")
            with raises(KeyError) as raised:
                await reader.read()
            assert raised.exception is error
            equal(await reader.read(), None)
        "#,
    );
}

#[test]
fn the_generator_runs_in_the_context_of_who_reads() {
    in_loop(
        r#"
        import contextvars
        variable = contextvars.ContextVar("variable")
        async def agenerator():
            assert asyncio.current_task() is task
            yield variable.get()
            await asyncio.sleep(0)
            variable.set(b"inside")
            yield variable.get()
        task = asyncio.current_task()
        variable.set(b"outside")
        reader = bridge_streams.reader(agenerator())
        equal([await reader.read(), await reader.read()], [b"outside", b"inside"])
        equal(variable.get(), b"inside")
        "#,
    );
}

#[test]
fn cancelling_the_reader_cancels_the_generator() {
    in_loop(
        r#"
        seen = []
        async def agenerator():
            try:
                yield b"a"
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                seen.append("cleaned up")
                raise
        reader = bridge_streams.reader(agenerator())
        await reader.read()
        task = asyncio.create_task(reader.read())
        await asyncio.sleep(0)
        task.cancel()
        with raises(asyncio.CancelledError):
            await task
        equal(seen, ["cleaned up"])
        "#,
    );
}

#[test]
fn beside_an_in_line_await_the_items_are_awaited_as_tasks() {
    in_loop(
        r#"
        tasks = set()
        async def agenerator():
            tasks.add(asyncio.current_task())
            await asyncio.sleep(0.001)
            yield b"a"
        async def wait():
            await asyncio.sleep(3600)
        reader = bridge_streams.reader(agenerator())
        equal(await reader.read_beside(wait()), b"a")
        assert asyncio.current_task() not in tasks and len(tasks) == 1
        "#,
    );
}

#[test]
fn reading_leaves_nothing_behind() {
    in_loop(
        r#"
        started = closed = 0
        async def agenerator():
            nonlocal started, closed
            started += 1
            try:
                for _ in range(3):
                    await asyncio.sleep(0)
                    yield bytes(20_000)
            finally:
                closed += 1
        for number in range(2000):
            reader = bridge_streams.reader(agenerator())
            for _ in range(1 + number % 4):
                await reader.read()
            reader.forget()
        await until(lambda: len(asyncio.all_tasks()) == 1)
        equal((started, closed), (2000, 2000))
        "#,
    );
}
