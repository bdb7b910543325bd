"""HTTP/1.x messages and URLs, parsed natively.

    url = httptools.parse_url("https://example.org/path?query")
    request = httptools.parse_request(b"GET / HTTP/1.1\\r\\nHost: example.org\\r\\n\\r\\n")
"""

from _httptools import *
