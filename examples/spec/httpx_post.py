"""POST with JSON, with a form, and with a body of one's own."""

import httpx
from loopback import http_server

with http_server() as url:
    # POST with JSON data
    data = {"name": "Alice", "email": "alice@example.com"}
    response = httpx.post(f"{url}/users", json=data)
    print(response.status_code)  # 200
    print(response.json()["headers"]["content-type"])  # application/json
    print(response.json()["body"])

    # POST with form data
    form_data = {"username": "alice", "password": "secret"}
    response = httpx.post(f"{url}/login", data=form_data)
    print(response.json()["headers"]["content-type"])  # application/x-www-form-urlencoded
    print(response.json()["body"])  # username=alice&password=secret

    # POST with any content
    response = httpx.post(f"{url}/notes", content="Hello!")
    print(response.json()["body"])  # Hello!
