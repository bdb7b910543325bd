"""primp: Rust's reqwest, blocking."""

import primp
from payload import PAYLOAD


def get(url, measure):
    url += "/json"
    client = primp.Client()

    def run(count):
        for _ in range(count):
            client.get(url).json()

    return measure(run)


def post(url, measure):
    url += "/post"
    client = primp.Client()

    def run(count):
        for _ in range(count):
            client.post(url, json=PAYLOAD).json()

    return measure(run)


def content(url, measure):
    url += "/download"
    client = primp.Client()

    def run(count):
        for _ in range(count):
            client.get(url).content

    return measure(run)


def iter_bytes(url, measure):
    url += "/download"
    client = primp.Client()

    def run(count):
        for _ in range(count):
            with client.get(url, stream=True) as response:
                for _ in response.iter_bytes():
                    pass

    return measure(run)
