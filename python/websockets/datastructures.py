"""Header fields of the opening handshake."""

from collections.abc import MutableMapping


class MultipleValuesError(LookupError):
    """A name that was asked for by [] has several values; use get_all()."""


class Headers(MutableMapping):
    """HTTP header fields: names in any case, in their order, and perhaps repeated."""

    __slots__ = ("_fields",)

    def __init__(self, fields=(), /, **named):
        self._fields = []
        self.update(fields, **named)

    def __getitem__(self, name):
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        if len(values) > 1:
            raise MultipleValuesError(name)
        return values[0]

    def __setitem__(self, name, value):
        """Adds a field, beside those of the same name."""
        self._fields.append((name, value))

    def __delitem__(self, name):
        name = name.lower()
        self._fields = [field for field in self._fields if field[0].lower() != name]

    def clear(self):
        """Removes all fields."""
        self._fields = []

    def __contains__(self, name):
        return isinstance(name, str) and bool(self.get_all(name))

    def __iter__(self):
        return iter(dict.fromkeys(name.lower() for name, _ in self._fields))

    def __len__(self):
        return len({name.lower() for name, _ in self._fields})

    def __eq__(self, other):
        if not isinstance(other, Headers):
            return NotImplemented
        lower = lambda headers: [(name.lower(), value) for name, value in headers._fields]
        return lower(self) == lower(other)

    __hash__ = None

    def __str__(self):
        return "".join(f"{name}: {value}\r\n" for name, value in self._fields) + "\r\n"

    def __repr__(self):
        return f"{type(self).__name__}({self._fields!r})"

    def get_all(self, name):
        """The values of a name, each by itself."""
        name = name.lower()
        return [value for known, value in self._fields if known.lower() == name]

    def raw_items(self):
        """Pairs of name and value, one for each field."""
        return iter(self._fields)

    def copy(self):
        """Other Headers with the same fields."""
        copy = type(self)()
        copy._fields = list(self._fields)
        return copy

    def update(self, fields=(), /, **named):
        """Adds the fields of a mapping or of pairs."""
        if isinstance(fields, Headers):
            fields = fields.raw_items()
        elif hasattr(fields, "items"):
            fields = fields.items()
        for name, value in fields:
            self[name] = value
        for name, value in named.items():
            self[name] = value
