"""Header fields of the opening handshake."""

from collections.abc import Iterable, Mapping, MutableMapping

from _websockets import is_field_value, shown_value

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

    # A list of pairs, or what came in a handshake: that is smaller, and answers the usual questions.
    __slots__ = ("_fields",)

    def __init__(self, *fields, **named):
        self.clear()
        self.update(*fields, **named)

    @classmethod
    def _of(cls, fields):
        headers = cls.__new__(cls)
        headers._fields = fields
        return headers

    def _pairs(self):
        if type(self._fields) is not list:
            self._fields = self._fields.pairs()
        return self._fields

    def _values(self):
        values = {}
        for name, value in self._pairs():
            values.setdefault(name.lower(), []).append(value)
        return values

    def __getitem__(self, name):
        values = self.get_all(name)
        if not values:
            raise KeyError(name.lower())
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
        self._pairs().append((name, value))

    def __delitem__(self, name):
        name = name.lower()
        kept = [field for field in self._pairs() if field[0].lower() != name]
        if len(kept) == len(self._fields):
            raise KeyError(name)
        self._fields = kept

    def clear(self):
        """Removes all fields."""
        self._fields = []

    def __contains__(self, name):
        return isinstance(name, str) and bool(self.get_all(name))

    def __iter__(self):
        return iter(self._values())

    def __len__(self):
        return len(self._values())

    def __eq__(self, other):
        if not isinstance(other, Headers):
            return NotImplemented
        return self._values() == other._values()

    __hash__ = None

    def __str__(self):
        return "".join(f"{name}: {value}\r\n" for name, value in self._pairs()) + "\r\n"

    def __repr__(self):
        fields = [(name, shown_value(name, value)) for name, value in self._pairs()]
        return f"{type(self).__name__}({fields!r})"

    def serialize(self):
        """The fields as bytes, with the empty line that ends them."""
        return str(self).encode("iso-8859-1")

    def get_all(self, name):
        """The values of a name, each by itself."""
        if type(self._fields) is not list:
            return self._fields.get_all(name)
        name = name.lower()
        return [value for other, value in self._fields if other.lower() == name]

    def raw_items(self):
        """Pairs of name and value, one for each field."""
        return iter(self._pairs())

    def copy(self):
        """Other Headers with the same fields."""
        copy = type(self)()
        for name, value in self._pairs():
            copy.set_insecure(name, value)
        return copy

    def update(self, *fields, **named):
        """Adds the fields of Headers, a mapping or pairs."""
        fields = [it.raw_items() if isinstance(it, Headers) else it for it in fields]
        super().update(*fields, **named)


# What is taken where Headers are meant; anything with keys() and [] is, too.
HeadersLike = Headers | Mapping[str, str] | Iterable[tuple[str, str]]
