"""A function for each method."""

import httpx
from loopback import http_server

with http_server() as url:
    responses = [
        # GET
        httpx.get(f"{url}/users"),
        # POST
        httpx.post(f"{url}/users", json={"name": "Bob"}),
        # PUT
        httpx.put(f"{url}/users/1", json={"name": "Bob Updated"}),
        # DELETE
        httpx.delete(f"{url}/users/1"),
        # PATCH
        httpx.patch(f"{url}/users/1", json={"email": "new@example.com"}),
        # OPTIONS
        httpx.options(url),
        # Any other
        httpx.request("POST", f"{url}/users", json={"name": "Carol"}),
    ]
    for response in responses:
        received = response.json()
        print(received["method"], received["path"], received["body"])

    # HEAD: header fields, and no body
    response = httpx.head(url)
    print("HEAD", response.headers["content-type"], len(response.content))
