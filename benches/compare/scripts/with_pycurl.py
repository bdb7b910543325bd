"""pycurl: libcurl, with one handle for all requests."""

import os
from json import dumps, loads

import pycurl
from payload import PAYLOAD, chunks


def handle(url):
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    return curl


def get_with(curl, measure):
    def run(count):
        for _ in range(count):
            loads(curl.perform_rb())

    return measure(run)


def get(url, measure):
    return get_with(handle(f"{url}/json"), measure)


def json(url, measure, kibibytes):
    return get_with(handle(f"{url}/json/{kibibytes}"), measure)


def gzip(url, measure):
    curl = handle(f"{url}/gzip")
    curl.setopt(pycurl.ACCEPT_ENCODING, "gzip")
    return get_with(curl, measure)


def secure(url):
    curl = handle(f"{url}/json")
    curl.setopt(pycurl.CAINFO, os.environ["COMPARE_AUTHORITY"])
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    return curl


def tls_get(url, measure):
    return get_with(secure(url), measure)


def tls_new(url, measure):
    curl = secure(url)
    curl.setopt(pycurl.FORBID_REUSE, 1)
    return get_with(curl, measure)


def upload(url, measure):
    curl = handle(f"{url}/upload")
    curl.setopt(pycurl.POST, 1)
    curl.setopt(pycurl.HTTPHEADER, ["Transfer-Encoding: chunked", "Expect:"])

    def run(count):
        for _ in range(count):
            source = chunks()
            # What curl asks for at once may be less than a chunk.
            rest = memoryview(b"")

            def read(size):
                nonlocal rest
                rest = rest or memoryview(next(source, b""))
                piece, rest = rest[:size], rest[size:]
                return bytes(piece)

            curl.setopt(pycurl.READFUNCTION, read)
            curl.perform_rb()

    return measure(run)


def post(url, measure):
    curl = handle(url + "/post")
    curl.setopt(pycurl.HTTPHEADER, ["Content-Type: application/json"])

    def run(count):
        for _ in range(count):
            curl.setopt(pycurl.POSTFIELDS, dumps(PAYLOAD))
            loads(curl.perform_rb())

    return measure(run)


def content(url, measure):
    curl = handle(url + "/download")

    def run(count):
        for _ in range(count):
            curl.perform_rb()

    return measure(run)


def iter_bytes(url, measure):
    curl = handle(url + "/download")
    curl.setopt(pycurl.WRITEFUNCTION, len)

    def run(count):
        for _ in range(count):
            curl.perform()

    return measure(run)
