//! Python objects that are let go where no Python code may run, and threads without a loop.

use crate::support::{Script, in_loop, script};

const WITNESS: &str = r#"
        ends = []
        class Witness:
            def __init__(self, name="witness"):
                self.name = name
            def __del__(self):
                # What may not be done on a bare thread, or inside of a runtime.
                bridge_test.block_on_sleep(0.0001)
                ends.append((self.name, threading.get_ident()))
"#;

fn witnessed_in_loop(body: &str) {
    in_loop(&format!("{WITNESS}{body}"));
}

fn witnessed(body: &str) -> String {
    format!("{WITNESS}{body}")
}

// The interpreter skips it: the reason for all that follows.
#[test]
fn without_a_homing_an_object_dropped_on_a_bare_thread_loses_its_del() {
    script(&witnessed(
        r#"
        bridge_threads.drop_bare_in_native_thread([Witness()])
        bridge_test.block_on_sleep(0)
        equal(ends, [])
        "#,
    ));
}

#[test]
fn where_python_may_run_it_is_dropped_at_once() {
    script(&witnessed(
        r#"
        bridge_threads.drop_here([Witness()])
        equal(ends, [("witness", threading.get_ident())])
        "#,
    ));
}

#[test]
fn from_a_bare_thread_it_comes_home_to_the_next_blocking_call() {
    script(&witnessed(
        r#"
        bridge_threads.drop_in_native_thread([Witness()])
        equal(ends, [])
        bridge_test.block_on_ready(None)
        equal(ends, [("witness", threading.get_ident())])
        "#,
    ));
}

#[test]
fn from_a_bare_thread_it_comes_home_to_the_next_homing() {
    script(&witnessed(
        r#"
        bridge_threads.drop_in_native_thread([Witness("first")])
        bridge_threads.drop_here([None])
        equal([name for name, _ in ends], ["first"])
        "#,
    ));
}

#[test]
fn it_wakes_the_loop_that_ran_when_it_was_made() {
    witnessed_in_loop(
        r#"
        for drop in bridge_threads.drop_in_runtime, bridge_threads.drop_in_pool:
            await drop([Witness()])
            await until(lambda: ends)
            equal(ends.pop(), ("witness", threading.get_ident()))
        done = asyncio.get_running_loop().create_future()
        class Last:
            def __del__(self):
                done.set_result(None)
        bridge_threads.drop_in_native_thread([Last()])
        # Nothing else wakes the loop.
        await done
        "#,
    );
}

#[test]
fn an_idle_loop_takes_it_in() {
    script(
        r#"
        class Last:
            def __init__(self, done):
                self.done = done
            def __del__(self):
                self.done.set_result(None)
        async def main():
            done = asyncio.get_running_loop().create_future()
            keeper = bridge_threads.keep([Last(done)])
            def drop():
                bridge_test.block_on_sleep(0.005)
                keeper.drop_in_native_thread()
            thread = threading.Thread(target=drop)
            thread.start()
            # Nothing but the object wakes this loop.
            await done
            thread.join()
        in_threads(lambda: asyncio.run(main()))
        "#,
    );
}

#[test]
fn at_the_latest_it_comes_home_when_the_interpreter_exits() {
    let source = r#"
        class Witness:
            def __del__(self):
                print("at home", threading.current_thread() is threading.main_thread())
        bridge_threads.drop_in_native_thread([Witness()])
        print("the end")
    "#;
    let outcome = Script::new(source).start().finish();
    assert!(outcome.status.success(), "{outcome:?}");
    assert!(
        outcome.stdout.ends_with("the end\nat home True\n"),
        "{outcome:?}"
    );
}

#[test]
fn a_destructor_may_send_more_home() {
    script(
        r#"
        ends = []
        class Nested:
            def __init__(self, depth):
                self.inner = [Nested(depth - 1)] if depth else []
            def __del__(self):
                if self.inner:
                    bridge_threads.drop_in_native_thread(self.inner)
                ends.append(1)
        bridge_threads.drop_in_native_thread([Nested(5)])
        for _ in range(6):
            bridge_test.block_on_ready(None)
        equal(len(ends), 6)
        "#,
    );
}

