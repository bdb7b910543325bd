"""What can go wrong, and how a script sees it."""

import httpx
from loopback import http_server


def fetch(url):
    try:
        response = httpx.get(url, timeout=0.5)
        response.raise_for_status()  # Raises exception for 4xx/5xx status codes
        data = response.json()
        print(f"Got {data['path']}")
    except httpx.TimeoutError:
        print("Request timed out")
    except httpx.HTTPError as e:
        print(f"{type(e).__name__}: {e}")
    except Exception as e:
        print(f"Error: {e}")


with http_server() as url:
    fetch(f"{url}/endpoint")
    fetch(f"{url}/slow")
    fetch(f"{url}/status/404")
    fetch(f"{url}/status/503")
    fetch(f"{url}/large")  # is no JSON
    closed = url

# Nobody listens there any more
fetch(closed)
