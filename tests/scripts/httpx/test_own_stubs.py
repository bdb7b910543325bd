"""The type stubs name what the modules have."""

import ast
import os
import unittest

import httpx

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def stub():
    with open(os.path.join(ROOT, "stubs", "httpx", "__init__.pyi"), encoding="utf-8") as file:
        return ast.parse(file.read())


def members(node):
    for it in node.body:
        if isinstance(it, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield it.name
        elif isinstance(it, ast.AnnAssign):
            yield it.target.id


class Stubs(unittest.TestCase):
    def test_all_names_are_the_package_s(self):
        for node in stub().body:
            if isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
                self.assertEqual(ast.literal_eval(node.value), httpx.__all__)
                return
        self.fail("the stub has no __all__")

    def test_the_value_classes_have_the_members_that_the_stub_names(self):
        classes = {it.name: it for it in stub().body if isinstance(it, ast.ClassDef)}
        for name in ("URL", "QueryParams", "Headers", "Timeout", "Limits", "Proxy", "ByteStream"):
            for member in members(classes[name]):
                self.assertTrue(hasattr(getattr(httpx, name), member), f"{name}.{member}")


if __name__ == "__main__":
    unittest.main()
