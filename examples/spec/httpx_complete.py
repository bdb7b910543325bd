"""A function that fetches a user, and tells what went wrong if it cannot."""

import httpx
from loopback import http_server


def fetch_user_data(base_url: str, user_id: int) -> dict:
    """Fetch user data from API."""
    headers = {
        "Authorization": "Bearer secret_token",
        "Content-Type": "application/json",
    }

    try:
        response = httpx.get(
            f"{base_url}/users/{user_id}",
            headers=headers,
            timeout=10.0,
        )

        if response.status_code == 200:
            return response.json()
        elif response.status_code == 404:
            print(f"User {user_id} not found")
            return None
        else:
            print(f"Error: {response.status_code}")
            return None

    except httpx.TimeoutError:
        print("Request timed out")
        return None
    except Exception as e:
        print(f"Error: {e}")
        return None


# Usage
with http_server() as url:
    for user_id in (123, 124):
        user = fetch_user_data(url, user_id)
        if user:
            print(f"User: {user['name']}")
