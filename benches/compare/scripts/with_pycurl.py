"""pycurl: libcurl, with one handle for all requests."""

import json

import pycurl
from payload import PAYLOAD


def handle(url):
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    return curl


def get(url, measure):
    curl = handle(url + "/json")

    def run(count):
        for _ in range(count):
            json.loads(curl.perform_rb())

    return measure(run)


def post(url, measure):
    curl = handle(url + "/post")
    curl.setopt(pycurl.HTTPHEADER, ["Content-Type: application/json"])

    def run(count):
        for _ in range(count):
            curl.setopt(pycurl.POSTFIELDS, json.dumps(PAYLOAD))
            json.loads(curl.perform_rb())

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
