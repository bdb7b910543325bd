"""What the private modules of httpx show: names that live elsewhere."""


def shows(module, *names):
    """The `__getattr__` and `__dir__` of a module that shows names of `httpx` and `_httpx`.

    They are looked up when they are asked for, so that a replaced one is seen.
    """

    def __getattr__(name):
        if name in names:
            import _httpx
            import httpx

            for place in (httpx, _httpx):
                try:
                    return getattr(place, name)
                except AttributeError:
                    pass
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return __getattr__, lambda: sorted(names)
