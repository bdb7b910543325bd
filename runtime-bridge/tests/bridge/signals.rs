//! Ctrl-C and other signals, sent by another process to a script that waits.

use std::os::unix::process::ExitStatusExt as _;

use crate::support::{Outcome, Running, Script};

/// Starts `source`, and returns when it has printed `waiting`.
fn start_waiting(source: &str) -> Running {
    let mut running = Script::new(source).start();
    running.wait_for_line("waiting");
    running
}

fn send_once(source: &str, signal: libc::c_int) -> Outcome {
    let running = start_waiting(source);
    running.signal(signal);
    running.finish()
}

#[track_caller]
fn assert_printed(outcome: &Outcome, expected: &str) {
    assert!(outcome.status.success(), "{outcome:?}");
    assert!(outcome.stdout.ends_with(expected), "{outcome:?}");
}

#[track_caller]
fn assert_keyboard_interrupt(outcome: &Outcome) {
    let code = outcome.status.code();
    assert!(
        code == Some(130) || outcome.status.signal() == Some(libc::SIGINT),
        "{outcome:?}"
    );
    assert_eq!(
        outcome.stderr.lines().last(),
        Some("KeyboardInterrupt"),
        "{outcome:?}"
    );
}

#[test]
fn ctrl_c_ends_a_blocking_call_and_the_script() {
    let outcome = send_once(
        r#"
        print("waiting")
        bridge_test.block_on_pending()
        "#,
        libc::SIGINT,
    );
    assert_keyboard_interrupt(&outcome);
}

#[test]
fn a_script_that_catches_the_interrupt_of_a_blocking_call_goes_on() {
    let outcome = send_once(
        r#"
        gauge = bridge_test.Gauge()
        try:
            print("waiting")
            bridge_test.block_on_pending(gauge)
        except KeyboardInterrupt:
            print("interrupted", gauge.alive)
        bridge_test.block_on_steps(gauge)
        asyncio.run(bridge_test.steps(gauge))
        print("went on", gauge.alive)
        "#,
        libc::SIGINT,
    );
    assert_printed(&outcome, "interrupted 0\nwent on 0\n");
}

#[test]
fn ctrl_c_reaches_the_innermost_of_nested_blocking_calls() {
    let outcome = send_once(
        r#"
        gauge = bridge_test.Gauge()
        def inner():
            print("waiting")
            bridge_test.block_on_pending(gauge)
        try:
            bridge_test.block_on_call(lambda: bridge_test.block_on_call(inner))
        except KeyboardInterrupt:
            print("interrupted", gauge.alive)
        "#,
        libc::SIGINT,
    );
    assert_printed(&outcome, "interrupted 0\n");
}

#[test]
fn ctrl_c_leaves_the_blocking_calls_of_other_threads_alone() {
    let outcome = send_once(
        r#"
        switch = bridge_test.Switch()
        thread = threading.Thread(target=switch.block_on_wait)
        thread.start()
        while not switch.polls:
            pass
        try:
            print("waiting")
            bridge_test.block_on_pending()
        except KeyboardInterrupt:
            print("interrupted", thread.is_alive())
        switch.turn_on()
        thread.join()
        print("joined")
        "#,
        libc::SIGINT,
    );
    assert_printed(&outcome, "interrupted True\njoined\n");
}

#[test]
fn a_signal_handler_runs_during_a_blocking_call_which_then_goes_on() {
    let outcome = send_once(
        r#"
        import signal
        switch = bridge_test.Switch()
        def handle(number, frame):
            print("handled", number == signal.SIGUSR1)
            switch.turn_on()
        signal.signal(signal.SIGUSR1, handle)
        print("waiting")
        switch.block_on_wait()
        print("returned")
        "#,
        libc::SIGUSR1,
    );
    assert_printed(&outcome, "handled True\nreturned\n");
}

#[test]
fn what_a_signal_handler_raises_ends_the_blocking_call() {
    let outcome = send_once(
        r#"
        import signal
        gauge = bridge_test.Gauge()
        def handle(number, frame):
            raise LookupError("raised by the handler")
        signal.signal(signal.SIGUSR1, handle)
        with raises(LookupError, "raised by the handler"):
            print("waiting")
            bridge_test.block_on_pending(gauge)
        print("dropped", gauge.alive)
        "#,
        libc::SIGUSR1,
    );
    assert_printed(&outcome, "dropped 0\n");
}

