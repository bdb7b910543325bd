"""An HTTP client, native: sync and async, with connection pooling.

    response = httpx.get("https://example.org")

    async with httpx.AsyncClient() as client:
        response = await client.get("https://example.org")
"""

from _httpx import *
from _httpx import __version__

Session = Client

__title__ = "httpx"
__description__ = "Tauraro's HTTP client."
