"""What a handler takes."""

from functools import partial
from types import FunctionType, MethodType

_VARARGS = 0x04


def takes_path(handler):
    """Whether a handler is one of the old form, `handler(websocket, path)`.

    It is if it has just two required positional parameters once it is bound. Whatever takes
    `*args`, has defaults, or is a partial or a mock gets the connection alone.
    """
    bound = 0
    if isinstance(handler, partial):
        return False
    if not isinstance(handler, (FunctionType, MethodType)):
        # An object that is called by a method of its class.
        call = getattr(type(handler), "__call__", None)
        if not isinstance(call, FunctionType):
            return False
        handler, bound = call, 1
    if isinstance(handler, MethodType):
        handler, bound = handler.__func__, 1
        if not isinstance(handler, FunctionType):
            return False
    code = handler.__code__
    if code.co_flags & _VARARGS:
        # A decorator that passes on what it gets is called as what it decorates.
        wrapped = getattr(handler, "__wrapped__", None)
        is_transparent = code.co_argcount == bound and isinstance(wrapped, FunctionType)
        return is_transparent and takes_path(wrapped)
    required = code.co_argcount - len(handler.__defaults__ or ())
    return required - bound == 2 and code.co_argcount - bound == 2
