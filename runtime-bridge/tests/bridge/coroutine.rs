//! A Rust future as a coroutine: what awaiting one means, and the protocol beneath it.

use crate::support::in_loop;

#[test]
fn a_ready_future_is_awaited_without_a_turn_of_the_loop() {
    in_loop(
        r#"
        turns = []
        asyncio.get_running_loop().call_soon(turns.append, 1)
        for _ in range(100):
            equal(await bridge_test.ready("value"), "value")
        equal(turns, [])
        "#,
    );
}

#[test]
fn await_may_be_called_by_hand() {
    in_loop(
        r#"
        coroutine = bridge_test.ready("value")
        bound = coroutine.__await__
        equal((bound.__self__ is coroutine, callable(coroutine)), (True, False))
        equal((bound() is coroutine, type(coroutine).__await__(coroutine) is coroutine), (True, True))
        equal(await coroutine, "value")
        for wrong in (lambda: bound(1), lambda: type(coroutine).__await__(), lambda: type(coroutine).__await__(1)):
            try:
                wrong()
            except TypeError as error:
                assert "__await__" in str(error), error
            else:
                raise AssertionError("no TypeError")
        import inspect
        equal(str(inspect.signature(type(coroutine).__await__)), "(self, /)")
        "#,
    );
}

#[test]
fn a_pending_future_lets_the_loop_run_and_resumes_when_woken() {
    in_loop(
        r#"
        switch = bridge_test.Switch()
        task = asyncio.create_task(switch.wait())
        for _ in range(10):
            await asyncio.sleep(0)
        equal((switch.polls, task.done()), (1, False))
        switch.turn_on()
        await task
        equal(switch.polls, 2)
        "#,
    );
}

#[test]
fn a_wake_from_a_thread_without_an_interpreter_resumes_the_task() {
    in_loop(
        r#"
        for _ in range(100):
            switch = bridge_test.Switch()
            asyncio.get_running_loop().call_soon(switch.turn_on_in_native_thread)
            await switch.wait()
        "#,
    );
}

#[test]
fn a_wake_from_another_script_thread_resumes_an_idle_loop() {
    in_loop(
        r#"
        switch = bridge_test.Switch()
        def turn_on():
            while not switch.polls:
                pass
            switch.turn_on()
        thread = threading.Thread(target=turn_on)
        thread.start()
        await switch.wait()
        thread.join()
        "#,
    );
}

#[test]
fn several_wakes_before_the_task_runs_are_one() {
    in_loop(
        r#"
        switch = bridge_test.Switch()
        task = asyncio.create_task(switch.wait())
        await until(lambda: switch.polls == 1)
        for polls in range(2, 12):
            switch.wake()
            switch.wake()
            switch.wake()
            await until(lambda: switch.polls >= polls)
            await asyncio.sleep(0)
            equal(switch.polls, polls)
        switch.turn_on()
        await task
        "#,
    );
}

#[test]
fn every_way_of_being_suspended_ends() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        await bridge_test.steps(gauge)
        equal((gauge.stage, gauge.alive, gauge.dropped), (6, 0, 1))
        "#,
    );
}

#[test]
fn tokio_sockets_work_beside_the_loop_s_own() {
    in_loop(
        r#"
        async def answer(reader, writer):
            writer.write(await reader.readexactly(4))
            writer.close()
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        messages = [b"%04d" % number for number in range(50)]
        answers = await asyncio.gather(*(bridge_test.echo(port, each) for each in messages))
        equal(answers, messages)
        server.close()
        "#,
    );
}

#[test]
fn tokio_goes_on_while_a_python_reader_is_always_ready() {
    in_loop(
        r#"
        import socket
        ours, theirs = socket.socketpair()
        theirs.send(b"never read")
        calls = []
        asyncio.get_running_loop().add_reader(ours, calls.append, 1)
        await bridge_test.sleep(0.01)
        await bridge_test.steps(bridge_test.Gauge())
        assert calls
        asyncio.get_running_loop().remove_reader(ours)
        ours.close()
        theirs.close()
        "#,
    );
}

#[test]
fn tokio_goes_on_while_callbacks_never_run_out() {
    in_loop(
        r#"
        loop = asyncio.get_running_loop()
        def again():
            loop.call_soon(again)
        again()
        await bridge_test.sleep(0.01)
        await bridge_test.steps(bridge_test.Gauge())
        "#,
    );
}

#[test]
fn results_are_handed_over_as_they_are() {
    in_loop(
        r#"
        values = [None, (), (1, 2), [], ValueError("v"), StopIteration(4), StopIteration]
        for value in values:
            assert await bridge_test.ready(value) is value
            assert await asyncio.create_task(bridge_test.ready(value)) is value
        "#,
    );
}

#[test]
fn exceptions_come_out_as_they_are() {
    in_loop(
        r#"
        for fail in bridge_test.fail, bridge_test.fail_at_once:
            for error in ValueError("v"), StopAsyncIteration(), asyncio.CancelledError("c"):
                with raises(type(error)) as raised:
                    await fail(error)
                assert raised.exception is error
        "#,
    );
}

