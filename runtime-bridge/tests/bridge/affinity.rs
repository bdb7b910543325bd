//! One object, and another loop, another thread or no loop at all: it works or says why not.

use crate::support::script;

#[test]
fn a_coroutine_made_outside_any_loop_runs_in_the_one_that_awaits_it() {
    script(
        r#"
        gauge = bridge_test.Gauge()
        made = bridge_test.steps(gauge)
        asyncio.run(made)
        made = in_threads(lambda: bridge_test.steps(gauge))[0]
        asyncio.run(made)
        equal((gauge.alive, gauge.dropped), (0, 2))
        "#,
    );
}

#[test]
fn a_coroutine_made_under_one_loop_runs_in_another() {
    script(
        r#"
        gauge = bridge_test.Gauge()
        async def make():
            return bridge_test.steps(gauge)
        def run(coroutine):
            asyncio.run(coroutine)
        asyncio.run(asyncio.run(make()))
        with asyncio.Runner() as open_loop:
            asyncio.run(open_loop.run(make()))
            in_threads(lambda made=open_loop.run(make()): asyncio.run(made))
        equal((gauge.alive, gauge.dropped), (0, 3))
        "#,
    );
}

/// A future that waits for one loop's runtime cannot be resumed by another's: it would hang while
/// the first one idles.
fn moved_while_it_waits(make: &str, between: &str) {
    script(&format!(
        r#"
        async def wait(coroutine):
            return await coroutine
        coroutine = {make}
        first = asyncio.new_event_loop()
        task = first.create_task(wait(coroutine))
        first.run_until_complete(asyncio.sleep(0))
        first.run_until_complete(asyncio.sleep(0))
        {between}
        with raises(RuntimeError, "loop"):
            asyncio.run(asyncio.wait_for(wait(coroutine), 10))
        if not first.is_closed():
            task.cancel()
            with raises(asyncio.CancelledError):
                first.run_until_complete(task)
            first.close()
        asyncio.run(bridge_test.steps(bridge_test.Gauge()))
        "#
    ));
}

#[test]
fn a_timer_that_waits_under_one_loop_is_refused_by_another() {
    moved_while_it_waits("bridge_test.sleep(3600)", "");
}

#[test]
fn a_timer_whose_loop_is_closed_is_refused_by_another() {
    moved_while_it_waits("bridge_test.sleep(3600)", "first.close()");
}

#[test]
fn a_switch_that_waits_under_one_loop_is_refused_by_another() {
    moved_while_it_waits("bridge_test.Switch().wait()", "");
}

#[test]
fn a_switch_whose_loop_is_closed_is_refused_by_another() {
    moved_while_it_waits("bridge_test.Switch().wait()", "first.close()");
}

#[test]
fn without_a_running_loop_a_coroutine_says_so_and_may_be_awaited_later() {
    script(
        r#"
        coroutine = bridge_test.ready(1)
        def send():
            with raises(RuntimeError, "no running event loop"):
                coroutine.send(None)
        send()
        in_threads(send)
        equal(asyncio.run(coroutine), 1)
        "#,
    );
}

#[test]
fn a_loop_that_cannot_drive_it_is_named_in_the_error() {
    script(
        r#"
        # The interpreter's own loop, without the native half.
        class StockLoop(asyncio.unix_events._UnixSelectorEventLoop):
            pass
        async def main():
            return await bridge_test.ready(1)
        loop = StockLoop()
        with raises(RuntimeError, "cannot drive a native coroutine"):
            loop.run_until_complete(main())
        loop.close()
        "#,
    );
}

#[test]
fn a_coroutine_may_be_dropped_closed_or_thrown_into_on_another_thread() {
    script(
        r#"
        gauge = bridge_test.Gauge()
        makers = [
            lambda: bridge_test.Switch().wait(gauge),
            lambda: bridge_test.sleep(3600, gauge),
            lambda: bridge_test.pending(gauge),
        ]
        def throw(box):
            with raises(KeyError):
                box.pop().throw(KeyError("thrown"))
        async def main():
            for make in makers:
                for end in list.clear, lambda box: box.pop().close(), throw:
                    box = [make()]
                    box[0].send(None)
                    await asyncio.to_thread(end, box)
                    equal(gauge.alive, 0)
            await bridge_test.steps(gauge)
        asyncio.run(main())
        "#,
    );
}

#[test]
fn a_coroutine_may_be_dropped_after_its_loop_is_gone() {
    script(
        r#"
        gauge, kept = bridge_test.Gauge(), []
        async def main():
            for make in bridge_test.pending, bridge_test.Switch().wait:
                coroutine = make(gauge)
                coroutine.send(None)
                kept.append(coroutine)
            coroutine = bridge_test.sleep(3600, gauge)
            coroutine.send(None)
            kept.append(coroutine)
        asyncio.run(main())
        equal(gauge.alive, 3)
        in_threads(kept.pop)
        kept.clear()
        equal(gauge.alive, 0)
        "#,
    );
}

#[test]
fn a_wake_up_for_a_closed_loop_reaches_nobody() {
    script(
        r#"
        switch, gauge = bridge_test.Switch(), bridge_test.Gauge()
        loop = asyncio.new_event_loop()
        task = loop.create_task(switch.wait(gauge))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        switch.turn_on()
        switch.turn_on_in_native_thread()
        equal((switch.polls, task.done()), (1, False))
        asyncio.run(bridge_test.steps(gauge))
        "#,
    );
}

#[test]
fn a_wake_up_between_two_runs_of_a_loop_is_kept() {
    script(
        r#"
        switch = bridge_test.Switch()
        loop = asyncio.new_event_loop()
        task = loop.create_task(switch.wait())
        loop.run_until_complete(asyncio.sleep(0))
        switch.turn_on_in_native_thread()
        asyncio.run(bridge_test.yield_now())
        loop.run_until_complete(task)
        loop.close()
        "#,
    );
}
