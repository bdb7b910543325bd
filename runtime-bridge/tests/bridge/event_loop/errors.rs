//! Exceptions that get out of callbacks, and debug mode.

use crate::support::{in_loop, script};

#[test]
fn the_exception_handler_gets_what_a_callback_raises() {
    in_loop(
        r#"
        loop, reports = asyncio.get_running_loop(), []
        loop.set_exception_handler(lambda loop, context: reports.append(context))
        def fail():
            raise KeyError("k")
        handle = loop.call_soon(fail)
        loop.call_later(0, fail)
        loop.call_soon_threadsafe(fail)
        await until(lambda: len(reports) == 3)
        for report in reports:
            assert isinstance(report["exception"], KeyError), report
            assert "fail" in report["message"], report
        assert reports[0]["handle"] is handle
        "#,
    );
}

#[test]
fn a_handler_that_raises_does_not_stop_the_loop() {
    in_loop(
        r#"
        import logging
        logging.getLogger("asyncio").setLevel(logging.CRITICAL + 1)
        loop, calls = asyncio.get_running_loop(), []
        def fail(*arguments):
            calls.append(arguments)
            raise KeyError("k")
        loop.set_exception_handler(fail)
        loop.call_soon(fail)
        await until(lambda: len(calls) == 2)
        await bridge_test.yield_now()
        "#,
    );
}

#[test]
fn system_exit_and_keyboard_interrupt_end_the_loop_at_once() {
    script(
        r#"
        def end(kind):
            raise kind("end")
        loop, calls = asyncio.new_event_loop(), []
        for kind in SystemExit, KeyboardInterrupt:
            loop.call_soon(end, kind)
            loop.call_soon(calls.append, kind)
            with raises(kind):
                loop.run_forever()
            equal(loop.is_running(), False)
        # What was queued behind them waits for the next run.
        loop.call_soon(loop.stop)
        loop.run_forever()
        equal(calls, [SystemExit, KeyboardInterrupt])
        loop.close()
        "#,
    );
}

#[test]
fn coroutines_that_were_woken_beside_an_ending_one_are_not_lost() {
    script(
        r#"
        loop, resumed = asyncio.new_event_loop(), []
        switches = [bridge_test.Switch() for _ in range(5)]
        async def wait(number):
            await switches[number].wait()
            if number == 1:
                raise SystemExit("the second one ends the loop")
            resumed.append(number)
        tasks = [loop.create_task(wait(number)) for number in range(5)]
        loop.run_until_complete(asyncio.sleep(0))
        for switch in switches:
            switch.turn_on()
        with raises(SystemExit):
            loop.run_forever()
        results = loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        equal([type(result) for result in results if result], [SystemExit])
        equal(resumed, [0, 2, 3, 4])
        equal([switch.polls for switch in switches], [2] * 5)
        loop.close()
        "#,
    );
}

#[test]
fn an_exception_that_nobody_takes_is_reported() {
    in_loop(
        r#"
        import gc
        loop, reports = asyncio.get_running_loop(), []
        loop.set_exception_handler(lambda loop, context: reports.append(context))
        asyncio.create_task(bridge_test.fail(KeyError("k")))
        for _ in range(5):
            await asyncio.sleep(0)
        gc.collect()
        equal([report["message"] for report in reports], ["Task exception was never retrieved"])
        "#,
    );
}

/// A handler that keeps what asyncio logs, as `records`.
const KEEP_LOG: &str = r#"
import logging
records = []
class Keep(logging.Handler):
    def emit(self, record):
        records.append(record.getMessage())
logging.getLogger("asyncio").addHandler(Keep())
"#;

#[test]
fn debug_mode_warns_of_slow_callbacks() {
    script(&format!(
        "{KEEP_LOG}{}",
        r#"
async def main():
    loop = asyncio.get_running_loop()
    assert loop.get_debug()
    # Any callback is slower than this.
    loop.slow_callback_duration = 0
    def slow_callback(): pass
    loop.call_soon(slow_callback)
    loop.call_later(0, slow_callback)
    await bridge_test.steps(bridge_test.Gauge())
    await asyncio.sleep(0.001)
    loop.slow_callback_duration = 3600
    records.append("mark")
    loop.call_soon(slow_callback)
    await asyncio.sleep(0.001)
asyncio.run(main(), debug=True)
mark = records.index("mark")
slow = [record for record in records[:mark] if "slow_callback" in record]
assert len(slow) >= 2 and all("seconds" in record for record in slow), records
assert not [record for record in records[mark:] if record.startswith("Executing")], records
"#
    ));
}

#[test]
fn debug_mode_names_the_task_that_was_slow() {
    script(&format!(
        "{KEEP_LOG}{}",
        r#"
async def slow_coroutine():
    asyncio.get_running_loop().slow_callback_duration = 0
    await bridge_test.yield_now()
asyncio.run(slow_coroutine(), debug=True)
named = [record for record in records if "slow_coroutine" in record and "seconds" in record]
assert named, records
"#
    ));
}

#[test]
fn debug_mode_refuses_what_cannot_be_called() {
    script(
        r#"
        async def coroutine_function(): pass
        async def main():
            loop = asyncio.get_running_loop()
            for wrong in 3, coroutine_function:
                for call in loop.call_soon, loop.call_soon_threadsafe:
                    with raises(TypeError):
                        call(wrong)
                with raises(TypeError):
                    loop.call_later(0, wrong)
        asyncio.run(main(), debug=True)
        "#,
    );
}

#[test]
fn debug_mode_refuses_calls_from_another_thread() {
    script(
        r#"
        async def main():
            loop = asyncio.get_running_loop()
            def call():
                for call in lambda: loop.call_soon(print), lambda: loop.call_later(1, print):
                    with raises(RuntimeError, "Non-thread-safe operation"):
                        call()
                loop.call_soon_threadsafe(int)
            await asyncio.to_thread(call)
        asyncio.run(main(), debug=True)
        "#,
    );
}

#[test]
fn native_coroutines_work_in_debug_mode() {
    script(
        r#"
        async def main():
            gauge = bridge_test.Gauge()
            await bridge_test.steps(gauge)
            await asyncio.gather(*(bridge_test.steps(gauge) for _ in range(10)))
            with raises(TimeoutError):
                await asyncio.wait_for(bridge_test.pending(gauge), 0.001)
            equal(gauge.alive, 0)
        asyncio.run(main(), debug=True)
        "#,
    );
}
