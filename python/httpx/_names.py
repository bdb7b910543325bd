"""What the private modules of httpx show: names that live elsewhere."""


def shows(module, *names, **elsewhere):
    """The `__getattr__` and `__dir__` of a module that shows names of `httpx` and `_httpx`, and of
    the private modules that `elsewhere` names, each with its names in one text.

    They are looked up when they are asked for, so that a replaced one is seen.
    """
    places = dict.fromkeys(names, ("httpx", "_httpx"))
    for place, text in elsewhere.items():
        places.update(dict.fromkeys(text.split(), (f"httpx.{place}",)))

    def __getattr__(name):
        if name in places:
            from importlib import import_module

            for place in places[name]:
                try:
                    return getattr(import_module(place), name)
                except AttributeError:
                    pass
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    def __dir__():
        import sys

        return sorted({*places, *vars(sys.modules[module])})

    return __getattr__, __dir__
