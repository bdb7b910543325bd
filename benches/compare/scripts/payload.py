"""What a JSON POST sends: as many bytes as the server answers with."""

PAYLOAD = {
    "id": 4711,
    "name": "Alice Liddell",
    "email": "alice@example.org",
    "tags": ["reader", "writer", "admin"],
    "active": True,
    "score": 12.5,
    "address": {"city": "Oxford", "country": "GB", "zip": "OX1 1DP"},
    "note": "x" * 7,
}
