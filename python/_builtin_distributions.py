"""The distributions that the built-in modules stand for, for importlib.metadata."""

from importlib.metadata import Distribution, DistributionFinder

_SUMMARIES = {
    "httpx": ("0.28.1", "An HTTP client, built into Tauraro."),
    "websockets": ("17.0", "WebSocket clients and servers, built into Tauraro."),
    "httptools": ("0.9.0", "HTTP parsers, built into Tauraro."),
}


class BuiltinDistribution(Distribution):
    """A distribution without files."""

    def __init__(self, name):
        self._name = name

    def read_text(self, filename):
        """METADATA, and the top-level name; there are no other files."""
        if filename == "METADATA":
            version, summary = _SUMMARIES[self._name]
            lines = ("Metadata-Version: 2.1", f"Name: {self._name}", f"Version: {version}")
            return "\n".join((*lines, f"Summary: {summary}", ""))
        if filename == "top_level.txt":
            return self._name + "\n"
        return None

    def locate_file(self, path):
        """Raises FileNotFoundError: the files are in the interpreter's binary."""
        raise FileNotFoundError(f"{self._name} is built into the interpreter: it has no {path}")


def find(context=None):
    """The distributions that a context asks for; none for one that names paths, as pip does."""
    context = DistributionFinder.Context() if context is None else context
    if "path" in vars(context):
        return iter(())
    wanted = context.name and context.name.lower().replace("_", "-")
    return (BuiltinDistribution(name) for name in _SUMMARIES if wanted in (None, name))