// PEP 479: it would look like a result.
#[test]
fn a_future_that_fails_with_stop_iteration_raises_runtime_error() {
    in_loop(
        r#"
        for fail in bridge_test.fail, bridge_test.fail_at_once:
            with raises(RuntimeError, "StopIteration") as raised:
                await asyncio.create_task(fail(StopIteration("a result?")))
            assert isinstance(raised.exception.__cause__, StopIteration)
        "#,
    );
}

#[test]
fn awaiting_twice_is_an_error() {
    in_loop(
        r#"
        for make in lambda: bridge_test.ready(1), bridge_test.yield_now:
            coroutine = make()
            await coroutine
            with raises(RuntimeError, "cannot reuse already awaited coroutine"):
                await coroutine
            failing = bridge_test.fail(KeyError("k"))
            with raises(KeyError):
                await failing
            with raises(RuntimeError, "cannot reuse already awaited coroutine"):
                await failing
        "#,
    );
}

#[test]
fn a_second_awaiter_is_refused_and_the_first_goes_on() {
    in_loop(
        r#"
        switch = bridge_test.Switch()
        coroutine = switch.wait()
        async def wait():
            await coroutine
            return "resumed"
        first = asyncio.create_task(wait())
        await until(lambda: switch.polls == 1)
        with raises(RuntimeError, "awaited already"):
            await asyncio.wait_for(wait(), 5)
        switch.turn_on()
        equal(await asyncio.wait_for(first, 5), "resumed")
        "#,
    );
}

#[test]
fn send_gives_the_waiter_and_then_the_result() {
    in_loop(
        r#"
        coroutine = bridge_test.ready(7)
        with raises(StopIteration) as stop:
            coroutine.send(None)
        equal(stop.exception.value, 7)

        switch = bridge_test.Switch()
        coroutine = switch.wait()
        waiter = coroutine.send(None)
        assert waiter._asyncio_future_blocking
        assert waiter.get_loop() is asyncio.get_running_loop()
        switch.turn_on()
        with raises(StopIteration) as stop:
            coroutine.send(None)
        equal(stop.exception.value, None)
        "#,
    );
}

#[test]
fn throw_drops_the_future_and_raises() {
    in_loop(
        r#"
        for arguments in [
            (ValueError("thrown"),),
            (ValueError, "thrown"),
            (ValueError, ValueError("thrown"), None),
        ]:
            gauge = bridge_test.Gauge()
            coroutine = bridge_test.pending(gauge)
            coroutine.send(None)
            with raises(ValueError, "thrown"):
                coroutine.throw(*arguments)
            equal((gauge.alive, gauge.dropped), (0, 1))
            with raises(RuntimeError, "cannot reuse already awaited coroutine"):
                coroutine.send(None)
        with raises(TypeError):
            bridge_test.pending().throw(3)
        "#,
    );
}

#[test]
fn close_drops_the_future_and_may_be_repeated() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        unstarted, pending = bridge_test.pending(gauge), bridge_test.pending(gauge)
        pending.send(None)
        equal(gauge.alive, 2)
        for coroutine in unstarted, pending:
            coroutine.close()
            coroutine.close()
            with raises(RuntimeError, "cannot reuse already awaited coroutine"):
                await coroutine
        equal(gauge.alive, 0)
        "#,
    );
}

#[test]
fn a_coroutine_that_is_forgotten_drops_its_future() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        coroutine = bridge_test.pending(gauge)
        del coroutine
        equal((gauge.alive, gauge.dropped), (0, 1))
        coroutine = bridge_test.sleep(3600, gauge)
        coroutine.send(None)
        del coroutine
        equal((gauge.alive, gauge.dropped), (0, 2))
        "#,
    );
}

#[test]
fn a_coroutine_cannot_be_resumed_by_what_it_calls() {
    in_loop(
        r#"
        def reenter():
            for again in coroutine.send, coroutine.throw:
                with raises(ValueError, "coroutine already executing"):
                    again(KeyError())
            with raises(ValueError, "coroutine already executing"):
                coroutine.close()
            return coroutine.cr_running
        coroutine = bridge_test.call(reenter)
        equal(coroutine.cr_running, False)
        equal(await coroutine, True)
        equal(coroutine.cr_running, False)
        "#,
    );
}

#[test]
fn its_names_say_what_was_called() {
    in_loop(
        r#"
        switch = bridge_test.Switch()
        coroutine = switch.wait()
        equal(coroutine.__name__, "wait")
        equal(coroutine.__qualname__, "Switch.wait")
        assert "Switch.wait" in repr(coroutine), repr(coroutine)
        task = asyncio.create_task(coroutine)
        assert "Switch.wait" in repr(task), repr(task)
        await asyncio.sleep(0)
        assert "Switch.wait" in repr(task), repr(task)
        switch.turn_on()
        await task
        assert "Switch.wait" in repr(task), repr(task)
        "#,
    );
}

#[test]
fn closing_a_coroutine_that_a_task_awaits_ends_the_task() {
    in_loop(
        r#"
        coroutine = bridge_test.sleep(3600)
        task = asyncio.create_task(coroutine)
        await asyncio.sleep(0)
        coroutine.close()
        with raises(RuntimeError):
            await task
        "#,
    );
}
