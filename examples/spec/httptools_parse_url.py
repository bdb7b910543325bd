"""The parts of a URL."""

import httptools

# Parse URL
url = httptools.parse_url("https://example.com:8080/path?query=value#fragment")

print(url.scheme)  # "https"
print(url.host)  # "example.com"
print(url.port)  # 8080
print(url.path)  # "/path"
print(url.query)  # "query=value"
print(url.fragment)  # "fragment"
