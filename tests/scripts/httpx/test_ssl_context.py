"""verify=ssl.SSLContext: what is in a context is kept to."""

import asyncio
import gc
import os
import pathlib
import ssl
import sys
import tempfile
import unittest
import weakref

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server

CA = os.environ["TAURARO_TEST_CA"]
OTHER_CA = os.environ["TAURARO_TEST_OTHER_CA"]
CLIENT_CERT = os.environ["TAURARO_TEST_CLIENT_CERT"]
CLIENT_KEY = os.environ["TAURARO_TEST_CLIENT_KEY"]
ENCRYPTED_KEY = os.environ["TAURARO_TEST_CLIENT_ENCRYPTED_KEY"]


def get(context, name="HTTPS"):
    with httpx.Client(verify=context, trust_env=False) as client:
        return client.get(server(name)).text


class Roots(unittest.TestCase):
    def test_a_private_root_in_a_file_is_trusted(self):
        context = ssl.create_default_context(cafile=CA)
        self.assertEqual(get(context), "Hello, world!")

    def test_another_root_is_not(self):
        context = ssl.create_default_context(cafile=OTHER_CA)
        with self.assertRaises(httpx.ConnectError):
            get(context)
        self.assertEqual(get(context, "HTTPS_UNKNOWN_CA"), "Hello, world!")

    def test_roots_add_up(self):
        context = ssl.create_default_context(cafile=OTHER_CA)
        context.load_verify_locations(CA)
        self.assertEqual(get(context), "Hello, world!")
        self.assertEqual(get(context, "HTTPS_UNKNOWN_CA"), "Hello, world!")

    def test_paths_may_be_path_like(self):
        context = ssl.create_default_context(cafile=pathlib.Path(CA))
        context.load_verify_locations(capath=pathlib.Path(CA).parent)
        context.load_cert_chain(pathlib.Path(CLIENT_CERT), keyfile=pathlib.Path(CLIENT_KEY))
        self.assertEqual(get(context), "Hello, world!")

    def test_roots_in_pem_text_and_in_der_are_trusted(self):
        with open(CA) as file:
            pem = file.read()
        context = ssl.create_default_context(cadata=pem)
        self.assertEqual(get(context), "Hello, world!")
        context = ssl.create_default_context(cadata=ssl.PEM_cert_to_DER_cert(pem))
        self.assertEqual(get(context), "Hello, world!")

    def test_the_default_roots_are_those_of_the_environment(self):
        context = ssl.create_default_context()
        self.assertEqual(get(context), "Hello, world!")
        with self.assertRaises(httpx.ConnectError):
            get(context, "HTTPS_UNKNOWN_CA")

    def test_a_context_without_roots_trusts_nobody(self):
        with self.assertRaises(httpx.ConnectError):
            get(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    def test_a_refused_load_leaves_nothing(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        with self.assertRaises(FileNotFoundError):
            context.load_verify_locations("/nonexistent/ca.pem")
        with self.assertRaises(ssl.SSLError):
            context.load_verify_locations(cadata="no certificate")
        with self.assertRaises(httpx.ConnectError):
            get(context)


class Checks(unittest.TestCase):
    def test_cert_none_believes_anyone(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        for name in ["HTTPS", "HTTPS_UNKNOWN_CA", "HTTPS_EXPIRED", "HTTPS_WRONG_HOST"]:
            self.assertEqual(get(context, name), "Hello, world!")

    def test_the_host_name_is_checked_unless_told_otherwise(self):
        context = ssl.create_default_context(cafile=CA)
        with self.assertRaises(httpx.ConnectError):
            get(context, "HTTPS_WRONG_HOST")
        context.check_hostname = False
        self.assertEqual(get(context, "HTTPS_WRONG_HOST"), "Hello, world!")
        for name in ["HTTPS_UNKNOWN_CA", "HTTPS_EXPIRED"]:
            with self.assertRaises(httpx.ConnectError):
                get(context, name)

    def test_the_versions_are_kept_to(self):
        context = ssl.create_default_context(cafile=CA)
        self.assertEqual(get(context, "HTTPS_TLS_1_2"), "Hello, world!")
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.assertEqual(get(context), "Hello, world!")
        with self.assertRaises(httpx.ConnectError):
            get(context, "HTTPS_TLS_1_2")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.assertEqual(get(context, "HTTPS_TLS_1_2"), "Hello, world!")

    def test_ciphers_are_kept_to(self):
        context = ssl.create_default_context(cafile=CA)
        context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
        self.assertEqual(get(context, "HTTPS_TLS_1_2"), "Hello, world!")
        context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
        with self.assertRaises(httpx.ConnectError):
            get(context, "HTTPS_TLS_1_2")

    def test_the_secrets_are_written_to_keylog_filename(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "keys")
            context = ssl.create_default_context(cafile=CA)
            context.keylog_filename = path
            get(context)
            with open(path) as file:
                self.assertIn("CLIENT_HANDSHAKE_TRAFFIC_SECRET", file.read())


class ClientCertificates(unittest.TestCase):
    def setUp(self):
        self.context = ssl.create_default_context(cafile=CA)

    def test_the_chain_is_shown(self):
        self.context.load_cert_chain(CLIENT_CERT, CLIENT_KEY)
        self.assertEqual(get(self.context, "HTTPS_KNOWN_CLIENTS"), "Hello, world!")

    def test_without_one_the_server_refuses(self):
        with self.assertRaises(httpx.TransportError):
            get(self.context, "HTTPS_KNOWN_CLIENTS")

    def test_an_encrypted_key_is_unlocked(self):
        self.context.load_cert_chain(CLIENT_CERT, ENCRYPTED_KEY, "secret")
        self.assertEqual(get(self.context, "HTTPS_KNOWN_CLIENTS"), "Hello, world!")

    def test_a_callable_is_asked_for_the_password_once(self):
        asked = []

        def password():
            asked.append(True)
            return b"secret"

        self.context.load_cert_chain(CLIENT_CERT, keyfile=ENCRYPTED_KEY, password=password)
        self.assertEqual(asked, [True])
        self.assertEqual(get(self.context, "HTTPS_KNOWN_CLIENTS"), "Hello, world!")

    def test_a_callable_is_not_asked_without_need(self):
        self.context.load_cert_chain(CLIENT_CERT, CLIENT_KEY, self.fail)
        self.assertEqual(get(self.context, "HTTPS_KNOWN_CLIENTS"), "Hello, world!")

    def test_what_the_callable_raises_comes_out(self):
        def password():
            raise LookupError("no password")

        with self.assertRaises(LookupError):
            self.context.load_cert_chain(CLIENT_CERT, ENCRYPTED_KEY, password)

    def test_a_wrong_password_is_an_ssl_error(self):
        with self.assertRaises(ssl.SSLError):
            self.context.load_cert_chain(CLIENT_CERT, ENCRYPTED_KEY, "wrong")


class Contexts(unittest.TestCase):
    def test_one_context_serves_several_clients_and_threads(self):
        context = ssl.create_default_context(cafile=CA)

        async def main():
            async with httpx.AsyncClient(verify=context) as client:
                answers = [client.get(server("HTTPS")) for _ in range(5)]
                return [answer.text for answer in await asyncio.gather(*answers)]

        self.assertEqual(asyncio.run(main()), ["Hello, world!"] * 5)
        self.assertEqual(httpx.get(server("HTTPS"), verify=context).status_code, 200)

    def test_its_protocols_are_not_what_the_client_offers(self):
        context = ssl.create_default_context(cafile=CA)
        context.set_alpn_protocols(["h2"])
        self.assertEqual(get(context), "Hello, world!")

    def test_a_context_is_freed(self):
        context = ssl.create_default_context(cafile=CA)
        context.load_cert_chain(CLIENT_CERT, CLIENT_KEY)
        get(context)
        freed = weakref.ref(context)
        del context
        gc.collect()
        self.assertIsNone(freed())

    def test_the_methods_that_load_keep_their_manners(self):
        context = ssl.create_default_context()
        self.assertIsNone(context.load_verify_locations(cafile=CA))
        self.assertIsNone(context.set_alpn_protocols(["h2", "http/1.1"]))
        with self.assertRaises(TypeError):
            context.load_verify_locations()
        with self.assertRaises(TypeError):
            context.load_cert_chain()
        self.assertEqual(context.load_cert_chain.__name__, "load_cert_chain")

    def test_the_interpreters_own_use_of_a_context_goes_on(self):
        import urllib.request

        context = ssl.create_default_context(cafile=CA)
        with urllib.request.urlopen(server("HTTPS"), context=context) as answer:
            self.assertEqual(answer.read(), b"Hello, world!")


if __name__ == "__main__":
    unittest.main()
