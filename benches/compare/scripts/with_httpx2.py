"""httpx2, which has httpx's interface."""

import sys

import httpx2

sys.modules["httpx"] = httpx2

from with_httpx import *  # noqa: E402, F403
