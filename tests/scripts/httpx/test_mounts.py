"""`mounts`: which transport takes which URL."""

import unittest

import httpx


def named(name):
    return httpx.MockTransport(lambda request: httpx.Response(200, text=name))


def client(*patterns, **options):
    """A client with a mount for each pattern; its answers tell which one took them."""
    mounts = {pattern: named(pattern) for pattern in patterns}
    return httpx.Client(transport=named("default"), mounts=mounts, **options)


class Patterns(unittest.TestCase):
    #: A pattern, URLs that it means, and some that it does not.
    CASES = {
        "all://": (["http://h/", "https://h:1/"], []),
        "http://": (["http://h/", "http://other:81/"], ["https://h/"]),
        "https://h": (["https://h/", "https://h:444/"], ["http://h/", "https://sub.h/"]),
        "all://h:81": (["http://h:81/", "https://h:81/"], ["http://h/", "http://h:82/"]),
        # The port of the scheme itself is none.
        "http://h:80": (["http://h/", "http://h:81/"], ["https://h/"]),
        "all://*.h.example": (["http://a.h.example/", "http://a.b.h.example/"], ["http://h.example/"]),
        "all://*h.example": (["http://h.example/", "http://a.h.example/"], ["http://ah.example/"]),
        "all://*": (["http://h/"], []),
    }

    def test_what_each_means(self):
        for pattern, (inside, outside) in self.CASES.items():
            mounted = client(pattern)
            for url in inside:
                with self.subTest(pattern, url=url):
                    self.assertEqual(mounted.get(url).text, pattern)
            for url in outside:
                with self.subTest(pattern, url=url):
                    self.assertEqual(mounted.get(url).text, "default")

    def test_the_most_specific_wins(self):
        mounted = client("all://", "http://", "http://h.example", "all://*.example", "all://h.example:81")
        cases = {
            "https://x/": "all://",
            "http://x/": "http://",
            "http://a.example/": "all://*.example",
            "http://h.example/": "http://h.example",
            "http://h.example:81/": "all://h.example:81",
        }
        for url, expected in cases.items():
            with self.subTest(url):
                self.assertEqual(mounted.get(url).text, expected)

    def test_a_pattern_needs_its_colon_and_slashes(self):
        with self.assertRaises(ValueError):
            client("http")

    def test_none_is_the_default_transport(self):
        mounts = {"all://": named("all"), "all://h": None}
        mounted = httpx.Client(transport=named("default"), mounts=mounts)
        self.assertEqual(mounted.get("http://h/").text, "default")
        self.assertEqual(mounted.get("http://other/").text, "all")

    def test_mounts_are_there_beside_a_proxy(self):
        mounted = httpx.Client(mounts={"all://h": named("mount")}, proxy="http://127.0.0.1:1")
        self.assertEqual(mounted.get("http://h/").text, "mount")
        with self.assertRaises(httpx.ConnectError):
            mounted.get("http://other/")


class Life(unittest.IsolatedAsyncioTestCase):
    def test_they_are_entered_and_closed_with_the_client(self):
        calls = []

        class Transport(httpx.BaseTransport):
            def handle_request(self, request):
                return httpx.Response(200)

            def __enter__(self):
                calls.append("enter")
                return super().__enter__()

            def __exit__(self, *args):
                calls.append("exit")
                super().__exit__(*args)

            def close(self):
                calls.append("close")

        with httpx.Client(mounts={"http://": Transport()}) as mounted:
            mounted.get("http://h/")
        self.assertEqual(calls, ["enter", "exit", "close"])
        calls.clear()
        httpx.Client(mounts={"http://": Transport()}).close()
        self.assertEqual(calls, ["close"])

    async def test_an_async_client_has_them_too(self):
        async with httpx.AsyncClient(mounts={"all://h": named("mount")}) as mounted:
            self.assertEqual((await mounted.get("http://h/")).text, "mount")

    def test_a_redirect_chooses_anew(self):
        def away(request):
            return httpx.Response(302, headers={"Location": "http://other/"})

        mounts = {"all://h": httpx.MockTransport(away), "all://other": named("other")}
        with httpx.Client(mounts=mounts, follow_redirects=True) as mounted:
            self.assertEqual(mounted.get("http://h/").text, "other")


if __name__ == "__main__":
    unittest.main()
