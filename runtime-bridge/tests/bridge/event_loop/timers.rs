//! call_later and call_at.

use crate::support::{in_loop, script};

#[test]
fn timers_run_in_the_order_of_their_times_and_equal_times_in_the_order_they_were_set() {
    in_loop(
        r#"
        loop, calls = asyncio.get_running_loop(), []
        base = loop.time()
        for offset in 3, 1, 2, 1, 3:
            loop.call_at(base + offset / 1000, calls.append, (offset, len(calls)))
        for name in "a", "b", "c":
            loop.call_at(base + 0.002, calls.append, (2, name))
        await until(lambda: len(calls) == 8)
        equal([offset for offset, _ in calls], [1, 1, 2, 2, 2, 2, 3, 3])
        equal([name for _, name in calls if name], ["a", "b", "c"])
        "#,
    );
}

#[test]
fn a_timer_is_never_early() {
    in_loop(
        r#"
        loop = asyncio.get_running_loop()
        for delay in 0, 0.0001, 0.001, 0.0123, -1:
            due = asyncio.Event()
            set_at = loop.time()
            handle = loop.call_later(delay, due.set)
            assert handle.when() >= set_at + delay
            await due.wait()
            assert loop.time() >= handle.when(), delay
        "#,
    );
}

#[test]
fn call_at_uses_the_loop_s_clock() {
    in_loop(
        r#"
        import time
        loop = asyncio.get_running_loop()
        before, now, after = time.monotonic(), loop.time(), time.monotonic()
        assert before <= now <= after, (before, now, after)
        equal(loop.call_at(now + 1, print).when(), now + 1)
        "#,
    );
}

#[test]
fn a_cancelled_timer_does_not_run() {
    in_loop(
        r#"
        loop, calls = asyncio.get_running_loop(), []
        handles = [loop.call_later(0.001, calls.append, number) for number in range(10)]
        for handle in handles[::2]:
            handle.cancel()
        await until(lambda: len(calls) == 5)
        await asyncio.sleep(0.005)
        equal(calls, [1, 3, 5, 7, 9])
        "#,
    );
}

#[test]
fn cancelled_timers_that_are_far_away_are_let_go() {
    in_loop(
        r#"
        import gc
        import weakref
        loop = asyncio.get_running_loop()
        kept = loop.call_later(3600, print)
        references = []
        for _ in range(1000):
            handle = loop.call_later(3600, print)
            references.append(weakref.ref(handle))
            handle.cancel()
            del handle
        await asyncio.sleep(0)
        gc.collect()
        alive = sum(reference() is not None for reference in references)
        assert alive < 500, alive
        kept.cancel()
        "#,
    );
}

#[test]
fn timeouts_that_never_expire_are_let_go() {
    in_loop(
        r#"
        import gc
        import weakref
        loop = asyncio.get_running_loop()
        kept = loop.call_later(1800, print)
        references = []
        call_at = loop.call_at
        def watched(*args, **kwargs):
            handle = call_at(*args, **kwargs)
            references.append(weakref.ref(handle))
            return handle
        loop.call_at = watched
        for _ in range(1000):
            await asyncio.wait_for(bridge_test.yield_now(), 3600)
        gc.collect()
        alive = sum(reference() is not None for reference in references)
        assert len(references) >= 1000 and alive < 500, (len(references), alive)
        kept.cancel()
        "#,
    );
}

#[test]
fn a_timer_set_from_another_thread_may_be_cancelled_there() {
    script(
        r#"
        loop = asyncio.new_event_loop()
        handles = [loop.call_later(3600, print) for _ in range(1000)]
        in_threads(*[lambda part=handles[n::4]: [each.cancel() for each in part] for n in range(4)])
        loop.run_until_complete(asyncio.sleep(0.001))
        assert all(handle.cancelled() for handle in handles)
        loop.close()
        "#,
    );
}

#[test]
fn a_time_that_is_no_number_is_now() {
    in_loop(
        r#"
        called = asyncio.Event()
        asyncio.get_running_loop().call_later(float("nan"), called.set)
        await called.wait()
        "#,
    );
}

#[test]
fn what_a_cancelled_timer_owned_may_use_the_loop_while_it_is_dropped() {
    in_loop(
        r#"
        loop, called = asyncio.get_running_loop(), asyncio.Event()
        class Owned:
            def __del__(self):
                loop.call_later(0, called.set)
        handle = loop.call_later(0.001, print)
        handle.owned = Owned()
        handle.cancel()
        del handle
        await called.wait()
        "#,
    );
}
