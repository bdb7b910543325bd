"""The interactive prompt: the standard library's consoles, with `await` at the top level.

A coroutine runs to its end before the next prompt, on one event loop that lives as long as the
prompt does. Tasks left behind go on whenever something else is awaited.
"""

import ast
import code
import inspect
import os
import sys
import types

from _pyrepl.console import InteractiveColoredConsole
from _pyrepl.main import CAN_USE_PYREPL


class AwaitingConsole:
    STATEMENT_FAILED = object()

    def __init__(self, namespace):
        super().__init__(namespace, filename="<stdin>")
        self.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._runner = None

    def runcode(self, code):
        try:
            result = types.FunctionType(code, self.locals)()
            if inspect.iscoroutine(result):
                self._run(result)
        except SystemExit:
            raise
        except BaseException:
            self.showtraceback()
            return self.STATEMENT_FAILED

    def _run(self, coroutine):
        if self._runner is None:
            # Late: asyncio takes longer to import than everything else here.
            import asyncio

            self._runner = asyncio.Runner()
        try:
            self._runner.run(coroutine)
        except KeyboardInterrupt:
            # Its traceback would be the event loop's.
            self.write("\nKeyboardInterrupt\n")

    def close(self):
        if self._runner is not None:
            self._runner.close()


class LineConsole(AwaitingConsole, code.InteractiveConsole):
    """For a dumb terminal, a pipe, or PYTHON_BASIC_REPL."""

    def loop(self):
        self.interact(banner="", exitmsg="")


class TerminalConsole(AwaitingConsole, InteractiveColoredConsole):
    def loop(self):
        from _pyrepl.simple_interact import run_multiline_interactive_console

        run_multiline_interactive_console(self)


def interact(namespace, product):
    if product is not None:
        sys.stderr.write(_banner(product))
    _run_startup_file(namespace)
    hook = getattr(sys, "__interactivehook__", None)
    if hook is not None:
        hook()
    if not hasattr(sys, "ps1"):
        sys.ps1 = ">>> "
    if not hasattr(sys, "ps2"):
        sys.ps2 = "... "
    fancy = CAN_USE_PYREPL and not _environ("PYTHON_BASIC_REPL")
    console = (TerminalConsole if fancy else LineConsole)(namespace)
    try:
        console.loop()
    finally:
        console.close()


def _banner(product):
    version = ".".join(map(str, sys.version_info[:3]))
    return (
        f"{product} (Python {version}) on {sys.platform}\n"
        'Type "help", "copyright", "credits" or "license" for more information; '
        '"await" works at the prompt.\n'
    )


def _run_startup_file(namespace):
    path = _environ("PYTHONSTARTUP")
    if not path:
        return
    import tokenize

    try:
        with tokenize.open(path) as file:
            startup = compile(file.read(), path, "exec")
        exec(startup, namespace)
    except SystemExit:
        raise
    except BaseException:
        sys.excepthook(*sys.exc_info())


def _environ(name):
    return None if sys.flags.ignore_environment else os.environ.get(name)
