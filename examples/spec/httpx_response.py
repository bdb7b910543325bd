"""What a response holds."""

import httpx
from loopback import http_server

with http_server() as url:
    response = httpx.get(f"{url}/users/123")

    # Status code
    print(response.status_code)  # 200

    # Headers
    print(response.headers)
    print(response.headers["content-type"])  # application/json

    # Body
    print(response.text)  # As string
    print(response.content)  # As bytes
    print(response.json())  # Parse JSON

    # URL
    print(response.url)

    # Encoding
    print(response.encoding)  # utf-8

    # Check success
    if response.status_code == 200:
        print("Success!")
