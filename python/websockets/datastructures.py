"""Header fields of the opening handshake."""

from collections.abc import Iterable, Mapping, MutableMapping

from _websockets import is_field_value

__all__ = ["Headers", "HeadersLike", "MultipleValuesError"]


class MultipleValuesError(LookupError):
    """A name that was asked for by [] has several values; use get_all()."""

    def __str__(self):
        # A lone name is quoted, as KeyError quotes it.
        return repr(self.args[0]) if len(self.args) == 1 else super().__str__()


class Headers(MutableMapping[str, str]):
    """HTTP header fields: names in any case, in their order, and perhaps repeated.

    `headers[name]` raises MultipleValuesError when there are several values, and
    `headers[name] = value` adds a field beside those of the same name. Values are ISO 8859-1; one
    with a control character raises InvalidHeaderValue.
    """

    __slots__ = ("_values", "_fields")

    def __init__(self, *fields, **named):
        self.clear()
        self.update(*fields, **named)

    def __getitem__(self, name):
        values = self._values[name.lower()]
        if len(values) > 1:
            raise MultipleValuesError(name)
        return values[0]

    def __setitem__(self, name, value):
        if not is_field_value(str(value)):
            from .exceptions import InvalidHeaderValue

            raise InvalidHeaderValue(name, value)
        self.set_insecure(name, value)

    def set_insecure(self, name, value):
        """Adds a field without a look at its value."""
        self._values.setdefault(name.lower(), []).append(value)
        self._fields.append((name, value))

    def __delitem__(self, name):
        name = name.lower()
        del self._values[name]
        self._fields = [field for field in self._fields if field[0].lower() != name]

    def clear(self):
        """Removes all fields."""
        self._values = {}
        self._fields = []

    def __contains__(self, name):
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def __eq__(self, other):
        if not isinstance(other, Headers):
            return NotImplemented
        return self._values == other._values

    __hash__ = None

    def __str__(self):
        return "".join(f"{name}: {value}\r\n" for name, value in self._fields) + "\r\n"

    def __repr__(self):
        return f"{type(self).__name__}({self._fields!r})"

    def serialize(self):
        """The fields as bytes, with the empty line that ends them."""
        return str(self).encode("iso-8859-1")

    def get_all(self, name):
        """The values of a name, each by itself."""
        return list(self._values.get(name.lower(), ()))

    def raw_items(self):
        """Pairs of name and value, one for each field."""
        return iter(self._fields)

    def copy(self):
        """Other Headers with the same fields."""
        copy = type(self)()
        for name, value in self._fields:
            copy.set_insecure(name, value)
        return copy

    def update(self, *fields, **named):
        """Adds the fields of Headers, a mapping or pairs."""
        fields = [it.raw_items() if isinstance(it, Headers) else it for it in fields]
        super().update(*fields, **named)


# What is taken where Headers are meant; anything with keys() and [] is, too.
HeadersLike = Headers | Mapping[str, str] | Iterable[tuple[str, str]]
