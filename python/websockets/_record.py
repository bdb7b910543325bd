"""Classes that pass for dataclasses without what that module costs at import."""


class _Made:
    """What dataclasses keeps in a class, made when dataclasses or pprint asks for it."""

    def __init__(self, attribute, names, defaults):
        self._attribute = attribute
        self._names = names
        self._defaults = defaults
        self._value = None

    def __get__(self, instance, owner=None):
        if self._value is None:
            import dataclasses

            split = len(self._names) - len(self._defaults)
            optional = zip(self._names[split:], self._defaults)
            fields = [*self._names[:split], *((name, object, value) for name, value in optional)]
            self._value = getattr(dataclasses.make_dataclass("_", fields), self._attribute)
        return self._value


def record(cls, names=None, defaults=()):
    """Gives a class the methods of a dataclass; by default its fields are what `__init__` takes."""
    if names is None:
        code = cls.__init__.__code__
        names = code.co_varnames[1 : code.co_argcount]
        defaults = cls.__init__.__defaults__ or ()

    def values(self):
        return tuple([getattr(self, name) for name in names])

    def __eq__(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    def __repr__(self):
        fields = [f"{name}={getattr(self, name)!r}" for name in names]
        return f"{type(self).__qualname__}({', '.join(fields)})"

    def __replace__(self, /, **changes):
        return self.__class__(**{**dict(zip(names, values(self))), **changes})

    cls.__eq__ = __eq__
    cls.__hash__ = None
    cls.__repr__ = __repr__
    cls.__replace__ = __replace__
    cls.__match_args__ = tuple(names)
    for attribute in ("__dataclass_fields__", "__dataclass_params__"):
        setattr(cls, attribute, _Made(attribute, names, defaults))
    return cls
