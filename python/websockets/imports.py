"""Names of a module that are imported when they are asked for (PEP 562)."""

__all__ = ["lazy_import"]


def import_name(name, source, namespace):
    """Imports `name`, an object of module `source` or a submodule of it."""
    from importlib import import_module

    package = namespace.get("__package__") or namespace["__name__"]
    module = import_module(source, package)
    try:
        return getattr(module, name)
    except AttributeError:
        return import_module(f"{module.__name__}.{name}")


def lazy_import(namespace, aliases=None, deprecated_aliases=None):
    """Gives a module a `__getattr__` and a `__dir__` for names that live elsewhere.

    Both arguments map names to modules; a name of `deprecated_aliases` warns at each use.
    """
    aliases = aliases or {}
    deprecated = deprecated_aliases or {}
    known = set(namespace)
    clash = known & {*aliases, *deprecated} or set(aliases) & set(deprecated)
    assert not clash, "namespace conflict"
    module = namespace["__name__"]

    def __getattr__(name):
        if name in aliases:
            return import_name(name, aliases[name], namespace)
        if name in deprecated:
            import warnings

            warnings.warn(f"{module}.{name} is deprecated", DeprecationWarning, stacklevel=2)
            return import_name(name, deprecated[name], namespace)
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    namespace["__getattr__"] = __getattr__
    namespace["__dir__"] = lambda: sorted({*known, *aliases, *deprecated})
