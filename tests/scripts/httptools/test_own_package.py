"""The package: its stubs, and what importing it brings along."""

import ast
import os
import subprocess
import sys
import unittest

import httptools
from httptools.parser import errors, parser, url_parser

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def stub(*path):
    with open(os.path.join(ROOT, "stubs", "httptools", *path), encoding="utf-8") as file:
        return ast.parse(file.read()).body


class Stubs(unittest.TestCase):
    def test_all_names_are_the_package_s(self):
        for module, path in (
            (httptools, ["__init__.pyi"]),
            (httptools.parser, ["parser", "__init__.pyi"]),
            (errors, ["parser", "errors.pyi"]),
            (parser, ["parser", "parser.pyi"]),
            (url_parser, ["parser", "url_parser.pyi"]),
        ):
            (names,) = [
                ast.literal_eval(node.value)
                for node in stub(*path)
                if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
            ]
            self.assertEqual(names, module.__all__)

    def test_classes_have_the_members_that_the_stubs_name(self):
        for module, path in (
            (httptools, ["__init__.pyi"]),
            (parser, ["parser", "parser.pyi"]),
            (url_parser, ["parser", "url_parser.pyi"]),
        ):
            for node in stub(*path):
                if not isinstance(node, ast.ClassDef):
                    continue
                for member in node.body:
                    if isinstance(member, ast.FunctionDef):
                        self.assertTrue(hasattr(getattr(module, node.name), member.name))


class Import(unittest.TestCase):
    def test_it_imports_nothing_that_takes_long(self):
        code = "import sys, httptools; print(*sys.modules)"
        output = subprocess.run(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True
        ).stdout.split()
        for module in ("typing", "re", "asyncio", "logging"):
            self.assertNotIn(module, output)


if __name__ == "__main__":
    unittest.main()