#[test]
fn the_value_comes_out_as_it_went_in() {
    script(
        r#"
        value = object()
        assert bridge_threads.unwrap_homing(value) is value
        bridge_test.block_on_ready(None)
        references = sys.getrefcount(value)
        for _ in range(100):
            bridge_threads.unwrap_homing(value)
        bridge_test.block_on_ready(None)
        equal(sys.getrefcount(value), references)
        "#,
    );
}

#[test]
fn many_threads_send_home_while_the_collector_runs() {
    script(
        r#"
        import gc
        count, lock = 0, threading.Lock()
        class Witness:
            def __init__(self):
                self.cycle = [self.__class__, {}]
            def __del__(self):
                global count
                with lock:
                    count += 1
        def send():
            for _ in range(200):
                bridge_threads.drop_in_native_thread([Witness()])
        def collect():
            for _ in range(50):
                gc.collect()
        in_threads(*[send] * 4, collect)
        bridge_test.block_on_ready(None)
        equal(count, 800)
        "#,
    );
}

#[test]
fn a_coroutine_dropped_on_a_bare_thread_sends_its_future_home() {
    witnessed_in_loop(
        r#"
        async def wait(witness):
            try:
                await asyncio.sleep(3600)
            finally:
                ends.append(("closed", threading.get_ident()))
        for suspended in False, True:
            coroutine = bridge_python.in_line(wait(Witness()))
            if suspended:
                coroutine.send(None)
            objects = [coroutine]
            del coroutine
            bridge_threads.drop_bare_in_native_thread(objects)
            await until(lambda: any(name == "witness" for name, _ in ends))
            expected = ["closed", "witness"] if suspended else ["witness"]
            equal([name for name, _ in ends], expected)
            equal({ident for _, ident in ends}, {threading.get_ident()})
            ends.clear()
        "#,
    );
}

#[test]
fn an_iterator_dropped_on_a_bare_thread_sends_its_stream_home() {
    witnessed_in_loop(
        r#"
        for make in bridge_streams.aiter_calls, bridge_streams.iter_calls:
            def call(witness=Witness()):
                pass
            objects = [make([call])]
            del call
            bridge_threads.drop_bare_in_native_thread(objects)
            await until(lambda: ends)
            equal(ends.pop(), ("witness", threading.get_ident()))
        "#,
    );
}

#[test]
fn a_coroutine_dropped_in_another_script_s_thread_is_dropped_there() {
    witnessed_in_loop(
        r#"
        async def wait(witness):
            try:
                await asyncio.sleep(3600)
            finally:
                ends.append(("closed", threading.get_ident()))
        box = [bridge_python.in_line(wait(Witness()))]
        box[0].send(None)
        def end():
            box.clear()
            return threading.get_ident()
        ident = await asyncio.to_thread(end)
        equal(ends, [("closed", ident), ("witness", ident)])
        "#,
    );
}

#[test]
fn a_thread_without_a_loop_drives_rust_futures() {
    script(
        r#"
        gauge = bridge_test.Gauge()
        def block():
            bridge_test.block_on_steps(gauge)
            with raises(RuntimeError, "no running event loop"):
                bridge_test.pending(gauge).send(None)
            with raises(RuntimeError, "no running event loop"):
                bridge_python.as_task_without_a_coroutine(bridge_test.ready(1))
            return list(bridge_streams.iter_numbers(3, gauge))
        # Threads of the script's, and threads that Rust attached.
        equal(in_threads(*[block] * 4), [[0, 1, 2]] * 4)
        for _ in range(4):
            equal(bridge_threads.call_in_attached_thread(block), [0, 1, 2])
        equal(gauge.alive, 0)
        "#,
    );
}

#[test]
fn a_loop_runs_in_a_thread_that_rust_attached() {
    script(
        r#"
        async def work():
            await asyncio.sleep(0.001)
            return "worked"
        def run():
            return asyncio.run(bridge_python.in_line(work()))
        equal(bridge_threads.call_in_attached_thread(run), "worked")
        "#,
    );
}
