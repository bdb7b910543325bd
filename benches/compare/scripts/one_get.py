"""Gets the JSON of a URL and prints it. Argument: the server's URL."""

import sys

import httpx

print(httpx.get(f"{sys.argv[1]}/json").json())
