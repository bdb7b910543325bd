"""primp: Rust's reqwest, blocking."""

import os

import primp
from payload import PAYLOAD


def get_with(client, url, measure, **options):
    def run(count):
        for _ in range(count):
            client.get(url, **options).json()

    return measure(run)


def get(url, measure):
    return get_with(primp.Client(), f"{url}/json", measure)


def json(url, measure, kibibytes):
    return get_with(primp.Client(), f"{url}/json/{kibibytes}", measure)


def gzip(url, measure):
    return get_with(primp.Client(), f"{url}/gzip", measure)


def tls_get(url, measure):
    client = primp.Client(ca_cert_file=os.environ["COMPARE_AUTHORITY"], http2_only=False)
    return get_with(client, f"{url}/json", measure)


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
