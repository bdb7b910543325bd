"""The version of the websockets package whose interface this is."""

__all__ = ["tag", "version", "commit"]

released = True
tag = version = commit = "17.0"
