//! Several loops: one after another, nested through a thread, and in threads at once.

use crate::support::{in_loop, script};

#[test]
fn loops_follow_each_other_in_one_thread() {
    script(
        r#"
        gauge = bridge_test.Gauge()
        for _ in range(20):
            asyncio.run(bridge_test.steps(gauge))
        first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
        for _ in range(5):
            first.run_until_complete(bridge_test.steps(gauge))
            second.run_until_complete(bridge_test.steps(gauge))
        first.close()
        second.run_until_complete(bridge_test.steps(gauge))
        second.close()
        equal((gauge.alive, gauge.dropped), (0, 31))
        "#,
    );
}

#[test]
fn each_thread_may_run_a_loop_at_the_same_time() {
    script(
        r#"
        gauge = bridge_test.Gauge()
        def run():
            async def main():
                await asyncio.gather(*(bridge_test.steps(gauge) for _ in range(20)))
                return threading.get_ident()
            return asyncio.run(main())
        idents = in_threads(*[run] * 8)
        equal(len(set(idents)), 8)
        equal((gauge.alive, gauge.dropped), (0, 160))
        "#,
    );
}

#[test]
fn loops_and_blocking_calls_run_side_by_side() {
    script(
        r#"
        gauge = bridge_test.Gauge()
        def loop():
            for _ in range(10):
                asyncio.run(bridge_test.steps(gauge))
        def block():
            for _ in range(10):
                bridge_test.block_on_steps(gauge)
        in_threads(loop, loop, *[block] * 8)
        equal((gauge.alive, gauge.dropped), (0, 100))
        "#,
    );
}

#[test]
fn one_loop_resumes_a_coroutine_of_another() {
    in_loop(
        r#"
        there = bridge_test.Switch()
        def run():
            async def other():
                await there.wait()
                return "told"
            return asyncio.run(other())
        answer = asyncio.create_task(asyncio.to_thread(run))
        await until(lambda: there.polls == 1)
        there.turn_on()
        equal(await answer, "told")
        "#,
    );
}

#[test]
fn run_coroutine_threadsafe_reaches_the_loop_of_another_thread() {
    in_loop(
        r#"
        loop = asyncio.get_running_loop()
        def ask():
            future = asyncio.run_coroutine_threadsafe(bridge_test.ready("from the loop"), loop)
            return future.result(60)
        equal(await asyncio.gather(*(asyncio.to_thread(ask) for _ in range(4))),
              ["from the loop"] * 4)
        "#,
    );
}

#[test]
fn a_loop_may_be_run_by_one_thread_after_another() {
    script(
        r#"
        loop = asyncio.new_event_loop()
        gauge = bridge_test.Gauge()
        switch = bridge_test.Switch()
        task = loop.create_task(switch.wait(gauge))
        for _ in range(3):
            in_threads(lambda: loop.run_until_complete(bridge_test.steps(gauge)))
            loop.run_until_complete(bridge_test.steps(gauge))
        switch.turn_on()
        in_threads(lambda: loop.run_until_complete(task))
        loop.close()
        equal((gauge.alive, gauge.dropped), (0, 7))
        "#,
    );
}
