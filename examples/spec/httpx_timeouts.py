"""Timeouts: one for all, or one for each step."""

import httpx
from loopback import http_server

with http_server() as url:
    # Set timeout (in seconds)
    response = httpx.get(url, timeout=5.0)
    print(response.status_code)  # 200

    # Different timeouts for connect and read
    response = httpx.get(
        url,
        timeout={"connect": 3.0, "read": 10.0},
    )
    print(response.status_code)  # 200

    # A server that does not answer
    try:
        httpx.get(f"{url}/slow", timeout=0.2)
    except httpx.TimeoutError as error:
        print(type(error).__name__)  # ReadTimeout
