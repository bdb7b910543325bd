"""Query parameters."""

import httpx
from loopback import http_server

with http_server() as url:
    # Using params dictionary
    params = {
        "search": "python",
        "limit": 10,
        "offset": 0,
    }

    response = httpx.get(f"{url}/search", params=params)
    print(str(response.url).removeprefix(url))  # /search?search=python&limit=10&offset=0
    print(response.json()["query"])
