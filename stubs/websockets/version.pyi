__all__ = ["tag", "version", "commit"]

released: bool
tag: str
version: str
commit: str
