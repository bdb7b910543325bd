//! Waiting costs nothing.

use crate::support::script;

/// The process's CPU seconds over two wall seconds of `wait`, against a bound that only spinning
/// reaches.
fn assert_idle(wait: &str) {
    script(&format!(
        r#"
        import time
        def wait():
            {wait}
        # What is imported or made at first use is not to be counted.
        switch = bridge_test.Switch()
        switch.turn_on()
        wait()
        switch = bridge_test.Switch()
        threading.Timer(2, switch.turn_on).start()
        before = time.process_time()
        wait()
        used = time.process_time() - before
        assert used < 0.5, used
        "#
    ));
}

#[test]
fn an_idle_loop_uses_no_cpu() {
    assert_idle("asyncio.run(switch.wait())");
}

#[test]
fn a_loop_that_waits_for_a_far_timer_uses_no_cpu() {
    assert_idle("asyncio.run(asyncio.wait_for(switch.wait(), 3600))");
}

#[test]
fn a_blocked_call_uses_no_cpu() {
    assert_idle("switch.block_on_wait()");
}

#[test]
fn a_blocked_thread_uses_no_cpu() {
    assert_idle("in_threads(switch.block_on_wait)");
}
