"""verify=, cert= and create_ssl_context."""

import inspect
import os
import ssl
import sys
import tempfile
import unittest
import warnings

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server

CA = os.environ["TAURARO_TEST_CA"]
OTHER_CA = os.environ["TAURARO_TEST_OTHER_CA"]
CLIENT_CERT = os.environ["TAURARO_TEST_CLIENT_CERT"]
CLIENT_KEY = os.environ["TAURARO_TEST_CLIENT_KEY"]
ENCRYPTED_KEY = os.environ["TAURARO_TEST_CLIENT_ENCRYPTED_KEY"]

VERIFY_WARNING = (
    "`verify=<str>` is deprecated. Use `verify=ssl.create_default_context(cafile=...)` "
    "or `verify=ssl.create_default_context(capath=...)` instead."
)
CERT_WARNING = (
    "`cert=...` is deprecated. Use `verify=<ssl_context>` instead,"
    "with `.load_cert_chain()` to configure the certificate chain."
)


class Quiet(unittest.TestCase):
    def setUp(self):
        caught = warnings.catch_warnings()
        caught.__enter__()
        self.addCleanup(caught.__exit__, None, None, None)
        warnings.simplefilter("ignore", DeprecationWarning)


class Verify(Quiet):
    def test_true_and_none_verify(self):
        for verify in [True, None]:
            if verify is True:
                self.assertEqual(httpx.get(server("HTTPS"), verify=verify).status_code, 200)
            with self.assertRaises(httpx.ConnectError):
                httpx.get(server("HTTPS_UNKNOWN_CA"), verify=verify)

    def test_false_believes_anyone(self):
        for name in ["HTTPS_UNKNOWN_CA", "HTTPS_EXPIRED", "HTTPS_WRONG_HOST"]:
            self.assertEqual(httpx.get(server(name), verify=False).status_code, 200)

    def test_a_file_takes_the_place_of_the_systems_trust(self):
        url = server("HTTPS_UNKNOWN_CA")
        self.assertEqual(httpx.get(url, verify=OTHER_CA).status_code, 200)
        with self.assertRaises(httpx.ConnectError):
            httpx.get(server("HTTPS"), verify=OTHER_CA)

    def test_a_missing_file_is_told_by_the_client(self):
        with self.assertRaises(FileNotFoundError):
            httpx.Client(verify="/nonexistent/ca.pem")

    def test_a_file_without_a_certificate_is_told_by_the_client(self):
        with tempfile.NamedTemporaryFile() as empty, self.assertRaises(ssl.SSLError):
            httpx.Client(verify=empty.name)

    def test_a_path_is_deprecated(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            httpx.Client(verify=CA).close()
        messages = [str(it.message) for it in caught if it.category is DeprecationWarning]
        self.assertEqual(messages, [VERIFY_WARNING])


class Cert(Quiet):
    def get(self, cert):
        with httpx.Client(cert=cert) as client:
            return client.get(server("HTTPS_KNOWN_CLIENTS")).text

    def test_a_pair_of_paths(self):
        self.assertEqual(self.get((CLIENT_CERT, CLIENT_KEY)), "Hello, world!")

    def test_a_pair_of_paths_and_a_password(self):
        for password in ["secret", b"secret", lambda: "secret"]:
            cert = (CLIENT_CERT, ENCRYPTED_KEY, password)
            self.assertEqual(self.get(cert), "Hello, world!")

    def test_one_file_with_both(self):
        with tempfile.TemporaryDirectory() as folder:
            both = os.path.join(folder, "both.pem")
            with open(both, "w") as file:
                for path in (CLIENT_CERT, CLIENT_KEY):
                    with open(path) as part:
                        file.write(part.read())
            self.assertEqual(self.get(both), "Hello, world!")

    def test_without_one_the_server_refuses(self):
        for cert in [None, (), ""]:
            with self.assertRaises(httpx.TransportError):
                self.get(cert)

    def test_functions_do_not_take_it(self):
        with self.assertRaises(TypeError):
            httpx.get(server("HTTPS"), cert=(CLIENT_CERT, CLIENT_KEY))

    def test_it_adds_to_a_context(self):
        context = ssl.create_default_context(cafile=CA)
        url = server("HTTPS_KNOWN_CLIENTS")
        with httpx.Client(verify=context, cert=(CLIENT_CERT, CLIENT_KEY)) as client:
            self.assertEqual(client.get(url).status_code, 200)

    def test_a_missing_file_is_told_by_the_client(self):
        for cert in ["/nonexistent", (CLIENT_CERT, "/nonexistent")]:
            with self.assertRaises(FileNotFoundError):
                httpx.Client(cert=cert)

    def test_a_wrong_password_is_told_by_the_client(self):
        with self.assertRaises(ssl.SSLError):
            httpx.Client(cert=(CLIENT_CERT, ENCRYPTED_KEY, "wrong"))

    def test_a_file_without_a_key_is_told_by_the_client(self):
        with self.assertRaises(ssl.SSLError):
            httpx.Client(cert=CLIENT_CERT)

    def test_it_is_deprecated(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            httpx.Client(cert=(CLIENT_CERT, CLIENT_KEY)).close()
        messages = [str(it.message) for it in caught if it.category is DeprecationWarning]
        self.assertEqual(messages, [CERT_WARNING])


class CreateSSLContext(Quiet):
    def test_by_default_it_verifies(self):
        context = httpx.create_ssl_context()
        self.assertIsInstance(context, ssl.SSLContext)
        self.assertIs(context.verify_mode, ssl.CERT_REQUIRED)
        self.assertIs(context.check_hostname, True)
        self.assertEqual(httpx.get(server("HTTPS"), verify=context).status_code, 200)

    def test_without_the_environment_the_systems_trust_is_meant(self):
        context = httpx.create_ssl_context(trust_env=False)
        with self.assertRaises(httpx.ConnectError):
            httpx.get(server("HTTPS"), verify=context)

    def test_false_verifies_nothing(self):
        context = httpx.create_ssl_context(verify=False)
        self.assertIs(context.verify_mode, ssl.CERT_NONE)
        self.assertIs(context.check_hostname, False)
        url = server("HTTPS_UNKNOWN_CA")
        self.assertEqual(httpx.get(url, verify=context).status_code, 200)

    def test_a_path_is_trusted(self):
        context = httpx.create_ssl_context(OTHER_CA)
        url = server("HTTPS_UNKNOWN_CA")
        self.assertEqual(httpx.get(url, verify=context).status_code, 200)
        with self.assertRaises(FileNotFoundError):
            httpx.create_ssl_context("/nonexistent/ca.pem")

    def test_a_context_is_given_back(self):
        context = ssl.create_default_context()
        self.assertIs(httpx.create_ssl_context(context), context)

    def test_it_takes_a_client_certificate(self):
        context = httpx.create_ssl_context(cert=(CLIENT_CERT, ENCRYPTED_KEY, "secret"))
        url = server("HTTPS_KNOWN_CLIENTS")
        self.assertEqual(httpx.get(url, verify=context).status_code, 200)

    def test_its_signature(self):
        parameters = inspect.signature(httpx.create_ssl_context).parameters
        self.assertEqual(list(parameters), ["verify", "cert", "trust_env"])
        defaults = [parameter.default for parameter in parameters.values()]
        self.assertEqual(defaults, [True, None, True])


if __name__ == "__main__":
    unittest.main()
