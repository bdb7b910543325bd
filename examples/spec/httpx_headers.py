"""Header fields of a request, and of its response."""

import httpx
from loopback import http_server

with http_server() as url:
    headers = {
        "Authorization": "Bearer token123",
        "Content-Type": "application/json",
        "User-Agent": "TauraroBot/1.0",
    }

    response = httpx.get(f"{url}/protected", headers=headers)

    received = response.json()["headers"]
    for name in headers:
        print(f"{name}: {received[name.lower()]}")

    # The names are case-insensitive
    print(response.headers["CONTENT-TYPE"])  # application/json
