//! call_soon and call_soon_threadsafe.

use crate::support::{in_loop, script};

#[test]
fn callbacks_run_in_the_order_in_which_they_were_added() {
    in_loop(
        r#"
        loop, calls = asyncio.get_running_loop(), []
        for number in range(100):
            loop.call_soon(calls.append, number)
        equal(calls, [])
        await asyncio.sleep(0)
        equal(calls, list(range(100)))
        "#,
    );
}

#[test]
fn what_a_callback_adds_runs_in_the_next_turn() {
    in_loop(
        r#"
        loop, calls = asyncio.get_running_loop(), []
        def first():
            calls.append("first")
            loop.call_soon(calls.append, "third")
        loop.call_soon(first)
        loop.call_soon(calls.append, "second")
        await asyncio.sleep(0)
        equal(calls, ["first", "second"])
        await asyncio.sleep(0)
        equal(calls, ["first", "second", "third"])
        "#,
    );
}

#[test]
fn a_cancelled_callback_does_not_run_and_lets_its_arguments_go() {
    in_loop(
        r#"
        import weakref
        class Argument: pass
        loop, calls = asyncio.get_running_loop(), []
        argument = Argument()
        reference = weakref.ref(argument)
        handle = loop.call_soon(calls.append, argument)
        equal(handle.cancelled(), False)
        handle.cancel()
        handle.cancel()
        equal(handle.cancelled(), True)
        del argument
        equal(reference(), None)
        await asyncio.sleep(0)
        equal(calls, [])
        "#,
    );
}

#[test]
fn a_callback_may_cancel_a_later_one_of_the_same_turn() {
    in_loop(
        r#"
        loop, calls = asyncio.get_running_loop(), []
        loop.call_soon(lambda: later.cancel())
        later = loop.call_soon(calls.append, 1)
        await asyncio.sleep(0)
        equal(calls, [])
        "#,
    );
}

#[test]
fn a_callback_runs_in_the_context_it_was_given_or_in_a_copy_of_the_current_one() {
    in_loop(
        r#"
        import contextvars
        variable = contextvars.ContextVar("variable")
        loop, seen = asyncio.get_running_loop(), []
        variable.set("when added")
        given = contextvars.copy_context()
        given.run(variable.set, "given")
        def look():
            seen.append(variable.get())
            variable.set("changed inside")
        loop.call_soon(look)
        loop.call_soon(look, context=given)
        loop.call_later(0, look)
        loop.call_soon_threadsafe(look, context=None)
        variable.set("when run")
        await until(lambda: len(seen) == 4)
        equal(sorted(seen), ["given", "when added", "when added", "when added"])
        equal(variable.get(), "when run")
        equal(given[variable], "changed inside")
        "#,
    );
}

#[test]
fn a_handle_knows_its_context_and_callback() {
    in_loop(
        r#"
        import contextvars
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()
        def callback_of_the_test(): pass
        for handle in [
            loop.call_soon(callback_of_the_test, context=context),
            loop.call_soon_threadsafe(callback_of_the_test, context=context),
            loop.call_later(0, callback_of_the_test, context=context),
            loop.call_at(0, callback_of_the_test, context=context),
        ]:
            assert handle.get_context() is context
            assert "callback_of_the_test" in repr(handle), repr(handle)
            handle.cancel()
            assert "cancelled" in repr(handle), repr(handle)
        "#,
    );
}

#[test]
fn a_handle_is_an_asyncio_handle() {
    in_loop(
        r#"
        loop = asyncio.get_running_loop()
        for handle in loop.call_soon(int), loop.call_soon_threadsafe(int), loop.call_later(0, int):
            assert isinstance(handle, asyncio.Handle), type(handle)
        assert isinstance(loop.call_at(0, int), asyncio.TimerHandle)
        "#,
    );
}

#[test]
fn wrong_arguments_are_type_errors() {
    in_loop(
        r#"
        loop = asyncio.get_running_loop()
        for call in [
            lambda: loop.call_soon(),
            lambda: loop.call_soon(print, unknown=1),
            lambda: loop.call_later(None, print),
            lambda: loop.call_later("soon", print),
            lambda: loop.call_later(1),
            lambda: loop.call_at(None, print),
        ]:
            with raises(TypeError):
                call()
        "#,
    );
}

#[test]
fn call_soon_threadsafe_wakes_an_idle_loop() {
    script(
        r#"
        loop = asyncio.new_event_loop()
        started = threading.Event()
        loop.call_soon(started.set)
        def stop():
            started.wait()
            loop.call_soon_threadsafe(loop.stop)
        for _ in range(200):
            thread = threading.Thread(target=stop)
            thread.start()
            loop.run_forever()
            thread.join()
        loop.close()
        "#,
    );
}

#[test]
fn many_threads_may_add_callbacks_at_once() {
    in_loop(
        r#"
        loop, calls = asyncio.get_running_loop(), []
        def add():
            for _ in range(500):
                loop.call_soon_threadsafe(calls.append, threading.get_ident())
        await asyncio.gather(*(asyncio.to_thread(add) for _ in range(8)))
        await until(lambda: len(calls) == 8 * 500)
        "#,
    );
}

#[test]
fn callbacks_of_one_thread_keep_their_order() {
    in_loop(
        r#"
        loop, calls = asyncio.get_running_loop(), []
        def add():
            for number in range(1000):
                loop.call_soon_threadsafe(calls.append, number)
        await asyncio.to_thread(add)
        await until(lambda: len(calls) == 1000)
        equal(calls, list(range(1000)))
        "#,
    );
}
