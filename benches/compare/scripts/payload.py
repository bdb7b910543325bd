"""What clients send."""

# As many bytes, as JSON, as the server answers with.
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

CHUNK = b"x" * 65536
CHUNKS = 1600


def chunks():
    """100 MiB."""
    for _ in range(CHUNKS):
        yield CHUNK


async def async_chunks():
    for _ in range(CHUNKS):
        yield CHUNK
