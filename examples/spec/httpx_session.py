"""A session: it keeps its connections open, and has default header fields."""

import httpx
from loopback import http_server

with http_server() as url:
    # Create a session
    session = httpx.Session()

    # Set default headers for all requests
    session.headers["Authorization"] = "Bearer token123"

    # Make requests with session
    response = session.get(f"{url}/profile")
    print(response.json()["headers"]["authorization"])  # Bearer token123
    response = session.post(f"{url}/data", json={"key": "value"})
    print(response.json()["headers"]["authorization"])  # Bearer token123

    # Close session when done
    session.close()

    # Or let a `with` statement do it
    with httpx.Client(base_url=url) as client:
        print(client.get("/profile").json()["path"])  # /profile
