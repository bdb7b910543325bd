"""Files in a form, alone and beside other fields."""

import os
import tempfile

import httpx
from loopback import http_server

with tempfile.TemporaryDirectory() as folder, http_server() as url:
    os.chdir(folder)
    for name in ("document.pdf", "image.jpg"):
        with open(name, "w") as file:
            file.write(f"This is {name}")

    # Upload a file
    files = {"file": open("document.pdf", "rb")}
    response = httpx.post(f"{url}/upload", files=files)
    print(response.json()["body"])

    # Upload with additional data
    files = {"file": open("image.jpg", "rb")}
    data = {"description": "Profile picture"}
    response = httpx.post(f"{url}/upload", files=files, data=data)
    print(response.json()["body"])
    print(response.json()["headers"]["content-type"].partition(";")[0])
