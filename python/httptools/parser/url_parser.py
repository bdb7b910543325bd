"""URLs."""

from _httptools import URL, parse_url

__all__ = ("parse_url",)