/// Sends a signal as soon as the script has handled the one before, so that they arrive at any
/// moment between two waits.
fn send_many(source: &str) {
    const SIGNALS: usize = 100;
    let mut running = start_waiting(source);
    for number in 1..=SIGNALS {
        running.signal(libc::SIGUSR1);
        running.wait_for_line(&format!("handled {number}"));
    }
    running.signal(libc::SIGINT);
    assert_keyboard_interrupt(&running.finish());
}

/// A handler that counts.
const COUNT_SIGNALS: &str = r#"
import signal
count = 0
def handle(number, frame):
    global count
    count += 1
    print("handled", count)
signal.signal(signal.SIGUSR1, handle)
"#;

#[test]
fn no_signal_is_lost_during_a_blocking_call() {
    send_many(&format!(
        "{COUNT_SIGNALS}{}",
        r#"
print("waiting")
bridge_test.block_on_pending()
"#
    ));
}

#[test]
fn no_signal_is_lost_while_a_loop_is_idle() {
    send_many(&format!(
        "{COUNT_SIGNALS}{}",
        r#"
async def main():
    print("waiting")
    await bridge_test.pending()
asyncio.run(main())
"#
    ));
}

#[test]
fn no_signal_is_lost_while_an_empty_loop_runs_forever() {
    send_many(&format!(
        "{COUNT_SIGNALS}{}",
        r#"
loop = asyncio.new_event_loop()
loop.call_soon(print, "waiting")
loop.run_forever()
"#
    ));
}

#[test]
fn no_signal_is_lost_while_a_loop_is_busy() {
    send_many(&format!(
        "{COUNT_SIGNALS}{}",
        r#"
async def main():
    print("waiting")
    while True:
        await bridge_test.yield_now()
asyncio.run(main())
"#
    ));
}

#[test]
fn ctrl_c_cancels_the_main_task_of_asyncio_run() {
    let outcome = send_once(
        r#"
        gauge = bridge_test.Gauge()
        async def main():
            print("waiting")
            try:
                await bridge_test.pending(gauge)
            except asyncio.CancelledError:
                print("cancelled", gauge.alive)
                raise
        try:
            asyncio.run(main())
        except KeyboardInterrupt:
            print("interrupted")
        asyncio.run(bridge_test.steps(gauge))
        "#,
        libc::SIGINT,
    );
    assert_printed(&outcome, "cancelled 0\ninterrupted\n");
}

// As with any call that blocks a loop: the first Ctrl-C only asks the main task to end.
#[test]
fn a_second_ctrl_c_ends_a_blocking_call_inside_a_loop() {
    let mut running = start_waiting(
        r#"
        gauge = bridge_test.Gauge()
        async def main():
            task = asyncio.current_task()
            def watch():
                while not task.cancelling():
                    pass
                print("asked to end")
            threading.Thread(target=watch).start()
            print("waiting")
            bridge_test.block_on_pending(gauge)
        try:
            asyncio.run(main())
        except KeyboardInterrupt:
            print("interrupted", gauge.alive)
        "#,
    );
    running.signal(libc::SIGINT);
    running.wait_for_line("asked to end");
    running.signal(libc::SIGINT);
    assert_printed(&running.finish(), "interrupted 0\n");
}

#[test]
fn a_handler_of_the_loop_runs_in_the_loop() {
    let outcome = send_once(
        r#"
        import signal
        async def main():
            loop, received = asyncio.get_running_loop(), asyncio.Event()
            def handle(word):
                assert asyncio.get_running_loop() is loop
                print(word)
                received.set()
            loop.add_signal_handler(signal.SIGUSR1, handle, "handled")
            print("waiting")
            await received.wait()
            equal(loop.remove_signal_handler(signal.SIGUSR1), True)
            equal(loop.remove_signal_handler(signal.SIGUSR1), False)
            await bridge_test.steps(bridge_test.Gauge())
            print("went on")
        asyncio.run(main())
        "#,
        libc::SIGUSR1,
    );
    assert_printed(&outcome, "handled\nwent on\n");
}

#[test]
fn a_loop_gives_the_wakeup_descriptor_back() {
    let running = Script::new(
        r#"
        import signal
        import socket
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        equal(signal.set_wakeup_fd(ours.fileno()), -1)
        asyncio.run(bridge_test.yield_now())
        equal(signal.set_wakeup_fd(-1), ours.fileno())
        asyncio.run(bridge_test.yield_now())
        equal(signal.set_wakeup_fd(-1), -1)
        "#,
    );
    running.start().assert_success();
}
