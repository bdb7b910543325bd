//! After os.fork: the child starts afresh, and the parent's loop does not notice.

use crate::support::script;

/// `in_child(function)` forks, calls the function in the child, and checks that it returned.
const IN_CHILD: &str = r#"
import os
import traceback

def in_child(function):
    child = os.fork()
    if child == 0:
        try:
            function()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    equal(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)

def use_everything():
    gauge = bridge_test.Gauge()
    bridge_test.block_on_steps(gauge)
    asyncio.run(bridge_test.steps(gauge))
    bridge_test.block_on_steps(gauge)
    equal((gauge.alive, gauge.dropped), (0, 3))
"#;

fn forking_script(body: &str) {
    script(&format!("{IN_CHILD}\n{body}"));
}

#[test]
fn a_child_blocks_and_runs_loops_of_its_own() {
    forking_script(
        r#"
in_child(use_everything)
use_everything()
in_child(use_everything)
use_everything()
"#,
    );
}

#[test]
fn a_child_of_a_running_loop_may_run_its_own_and_the_parent_goes_on() {
    forking_script(
        r#"
async def main():
    gauge, switch = bridge_test.Gauge(), bridge_test.Switch()
    sleeping = asyncio.create_task(bridge_test.sleep(0.05, gauge))
    waiting = asyncio.create_task(switch.wait(gauge))
    await until(lambda: switch.polls == 1)
    def child():
        with raises(RuntimeError, "no running event loop"):
            asyncio.get_running_loop()
        use_everything()
    in_child(child)
    asyncio.get_running_loop().call_soon(switch.turn_on_in_native_thread)
    await sleeping
    await waiting
    await bridge_test.steps(gauge)
asyncio.run(main())
use_everything()
"#,
    );
}

#[test]
fn a_child_that_leaves_the_parent_s_loop_does_not_deafen_it() {
    forking_script(
        r#"
import socket

async def main():
    loop, here = asyncio.get_running_loop(), os.getpid()
    ours, theirs = socket.socketpair()
    readable = asyncio.Event()
    loop.add_reader(ours, lambda: (ours.recv(1), readable.set()))
    await asyncio.sleep(0)
    child = os.fork()
    if child == 0:
        # asyncio.run cleans up on its way out: it closes the loop that the child inherited.
        raise SystemExit(0)
    equal(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
    threading.Timer(0.05, theirs.send, (b"x",)).start()
    await asyncio.wait_for(readable.wait(), 20)
    await bridge_test.steps(bridge_test.Gauge())
    loop.remove_reader(ours)

parent = os.getpid()
try:
    asyncio.run(main())
except SystemExit as leaving:
    if os.getpid() == parent:
        raise
    os._exit(leaving.code)
"#,
    );
}

#[test]
fn a_child_that_closes_an_idle_loop_of_the_parent_does_not_deafen_it() {
    forking_script(
        r#"
loop = asyncio.new_event_loop()
reader, writer = os.pipe()
readable = asyncio.Event()
loop.add_reader(reader, lambda: (os.read(reader, 1), readable.set()))
loop.run_until_complete(asyncio.sleep(0))
in_child(loop.close)
threading.Timer(0.05, os.write, (writer, b"x")).start()
loop.run_until_complete(asyncio.wait_for(readable.wait(), 20))
loop.close()
"#,
    );
}

#[test]
fn a_child_that_drops_the_parent_s_sockets_does_not_deafen_them() {
    forking_script(
        r#"
import socket

listener = socket.create_server(("127.0.0.1", 0))
listener.setblocking(False)
port = listener.getsockname()[1]

async def main():
    loop, asking = asyncio.get_running_loop(), bridge_test.echo(port, b"echo")
    task = asyncio.create_task(asking)
    connection, _ = await loop.sock_accept(listener)
    equal(await loop.sock_recv(connection, 4), b"echo")
    in_child(asking.close)
    threading.Timer(0.05, connection.sendall, (b"back",)).start()
    equal(await asyncio.wait_for(task, 20), b"back")
    connection.close()

asyncio.run(main())
listener.close()
"#,
    );
}
