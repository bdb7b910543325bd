"""The parts of an HTTP request."""

import httptools

# Parse HTTP request
request = b"GET /path HTTP/1.1\r\nHost: example.com\r\n\r\n"
parsed = httptools.parse_request(request)

print(parsed.method)  # "GET"
print(parsed.path)  # "/path"
print(parsed.version)  # "HTTP/1.1"
print(parsed.headers)  # {"Host": "example.com"}

# What is no whole request is refused
try:
    httptools.parse_request(b"GET /path HTTP/1.1\r\nHost: exam")
except httptools.HttpParserError as error:
    print(type(error).__name__)
