"""h11: a parser of requests in pure Python."""

import h11
from request import HEAD


def parse_request(url, measure):
    def run(count):
        for _ in range(count):
            connection = h11.Connection(h11.SERVER)
            connection.receive_data(HEAD)
            request = connection.next_event()
            request.method, request.target, request.headers
            assert type(connection.next_event()) is h11.EndOfMessage

    return measure(run)
