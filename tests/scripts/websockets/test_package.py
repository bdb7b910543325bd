"""The names of the package and of its modules, old ones too."""

import importlib
import importlib.metadata
import sys
import unittest

import websockets


class Names(unittest.TestCase):
    def test_each_can_be_had(self):
        for name in websockets.__all__:
            self.assertIsNotNone(getattr(websockets, name))
            self.assertIn(name, dir(websockets))
        with self.assertRaises(AttributeError):
            websockets.nothing

    def test_modules_are_attributes(self):
        for name in "client datastructures exceptions extensions frames headers http11".split():
            self.assertEqual(getattr(websockets, name).__name__, f"websockets.{name}")

    def test_a_module_s_names_are_the_package_s(self):
        for module in "client datastructures exceptions frames protocol server typing".split():
            module = importlib.import_module(f"websockets.{module}")
            for name in module.__all__:
                if not name.isupper():
                    self.assertIs(getattr(websockets, name), getattr(module, name))

    def test_the_version(self):
        self.assertEqual(websockets.__version__, websockets.version.version)
        self.assertEqual(importlib.metadata.version("websockets"), websockets.__version__)

    def test_old_names_warn(self):
        sys.modules.pop("websockets.connection", None)
        with self.assertWarns(DeprecationWarning):
            from websockets.connection import Connection
        self.assertIs(Connection, websockets.Protocol)
        for side, options in (("client", [websockets.uri.parse_uri("ws://host")]), ("server", [])):
            module = importlib.import_module(f"websockets.{side}")
            with self.assertWarnsRegex(DeprecationWarning, "was renamed to"):
                getattr(module, f"{side.title()}Connection")(*options)

    def test_lazy_imports(self):
        from websockets.imports import lazy_import

        namespace = {"__name__": "websockets.pretended", "__package__": "websockets"}
        lazy_import(namespace, {"Frame": ".frames"}, {"Close": ".frames", "uri": "."})
        self.assertIs(namespace["__getattr__"]("Frame"), websockets.Frame)
        with self.assertWarnsRegex(DeprecationWarning, "websockets.pretended.Close is deprecated"):
            self.assertIs(namespace["__getattr__"]("Close"), websockets.Close)
        with self.assertRaises(AttributeError):
            namespace["__getattr__"]("nothing")
        self.assertIn("Frame", namespace["__dir__"]())


if __name__ == "__main__":
    unittest.main()
