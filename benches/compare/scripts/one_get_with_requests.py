"""As one_get.py, with requests."""

import sys

import requests

print(requests.get(f"{sys.argv[1]}/json").json())
