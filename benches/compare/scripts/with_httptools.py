"""httptools: the package on CPython, and Tauraro's module of that name."""

import httptools
from request import HEAD, URL


class Protocol:
    """Has every callback that a request without a body has, and does nothing in them."""

    def on_message_begin(self):
        pass

    def on_url(self, url):
        pass

    def on_header(self, name, value):
        pass

    def on_headers_complete(self):
        pass

    def on_message_complete(self):
        pass


def parse_head(url, measure):
    """On one connection, so one parser."""
    feed_data = httptools.HttpRequestParser(Protocol()).feed_data

    def run(count):
        for _ in range(count):
            feed_data(HEAD)

    return measure(run)


def parse_url(url, measure):
    parse = httptools.parse_url

    def run(count):
        for _ in range(count):
            parsed = parse(URL)
            parsed.schema, parsed.host, parsed.port, parsed.path, parsed.query

    return measure(run)


def parse_request(url, measure):
    """What the package does not have."""
    parse = httptools.parse_request

    def run(count):
        for _ in range(count):
            parsed = parse(HEAD)
            parsed.method, parsed.path, parsed.headers

    return measure(run)
