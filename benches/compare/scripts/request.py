"""The request that parsers are measured with: 400 bytes, ten header fields."""

HEAD = (
    b"GET /api/v1/users/12345/orders?limit=50&offset=100 HTTP/1.1\r\n"
    b"Host: api.example.com\r\n"
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
    b"Accept: application/json, text/plain, */*\r\n"
    b"Accept-Language: en-GB,en;q=0.5\r\n"
    b"Accept-Encoding: gzip, deflate, br\r\n"
    b"Referer: https://example.com/orders\r\n"
    b"Connection: keep-alive\r\n"
    b"Cookie: session=0123456789abcdef\r\n"
    b"Cache-Control: no-cache\r\n"
    b"X-Request-Id: 0123456789abcdef01234\r\n"
    b"\r\n"
)
assert len(HEAD) == 400, len(HEAD)

URL = b"https://user:secret@example.com:8080/path/to/page?query=value&more=1#fragment"
