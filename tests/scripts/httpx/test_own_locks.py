"""Code of a script that runs while a request is prepared may use the client."""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import httpx
from support import server


class Locks(unittest.TestCase):
    def test_a_value_that_changes_the_client_while_it_is_turned_into_text(self):
        with httpx.Client() as client:

            class Value:
                def __str__(self):
                    client.timeout = client.timeout.connect + 1
                    client.headers["x-seen"] = "yes"
                    return "value"

            response = client.get(server("HTTP") + "/echo", params={"a": Value()})
            self.assertEqual(response.json()["query"], "a=value")
            self.assertEqual(client.timeout, httpx.Timeout(6))


if __name__ == "__main__":
    unittest.main()
