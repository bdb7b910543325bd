"""Basic authentication, and a bearer token."""

import httpx
from loopback import http_server

with http_server() as url:
    # Basic authentication
    response = httpx.get(
        f"{url}/protected",
        auth=("username", "password"),
    )
    print(response.json()["headers"]["authorization"])  # Basic dXNlcm5hbWU6cGFzc3dvcmQ=

    # Bearer token
    headers = {"Authorization": "Bearer your_token_here"}
    response = httpx.get(f"{url}/protected", headers=headers)
    print(response.json()["headers"]["authorization"])  # Bearer your_token_here
