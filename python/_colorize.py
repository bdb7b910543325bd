"""_colorize, the interpreter's, which is read when something is first asked of it.

traceback imports it for colours that most scripts never print, and its themes are dataclasses: a
twelfth of what `import asyncio` costs.
"""

import _imp
import _thread

_reading = _thread.RLock()
_is_read = False


def _read():
    global _is_read
    with _reading:
        if not _is_read:
            # Before it is read: what it asks of itself is there, or is not.
            _is_read = True
            # In this very namespace: what is set in it later counts.
            exec(_imp.get_frozen_object("_tauraro_colorize"), globals())


def __getattr__(name):
    # The import system and inspect look for these in every module.
    if not name.startswith("__"):
        _read()
        if name in globals():
            return globals()[name]
    raise AttributeError(f"module '_colorize' has no attribute {name!r}")


def __dir__():
    _read()
    return sorted(globals())
