//! What the interpreter's own selector loop does with descriptors, processes and threads.

use crate::support::in_loop;

#[test]
fn readers_and_writers_are_called_until_they_are_removed() {
    in_loop(
        r#"
        import socket
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        received, writable = [], asyncio.Event()
        loop.add_reader(ours, lambda: received.append(ours.recv(1)))
        loop.add_writer(ours, writable.set)
        await writable.wait()
        equal(loop.remove_writer(ours), True)
        equal(loop.remove_writer(ours), False)
        theirs.send(b"abc")
        await until(lambda: len(received) == 3)
        equal(received, [b"a", b"b", b"c"])
        equal(loop.remove_reader(ours), True)
        theirs.send(b"d")
        await asyncio.sleep(0.001)
        equal(len(received), 3)
        ours.close()
        theirs.close()
        "#,
    );
}

#[test]
fn a_reader_wakes_an_idle_loop() {
    in_loop(
        r#"
        import os
        reader, writer = os.pipe()
        readable = asyncio.Event()
        asyncio.get_running_loop().add_reader(reader, readable.set)
        thread = threading.Timer(0.05, os.write, (writer, b"x"))
        thread.start()
        await readable.wait()
        asyncio.get_running_loop().remove_reader(reader)
        thread.join()
        os.close(reader)
        os.close(writer)
        "#,
    );
}

#[test]
fn the_sock_methods_connect_accept_send_and_receive() {
    in_loop(
        r#"
        import socket
        loop = asyncio.get_running_loop()
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        client = socket.socket()
        client.setblocking(False)
        (server, address), _ = await asyncio.gather(
            loop.sock_accept(listener), loop.sock_connect(client, listener.getsockname())
        )
        equal(address, client.getsockname())
        message = b"x" * 1_000_000
        async def receive():
            parts = []
            while sum(map(len, parts)) < len(message):
                parts.append(await loop.sock_recv(server, 65536))
            return b"".join(parts)
        received, _ = await asyncio.gather(receive(), loop.sock_sendall(client, message))
        assert received == message
        buffer = bytearray(4)
        await loop.sock_sendall(server, b"back")
        equal(await loop.sock_recv_into(client, buffer), 4)
        equal(bytes(buffer), b"back")
        for each in client, server, listener:
            each.close()
        "#,
    );
}

#[test]
fn tcp_and_unix_streams_carry_data_both_ways() {
    in_loop(
        r#"
        import os
        import tempfile
        async def echo(reader, writer):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
            writer.close()
        async def talk(reader, writer):
            message = b"y" * 300_000
            writer.write(message)
            writer.write_eof()
            assert await reader.read() == message
            writer.close()
            await writer.wait_closed()
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            await talk(*await asyncio.open_connection("127.0.0.1", port))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            async with await asyncio.start_unix_server(echo, path):
                await talk(*await asyncio.open_unix_connection(path))
        "#,
    );
}

#[test]
fn datagrams_arrive() {
    in_loop(
        r#"
        loop, arrived = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
        class Receiver(asyncio.DatagramProtocol):
            def datagram_received(self, data, address):
                arrived.set_result(data)
        local = ("127.0.0.1", 0)
        receiver, _ = await loop.create_datagram_endpoint(Receiver, local_addr=local)
        address = receiver.get_extra_info("sockname")
        sender, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=address
        )
        sender.sendto(b"datagram")
        equal(await arrived, b"datagram")
        sender.close()
        receiver.close()
        "#,
    );
}

#[test]
fn names_are_looked_up_in_the_executor() {
    in_loop(
        r#"
        import socket
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)
        equal(found[0][4], ("127.0.0.1", 80))
        "#,
    );
}

#[test]
fn subprocesses_run_and_are_waited_for() {
    in_loop(
        r#"
        pipe = asyncio.subprocess.PIPE
        async def cat(data):
            process = await asyncio.create_subprocess_exec("cat", stdin=pipe, stdout=pipe)
            output, _ = await process.communicate(data)
            equal((output, process.returncode), (data, 0))
        await asyncio.gather(*(cat(b"%d" % number) for number in range(5)))
        process = await asyncio.create_subprocess_shell("exit 3")
        equal(await process.wait(), 3)
        process = await asyncio.create_subprocess_exec("sleep", "3600")
        process.kill()
        equal(await process.wait(), -9)
        "#,
    );
}

#[test]
fn a_subprocess_works_beside_native_coroutines() {
    in_loop(
        r#"
        async def shell():
            process = await asyncio.create_subprocess_shell("exit 4")
            return await process.wait()
        gauge = bridge_test.Gauge()
        results = await asyncio.gather(shell(), bridge_test.steps(gauge), shell())
        equal(results, [4, None, 4])
        "#,
    );
}

#[test]
fn the_executor_runs_blocking_calls_while_the_loop_goes_on() {
    in_loop(
        r#"
        loop = asyncio.get_running_loop()
        release, here = threading.Event(), threading.get_ident()
        def block():
            release.wait()
            return threading.get_ident()
        blocked = loop.run_in_executor(None, block)
        await bridge_test.steps(bridge_test.Gauge())
        equal(blocked.done(), False)
        release.set()
        assert await blocked != here
        with raises(KeyError):
            await asyncio.to_thread({}.__getitem__, "missing")
        "#,
    );
}
