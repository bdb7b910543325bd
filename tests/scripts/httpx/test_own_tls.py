"""TLS: what is Tauraro's own."""

import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import unittest
import warnings
from unittest import mock

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server

CA = os.environ["TAURARO_TEST_CA"]
OTHER_CA = os.environ["TAURARO_TEST_OTHER_CA"]
CLIENT_CERT = os.environ["TAURARO_TEST_CLIENT_CERT"]
CLIENT_KEY = os.environ["TAURARO_TEST_CLIENT_KEY"]

NO_SSL = """
import os, sys
import httpx

assert httpx.get(os.environ["TAURARO_TEST_HTTPS"]).status_code == 200
httpx.Client(verify=False).close()
print("ssl" in sys.modules)
"""


class OwnContexts(unittest.TestCase):
    def test_https_does_not_import_ssl(self):
        run = subprocess.run([sys.executable, "-c", NO_SSL], capture_output=True, check=True)
        self.assertEqual(run.stdout.strip(), b"False")

    def test_more_roots_add_to_the_default_ones(self):
        context = ssl.create_default_context()
        context.load_verify_locations(OTHER_CA)
        for name in ["HTTPS", "HTTPS_UNKNOWN_CA"]:
            self.assertEqual(httpx.get(server(name), verify=context).status_code, 200)

    def test_the_default_roots_are_those_of_the_time_they_were_loaded(self):
        context = ssl.create_default_context()
        trusted = os.environ.pop("SSL_CERT_FILE")
        try:
            self.assertEqual(httpx.get(server("HTTPS"), verify=context).status_code, 200)
        finally:
            os.environ["SSL_CERT_FILE"] = trusted

    def test_a_folder_in_a_context_is_read_whatever_its_file_names(self):
        context = ssl.create_default_context(capath=os.path.dirname(CA))
        self.assertEqual(httpx.get(server("HTTPS"), verify=context).status_code, 200)

    def test_revocation_checks_are_refused_not_skipped(self):
        context = ssl.create_default_context(cafile=CA)
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
        with self.assertRaisesRegex(ValueError, "VERIFY_CRL_CHECK_LEAF"):
            httpx.Client(verify=context)

    def test_a_subclass_that_wraps_sockets_is_refused(self):
        class Own(ssl.SSLContext):
            def wrap_bio(self, *args, **kwargs):
                return super().wrap_bio(*args, **kwargs)

        with self.assertRaisesRegex(TypeError, "Own overrides wrap_bio"):
            httpx.Client(verify=Own(ssl.PROTOCOL_TLS_CLIENT))

    def test_a_subclass_that_does_not_is_taken(self):
        class Own(ssl.SSLContext):
            pass

        context = Own(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(CA)
        self.assertEqual(httpx.get(server("HTTPS"), verify=context).status_code, 200)

    def test_a_context_of_truststore_trusts_what_the_system_does(self):
        # truststore wraps sockets in its own way, to no other end.
        class TrustStore(ssl.SSLContext):
            __module__ = "truststore._api"

            def __init__(self, protocol):
                self._ctx = ssl.SSLContext(protocol)

            wrap_bio = wrap_socket = None

        context = TrustStore(ssl.PROTOCOL_TLS_CLIENT)
        self.assertEqual(httpx.get(server("HTTPS"), verify=context).status_code, 200)
        with self.assertRaises(httpx.ConnectError):
            httpx.get(server("HTTPS_UNKNOWN_CA"), verify=context)

    def test_versions_that_are_not_spoken_are_told(self):
        context = ssl.create_default_context(cafile=CA)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context.options |= ssl.OP_NO_TLSv1_2 | ssl.OP_NO_TLSv1_3
        with self.assertRaisesRegex(ValueError, "neither TLS 1.2 nor TLS 1.3"):
            httpx.Client(verify=context)


class OwnArguments(unittest.TestCase):
    def setUp(self):
        caught = warnings.catch_warnings()
        caught.__enter__()
        self.addCleanup(caught.__exit__, None, None, None)
        warnings.simplefilter("ignore", DeprecationWarning)

    def test_a_path_object_is_a_path(self):
        url = server("HTTPS_UNKNOWN_CA")
        self.assertEqual(httpx.get(url, verify=pathlib.Path(OTHER_CA)).status_code, 200)

    def test_cert_is_honoured_beside_a_path_in_verify(self):
        cert = (pathlib.Path(CLIENT_CERT), pathlib.Path(CLIENT_KEY))
        with httpx.Client(verify=CA, cert=cert) as client:
            self.assertEqual(client.get(server("HTTPS_KNOWN_CLIENTS")).status_code, 200)

    def test_a_folder_is_read_whatever_its_file_names(self):
        response = httpx.get(server("HTTPS"), verify=os.path.dirname(CA))
        self.assertEqual(response.status_code, 200)

    def test_ssl_cert_dir_takes_the_place_of_the_systems_trust(self):
        with tempfile.TemporaryDirectory() as empty:
            environment = {"SSL_CERT_DIR": os.path.dirname(CA)}
            with mock.patch.dict(os.environ, environment):
                del os.environ["SSL_CERT_FILE"]
                for name in ["HTTPS", "HTTPS_UNKNOWN_CA"]:
                    self.assertEqual(httpx.get(server(name)).status_code, 200)
                os.environ["SSL_CERT_DIR"] = empty
                with self.assertRaises(httpx.ConnectError):
                    httpx.get(server("HTTPS"))

    def test_the_wrong_kind_of_value_is_told(self):
        for verify in [1, 0, object(), b"x", ["x"]]:
            with self.assertRaisesRegex(TypeError, "verify must be"):
                httpx.Client(verify=verify)
        with self.assertRaisesRegex(TypeError, "cert must be"):
            httpx.Client(cert=("a", "b", "c", "d"))

    def test_errors_name_the_file(self):
        with self.assertRaisesRegex(FileNotFoundError, "/nonexistent/ca.pem"):
            httpx.Client(verify="/nonexistent/ca.pem")
        with self.assertRaisesRegex(ssl.SSLError, "client.pem' holds no private key"):
            httpx.Client(cert=CLIENT_CERT)

    def test_sslkeylogfile_is_heeded_when_the_environment_is(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "keys")
            os.environ["SSLKEYLOGFILE"] = path
            try:
                with httpx.Client(verify=CA, trust_env=False) as client:
                    client.get(server("HTTPS"))
                self.assertFalse(os.path.exists(path))
                httpx.get(server("HTTPS"))
            finally:
                del os.environ["SSLKEYLOGFILE"]
            with open(path) as file:
                self.assertIn("CLIENT_HANDSHAKE_TRAFFIC_SECRET", file.read())


if __name__ == "__main__":
    unittest.main()
