"""A parser that is used while it is at work: by a callback, by another thread."""

import threading
import unittest

import httptools

REQUEST = b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"


class Recorder:
    def __init__(self):
        self.bodies = []
        self.completed = 0

    def on_body(self, body):
        self.bodies.append(body)

    def on_message_complete(self):
        self.completed += 1


class FromCallbacks(unittest.TestCase):
    def test_feeding_it_is_an_error_and_loses_nothing(self):
        errors = []

        class Protocol(Recorder):
            def on_url(self, url):
                try:
                    parser.feed_data(REQUEST)
                except RuntimeError as error:
                    errors.append(error)

        protocol = Protocol()
        parser = httptools.HttpRequestParser(protocol)
        parser.feed_data(REQUEST * 2)
        self.assertEqual(len(errors), 2)
        self.assertIn("at work", str(errors[0]))
        self.assertEqual((protocol.completed, b"".join(protocol.bodies)), (2, b"hellohello"))

    def test_an_error_of_feeding_that_is_not_caught_is_the_callback_s(self):
        class Protocol:
            def on_url(self, url):
                parser.feed_data(REQUEST)

        parser = httptools.HttpRequestParser(Protocol())
        with self.assertRaises(httptools.HttpParserCallbackError) as caught:
            parser.feed_data(REQUEST)
        self.assertIsInstance(caught.exception.__context__, RuntimeError)

    def test_initializing_it_anew_is_an_error(self):
        class Protocol:
            def on_url(self, url):
                parser.__init__(None)

        parser = httptools.HttpRequestParser(Protocol())
        with self.assertRaises(httptools.HttpParserCallbackError) as caught:
            parser.feed_data(REQUEST)
        self.assertIsInstance(caught.exception.__context__, RuntimeError)

    def test_feeding_another_is_allowed(self):
        class Outer(Recorder):
            def on_body(self, body):
                inner.feed_data(REQUEST)
                super().on_body(body)

        recorder = Recorder()
        inner = httptools.HttpRequestParser(recorder)
        outer = Outer()
        httptools.HttpRequestParser(outer).feed_data(REQUEST)
        self.assertEqual((outer.completed, recorder.completed), (1, 1))

    def test_dropping_it_loses_nothing(self):
        class Protocol(Recorder):
            def on_url(self, url):
                holder.clear()

        protocol = Protocol()
        holder = [httptools.HttpRequestParser(protocol)]
        holder[0].feed_data(REQUEST)
        self.assertEqual(protocol.completed, 1)

    def test_changing_the_data_changes_nothing(self):
        data = bytearray(REQUEST)

        class Protocol(Recorder):
            def on_url(self, url):
                data[:] = b"x" * 100

        protocol = Protocol()
        httptools.HttpRequestParser(protocol).feed_data(data)
        self.assertEqual(protocol.bodies, [b"hello"])

    def test_initializing_it_anew_afterwards_begins_anew(self):
        parser = httptools.HttpRequestParser(None)
        parser.set_dangerous_leniencies(lenient_version=True)
        with self.assertRaises(httptools.HttpParserError):
            parser.feed_data(b"nonsense")
        recorder = Recorder()
        parser.__init__(recorder)
        parser.feed_data(REQUEST)
        self.assertEqual(recorder.completed, 1)
        with self.assertRaises(httptools.HttpParserError):
            parser.feed_data(b"GET / HTTP/3.7\r\n\r\n")

    def test_without_its_init_it_says_so(self):
        class Parser(httptools.HttpRequestParser):
            def __init__(self):
                pass

        with self.assertRaisesRegex(RuntimeError, "__init__"):
            Parser().feed_data(REQUEST)
        parser = httptools.HttpRequestParser.__new__(httptools.HttpRequestParser)
        self.assertEqual(parser.get_http_version(), "0.0")


class FromThreads(unittest.TestCase):
    def test_another_thread_is_refused_while_one_feeds(self):
        entered, leave = threading.Event(), threading.Event()

        class Protocol(Recorder):
            def on_url(self, url):
                entered.set()
                leave.wait()

        protocol = Protocol()
        parser = httptools.HttpRequestParser(protocol)
        thread = threading.Thread(target=parser.feed_data, args=(REQUEST,))
        thread.start()
        entered.wait()
        try:
            with self.assertRaisesRegex(RuntimeError, "another thread"):
                parser.feed_data(REQUEST)
            self.assertEqual(parser.get_method(), b"POST")
            parser.should_keep_alive()
        finally:
            leave.set()
            thread.join()
        self.assertEqual((protocol.completed, protocol.bodies), (1, [b"hello"]))

    def test_many_threads_that_feed_lose_nothing_that_was_taken(self):
        protocol = Recorder()
        parser = httptools.HttpRequestParser(protocol)
        fed = []

        def feed():
            for _ in range(500):
                try:
                    parser.feed_data(REQUEST)
                except RuntimeError:
                    continue
                fed.append(1)

        threads = [threading.Thread(target=feed) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(protocol.completed, len(fed))
        self.assertEqual(len(protocol.bodies), len(fed))


if __name__ == "__main__":
    unittest.main()
