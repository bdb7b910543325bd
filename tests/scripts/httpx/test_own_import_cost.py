"""What `import httpx` and a first `httpx.get` may not import: modules that cost more than the request."""

import os
import subprocess
import sys
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from support import server

COSTLY = {"asyncio", "logging", "http.cookiejar", "ssl"}

IMPORT = "import sys, httpx"
GET = "; httpx.get({url!r}, params=dict(a=1), headers=dict(b='2')).text"
CLIENT = "; client = httpx.Client(auth=('user', 'x')); client.get({url!r}).content; client.close()"
SHOW = "; print(*sys.modules)"


def modules_after(program):
    run = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
    return set(run.stdout.decode().split())


class ImportCost(unittest.TestCase):
    def test_importing_httpx(self):
        self.assertEqual(modules_after(IMPORT + SHOW) & COSTLY, set())

    def test_a_first_get(self):
        program = IMPORT + GET.format(url=server("HTTP")) + SHOW
        self.assertEqual(modules_after(program) & COSTLY, set())

    def test_a_first_get_over_tls(self):
        program = IMPORT + GET.format(url=server("HTTPS")) + SHOW
        self.assertEqual(modules_after(program) & COSTLY, set())

    def test_a_client(self):
        program = IMPORT + CLIENT.format(url=server("HTTP")) + SHOW
        self.assertEqual(modules_after(program) & COSTLY, set())


if __name__ == "__main__":
    unittest.main()
