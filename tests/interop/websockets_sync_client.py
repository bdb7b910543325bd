"""websockets_client.py in threads: `websockets_sync_client.py URL CHECK...`."""

import contextlib
import os
import sys
import threading

import websockets
from checks import check, equal
from websockets.sync import client
from websockets_client import MESSAGES, SIZES, options, sized


#: CPython 3.11 lets two threads into one TLS connection: about one handshake in a thousand of the
#: package's client hangs for it, whosever the server is, its own too. The next one need not.
ATTEMPTS = 3 if sys.implementation.name == "cpython" else 1


def connect(url):
    if "UNIX_SOCKET" in os.environ:
        return client.unix_connect(os.environ["UNIX_SOCKET"], url, **options())
    for _ in range(ATTEMPTS - 1):
        with contextlib.suppress(TimeoutError):
            return client.connect(url, **options())
    return client.connect(url, **options())


def negotiated(url):
    with connect(url) as websocket:
        accepted = websocket.response.headers.get("Sec-WebSocket-Extensions", "")
        equal(str("permessage-deflate" in accepted), os.environ["NEGOTIATED"])


def exchange(url, messages):
    with connect(url) as websocket:
        for message in messages:
            websocket.send(message)
            equal(websocket.recv(timeout=60), message)


def echo(url):
    exchange(url, MESSAGES)


def sizes(url):
    exchange(url, map(sized, SIZES))


def many_messages(url):
    exchange(url, [f"message {number}" for number in range(1000)])


def many_clients(url):
    failures = []

    def talk(number):
        try:
            exchange(url, [f"client {number}"])
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(failures, [])


def iteration(url):
    with connect(url) as websocket:
        websocket.send("/count 5")
        equal(list(websocket), ["0", "1", "2", "3", "4"])


def closed_with(url, code, wanted):
    with connect(url) as websocket:
        websocket.send(f"/close {code}")
        try:
            websocket.recv(timeout=60)
        except wanted as error:
            equal((error.rcvd.code, error.rcvd.reason), (code, "as you wish"))
        else:
            raise AssertionError("the connection was not closed")


def close_ok(url):
    closed_with(url, 1000, websockets.ConnectionClosedOK)


def close_error(url):
    closed_with(url, 4001, websockets.ConnectionClosedError)


def fragments_sent(url):
    with connect(url) as websocket:
        websocket.send(["frag", "men", "ts"])
        equal(websocket.recv(timeout=60), "fragments")


def fragments_received(url):
    with connect(url) as websocket:
        websocket.send("/fragments")
        equal("".join(websocket.recv_streaming()), "fragments")


def ping_sent(url):
    with connect(url) as websocket:
        equal(websocket.ping().wait(60), True)


def ping_received(url):
    with connect(url) as websocket:
        websocket.send("/ping")
        equal(websocket.recv(timeout=60), "pong")


def main(url, *names):
    for name in names:
        with check(name):
            globals()[name](url)


main(*sys.argv[1:])
