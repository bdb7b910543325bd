"""requests, blocking."""

import os

import requests
from payload import PAYLOAD, chunks
from threads import in_threads


def get_with(url, measure, headers=None):
    with requests.Session() as session:
        # The environment may name another authority.
        session.trust_env = False
        session.verify = os.environ["COMPARE_AUTHORITY"]

        def run(count):
            for _ in range(count):
                session.get(url, headers=headers).json()

        return measure(run)


def get(url, measure):
    return get_with(f"{url}/json", measure)


def json(url, measure, kibibytes):
    return get_with(f"{url}/json/{kibibytes}", measure)


def gzip(url, measure):
    return get_with(f"{url}/gzip", measure)


def tls_get(url, measure):
    return get_with(f"{url}/json", measure)


def tls_new(url, measure):
    return get_with(f"{url}/json", measure, {"Connection": "close"})


def threads(url, measure, number):
    url += "/json/10"
    with requests.Session() as session:
        return measure(in_threads(number, lambda: session.get(url).json()))


def post(url, measure):
    url += "/post"
    with requests.Session() as session:

        def run(count):
            for _ in range(count):
                session.post(url, json=PAYLOAD).json()

        return measure(run)


def upload(url, measure):
    url += "/upload"
    with requests.Session() as session:

        def run(count):
            for _ in range(count):
                session.post(url, data=chunks()).content

        return measure(run)


def content(url, measure):
    url += "/download"
    with requests.Session() as session:

        def run(count):
            for _ in range(count):
                session.get(url).content

        return measure(run)


def iter_bytes(url, measure):
    url += "/download"
    with requests.Session() as session:

        def run(count):
            for _ in range(count):
                with session.get(url, stream=True) as response:
                    for _ in response.iter_content(65536):
                        pass

        return measure(run)
