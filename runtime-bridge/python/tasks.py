"""asyncio.tasks with a native gather().

The interpreter's own module runs first, in this very namespace.
"""

import _imp

exec(_imp.get_frozen_object("_runtime_bridge_tasks"), globals())

from _runtime_bridge import gather as _native_gather

_python_gather = gather


@functools.wraps(_python_gather)
def gather(*coros_or_futures, return_exceptions=False):
    outer = _native_gather(coros_or_futures, bool(return_exceptions))
    if outer is not None:
        return outer
    return _python_gather(*coros_or_futures, return_exceptions=return_exceptions)
