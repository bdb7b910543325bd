"""Signatures, type stubs, what an import costs, and messages that name the URI."""

import ast
import importlib
import inspect
import os
import subprocess
import sys
import unittest

import websockets

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
STUBS = os.path.join(ROOT, "stubs", "websockets")


def stubs():
    for folder, _, files in os.walk(STUBS):
        for file in files:
            path = os.path.join(folder, file)
            name = os.path.relpath(path, STUBS).removesuffix(".pyi").replace(os.sep, ".")
            name = name.removesuffix("__init__").removesuffix(".")
            yield ("websockets." + name).removesuffix("."), path


def members(node):
    for it in node.body:
        if isinstance(it, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield it.name
        elif isinstance(it, ast.Assign):
            yield it.targets[0].id


class Imports(unittest.TestCase):
    def test_little_is_imported_before_it_is_asked_for(self):
        script = "import sys, websockets; print(*[it for it in sys.modules if 'websockets' in it])"
        done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        self.assertEqual(done.stdout.split(), ["websockets"])


class Messages(unittest.IsolatedAsyncioTestCase):
    async def test_a_note_tells_the_uri_of_the_connection(self):
        def refuse(connection, request):
            return connection.respond(403, "No.")

        async with websockets.serve(print, "127.0.0.1", 0, process_request=refuse) as server:
            uri = "ws://127.0.0.1:{}/".format(server.sockets[0].getsockname()[1])
            with self.assertRaises(websockets.InvalidStatus) as caught:
                await websockets.connect(uri)
        exception = caught.exception
        self.assertEqual(str(exception), "server rejected WebSocket connection: HTTP 403")
        self.assertEqual(exception.uri, uri)
        self.assertEqual(exception.__notes__, [f"The URI was {uri}."])


class Signatures(unittest.TestCase):
    def test_of_public_classes_and_methods(self):
        for member, parameters in [
            (websockets.Frame, "(opcode, data, fin=True, rsv1=False, rsv2=False, rsv3=False)"),
            (websockets.Close, "(code, reason)"),
            (websockets.Protocol.send_text, "(self, data, fin=True)"),
            (websockets.Protocol.send_continuation, "(self, data, fin)"),
            (websockets.Protocol.send_close, "(self, code=None, reason='')"),
            (websockets.Protocol.fail, "(self, code, reason='')"),
            (websockets.Protocol.receive_data, "(self, data)"),
            (websockets.Protocol.events_received, "(self)"),
        ]:
            with self.subTest(member):
                found = str(inspect.signature(member)).replace("($self", "(self").replace(", /", "")
                self.assertEqual(found, parameters)
                self.assertTrue(member.__doc__)


class Stubs(unittest.TestCase):
    def test_all_names_are_the_module_s(self):
        for name, path in stubs():
            module = importlib.import_module(name)
            with open(path, encoding="utf-8") as file:
                tree = ast.parse(file.read())
            for node in tree.body:
                if isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
                    self.assertEqual(set(ast.literal_eval(node.value)), set(module.__all__), name)
                elif isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name[0] != "_":
                    self.assertTrue(hasattr(module, node.name), f"{name}.{node.name}")

    def test_classes_have_the_members_that_the_stubs_name(self):
        for name, path in stubs():
            module = importlib.import_module(name)
            with open(path, encoding="utf-8") as file:
                tree = ast.parse(file.read())
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and node.name[0] != "_":
                    for member in members(node):
                        owner = getattr(module, node.name)
                        self.assertTrue(hasattr(owner, member), f"{name}.{node.name}.{member}")


if __name__ == "__main__":
    unittest.main()
