"""importlib.metadata knows the built-in modules, and nothing that is installed hides them."""

import importlib.metadata
import os
import subprocess
import sys
import tempfile
import unittest

VERSIONS = {"httpx": "0.28.1", "websockets": "17.0", "httptools": "0.9.0"}

SHOW = "from importlib.metadata import version; print(version('httpx'))"


class Distributions(unittest.TestCase):
    def test_each_has_its_version_and_needs_nothing(self):
        for name, version in VERSIONS.items():
            distribution = importlib.metadata.distribution(name)
            self.assertEqual((distribution.name, distribution.version), (name, version))
            self.assertTrue(distribution.metadata["Summary"])
            self.assertFalse(distribution.requires)
            self.assertIsNone(distribution.files)

    def test_they_are_listed_once(self):
        names = [it.name for it in importlib.metadata.distributions()]
        for name in VERSIONS:
            self.assertEqual(names.count(name), 1)

    def test_a_folder_does_not_have_them(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(list(importlib.metadata.distributions(path=[folder])), [])

    def test_an_unknown_name(self):
        with self.assertRaises(importlib.metadata.PackageNotFoundError):
            importlib.metadata.version("no-such-distribution")

    def test_an_installed_one_does_not_win(self):
        with tempfile.TemporaryDirectory() as folder:
            info = os.path.join(folder, "httpx-0.1.dist-info")
            os.mkdir(info)
            with open(os.path.join(info, "METADATA"), "w") as file:
                file.write("Metadata-Version: 2.1\nName: httpx\nVersion: 0.1\n")
            environment = {**os.environ, "PYTHONPATH": folder}
            command = [sys.executable, "-c", SHOW]
            run = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=environment)
            self.assertEqual(run.stdout.decode().strip(), "0.28.1")


if __name__ == "__main__":
    unittest.main()
