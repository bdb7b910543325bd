//! What stays after many awaits: nothing.

use crate::support::in_loop;

/// Makes `measure(run)`: how much the process grows, in kilobytes, between two runs of it.
const MEASURE: &str = r#"
        import gc, resource
        def resident():
            gc.collect()
            with open("/proc/self/statm") as statm:
                return int(statm.read().split()[1]) * resource.getpagesize() // 1024
        async def grows(run):
            await run()
            before = resident()
            await run()
            return resident() - before
"#;

fn measured(body: &str) {
    in_loop(&format!("{MEASURE}{body}"));
}

#[cfg(target_os = "linux")]
#[test]
fn in_line_awaits_leave_nothing_behind() {
    measured(
        r#"
        alive = 0
        class Counted:
            def __init__(self):
                nonlocal alive
                alive += 1
            def __del__(self):
                nonlocal alive
                alive -= 1
        async def ready():
            return Counted()
        async def suspended():
            held = Counted()
            await asyncio.sleep(0)
            return held
        async def run():
            await bridge_python.in_line_many(ready, 150_000)
            await bridge_python.in_line_many(suspended, 50_000)
        grown = await grows(run)
        equal(alive, 0)
        assert grown < 2048, f"{grown} KiB"
        "#,
    );
}

#[cfg(target_os = "linux")]
#[test]
fn awaits_as_tasks_and_beside_others_leave_nothing_behind() {
    measured(
        r#"
        alive = 0
        class Counted:
            def __init__(self):
                nonlocal alive
                alive += 1
            def __del__(self):
                nonlocal alive
                alive -= 1
        async def suspended():
            held = Counted()
            await asyncio.sleep(0)
            return held
        never = asyncio.get_running_loop().create_future()
        async def wait():
            held = Counted()
            await never
        async def run():
            for _ in range(10_000):
                await bridge_python.as_task(suspended())
                switch = bridge_test.Switch()
                await bridge_python.in_line_or_switch(suspended(), switch)
                switch.turn_on()
                await bridge_python.in_line_or_switch(wait(), switch)
                await bridge_python.as_task_or_switch(wait(), switch)
        grown = await grows(run)
        await until(lambda: len(asyncio.all_tasks()) == 1)
        equal(alive, 0)
        assert grown < 2048, f"{grown} KiB"
        "#,
    );
}
