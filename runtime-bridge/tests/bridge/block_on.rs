//! The sync path: a future run to its end from a plain call.

use crate::support::{in_loop, script};

#[test]
fn it_returns_the_result_or_raises_the_exception() {
    script(
        r#"
        value = object()
        assert bridge_test.block_on_ready(value) is value
        for error in ValueError("v"), StopIteration(1), SystemExit(2):
            with raises(type(error)) as raised:
                bridge_test.block_on_fail(error)
            assert raised.exception is error
        "#,
    );
}

#[test]
fn every_way_of_being_suspended_ends() {
    script(
        r#"
        gauge = bridge_test.Gauge()
        for _ in range(100):
            bridge_test.block_on_steps(gauge)
        equal((gauge.stage, gauge.alive, gauge.dropped), (6, 0, 100))
        "#,
    );
}

#[test]
fn it_works_without_asyncio() {
    script(
        r#"
        for name in [name for name in sys.modules if name.startswith("asyncio")]:
            del sys.modules[name]
        sys.modules["asyncio"] = None
        bridge_test.block_on_steps(bridge_test.Gauge())
        "#,
    );
}

#[test]
fn threads_block_at_once() {
    script(
        r#"
        gauge, switches = bridge_test.Gauge(), [bridge_test.Switch() for _ in range(8)]
        waits = [lambda switch=switch: switch.block_on_wait(gauge) for switch in switches]
        def release():
            # Only when all of them wait at the same time.
            while gauge.alive < 8 or any(not switch.polls for switch in switches):
                pass
            for switch in switches:
                switch.turn_on()
        in_threads(*waits, release)
        equal((gauge.alive, gauge.dropped), (0, 8))
        "#,
    );
}

#[test]
fn other_threads_run_while_it_waits() {
    script(
        r#"
        switch, turns = bridge_test.Switch(), []
        def other():
            for turn in range(10_000):
                turns.append(turn)
            switch.turn_on()
        thread = threading.Thread(target=other)
        thread.start()
        switch.block_on_wait()
        equal(len(turns), 10_000)
        thread.join()
        "#,
    );
}

#[test]
fn the_collector_runs_while_it_waits() {
    script(
        r#"
        import gc
        switch = bridge_test.Switch()
        def other():
            while not switch.polls:
                pass
            for _ in range(10):
                gc.collect()
            switch.turn_on()
        thread = threading.Thread(target=other)
        thread.start()
        switch.block_on_wait()
        thread.join()
        "#,
    );
}

#[test]
fn a_wake_from_a_thread_without_an_interpreter_ends_it() {
    script(
        r#"
        for _ in range(100):
            switch = bridge_test.Switch()
            thread = threading.Thread(target=switch.turn_on_in_native_thread)
            thread.start()
            switch.block_on_wait()
            thread.join()
        "#,
    );
}

#[test]
fn a_wake_up_that_changes_nothing_is_waited_through() {
    script(
        r#"
        switch = bridge_test.Switch()
        def other():
            for polls in range(1, 10):
                while switch.polls < polls:
                    pass
                switch.wake()
            switch.turn_on()
        thread = threading.Thread(target=other)
        thread.start()
        switch.block_on_wait()
        thread.join()
        assert switch.polls >= 10, switch.polls
        "#,
    );
}

#[test]
fn inside_a_running_loop_the_loop_stands_still_and_goes_on_afterwards() {
    in_loop(
        r#"
        loop, calls, gauge = asyncio.get_running_loop(), [], bridge_test.Gauge()
        switch = bridge_test.Switch()
        bystander = asyncio.create_task(switch.wait(gauge))
        await until(lambda: switch.polls == 1)
        loop.call_soon(calls.append, "called")
        switch.turn_on()
        bridge_test.block_on_steps(gauge)
        equal((calls, switch.polls), ([], 1))
        await bystander
        equal((calls, switch.polls), (["called"], 2))
        await bridge_test.steps(gauge)
        equal(gauge.alive, 0)
        "#,
    );
}

#[test]
fn a_future_may_call_code_that_blocks_again() {
    script(
        r#"
        gauge = bridge_test.Gauge()
        def nest(depth):
            bridge_test.block_on_steps(gauge)
            if depth:
                return bridge_test.block_on_call(lambda: nest(depth - 1)) + 1
            return 0
        equal(nest(10), 10)
        equal((gauge.alive, gauge.dropped), (0, 11))
        "#,
    );
}

#[test]
fn a_coroutine_may_call_code_that_blocks() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        def block():
            bridge_test.block_on_steps(gauge)
            return bridge_test.block_on_call(lambda: bridge_test.block_on_steps(gauge))
        equal(await bridge_test.call(block), None)
        results = await asyncio.gather(*(bridge_test.call(block) for _ in range(5)))
        equal(results, [None] * 5)
        await bridge_test.steps(gauge)
        equal((gauge.alive, gauge.dropped), (0, 13))
        "#,
    );
}

#[test]
fn a_future_may_call_code_that_runs_an_event_loop() {
    script(
        r#"
        gauge = bridge_test.Gauge()
        def run():
            asyncio.run(bridge_test.steps(gauge))
            return asyncio.run(bridge_test.ready("from the loop"))
        equal(bridge_test.block_on_call(run), "from the loop")
        bridge_test.block_on_steps(gauge)
        equal(gauge.alive, 0)
        "#,
    );
}

#[test]
fn an_exception_of_nested_code_comes_out_and_drops_the_future() {
    script(
        r#"
        def fail():
            bridge_test.block_on_call(lambda: bridge_test.block_on_fail(KeyError("innermost")))
        with raises(KeyError, "innermost"):
            bridge_test.block_on_call(fail)
        bridge_test.block_on_steps(bridge_test.Gauge())
        "#,
    );
}

#[test]
fn tokio_sockets_work_under_it() {
    script(
        r#"
        import socket
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        def serve(count):
            for _ in range(count):
                connection, _ = listener.accept()
                connection.sendall(connection.recv(4))
                connection.close()
        server = threading.Thread(target=serve, args=(50,))
        server.start()
        for number in range(10):
            equal(bridge_test.block_on_echo(port, b"%04d" % number), b"%04d" % number)
        def ask():
            return [bridge_test.block_on_echo(port, b"%04d" % number) for number in range(10)]
        expected = [b"%04d" % number for number in range(10)]
        equal(in_threads(*[ask] * 4), [expected] * 4)
        server.join()
        "#,
    );
}

#[test]
fn the_executor_of_a_loop_may_block() {
    in_loop(
        r#"
        gauge = bridge_test.Gauge()
        calls = [asyncio.to_thread(bridge_test.block_on_steps, gauge) for _ in range(8)]
        await asyncio.gather(*calls, bridge_test.steps(gauge))
        equal((gauge.alive, gauge.dropped), (0, 9))
        "#,
    );
}

#[test]
fn a_thread_that_blocked_leaves_no_descriptor_behind() {
    script(
        r#"
        import os
        def descriptors():
            return len(os.listdir("/proc/self/fd"))
        def block():
            bridge_test.block_on_steps(bridge_test.Gauge())
        bridge_test.block_on_sleep(0)
        if sys.platform == "linux":
            # Each call waits until its thread is gone for the script, not for the OS.
            before = descriptors()
            for _ in range(50):
                in_threads(block)
            assert descriptors() < before + 25, (before, descriptors())
        "#,
    );
}
