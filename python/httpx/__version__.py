"""httpx.__version__"""

from _httpx import __version__

from httpx import __description__, __title__
