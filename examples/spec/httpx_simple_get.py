"""A GET request."""

import httpx
from loopback import http_server

with http_server() as url:
    # Make a GET request
    response = httpx.get(url)

    # Check status
    print(response.status_code)  # 200

    # Get response text
    print(response.text)

    # Parse JSON response
    data = response.json()
    print(data["method"], data["path"])  # GET /
