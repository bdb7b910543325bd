"""What a `http.cookiejar.CookieJar` needs to meet requests and responses.

Imported with the first jar, which imports everything that is imported here.
"""

import email.message
import urllib.request


class _Response:
    def __init__(self, fields):
        self._message = email.message.Message()
        for field in fields:
            self._message["Set-Cookie"] = field

    def info(self):
        return self._message


def extract(jar, url, fields):
    """Takes in the Set-Cookie fields of a response, by the jar's policy."""
    jar.extract_cookies(_Response(fields), urllib.request.Request(url))


def header(jar, url):
    """The Cookie field of a request, or None."""
    request = urllib.request.Request(url)
    jar.add_cookie_header(request)
    return request.get_header("Cookie")
