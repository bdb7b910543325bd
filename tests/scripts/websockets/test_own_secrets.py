"""Credentials are in no log and no repr."""

import unittest

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

SECRETS = {
    "Authorization": "Basic c2VjcmV0",
    "proxy-authorization": "Bearer c2VjcmV0",
    "Cookie": "session=c2VjcmV0",
    "Set-Cookie": "session=c2VjcmV0",
}


class Shown(unittest.TestCase):
    def test_a_repr_masks_them_and_keeps_the_rest(self):
        headers = Headers(SECRETS, Host="h")
        self.assertNotIn("c2VjcmV0", repr(headers))
        self.assertIn("('Host', 'h')", repr(headers))
        self.assertIn("session=c2VjcmV0", str(headers))

    def test_the_layer_without_io_masks_them_in_its_log(self):
        with self.assertLogs("websockets", "DEBUG") as logs:
            # They look at the level when they are made.
            client = ClientProtocol(parse_uri("ws://localhost/"))
            server = ServerProtocol()
            request = client.connect()
            request.headers.update(SECRETS)
            client.send_request(request)
            server.receive_data(b"".join(client.data_to_send()))
            server.send_response(server.accept(request))
        self.assert_masked(logs, 2)

    def assert_masked(self, logs, times):
        text = "\n".join(logs.output)
        self.assertNotIn("c2VjcmV0", text)
        self.assertEqual(text.count(": [secure]"), times * len(SECRETS), text)


class OfConnections(unittest.IsolatedAsyncioTestCase):
    async def test_both_ends_mask_them_in_their_logs(self):
        async with serve(lambda websocket: websocket.wait_closed(), "127.0.0.1", 0) as server:
            uri = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            with self.assertLogs("websockets", "DEBUG") as logs:
                async with connect(uri, additional_headers=SECRETS) as client:
                    self.assertNotIn("c2VjcmV0", repr(client.request))
                    self.assertEqual(client.request.headers["Cookie"], SECRETS["Cookie"])
        Shown.assert_masked(self, logs, 2)


if __name__ == "__main__":
    unittest.main()
