"""Uploads a large file as it is read, and shows how far it is.

    tauraro run examples/uploader.py [FILE URL]

Without a file it makes one, and uploads it to a site of its own.
"""

import hashlib
import os
import sys
import tempfile

import httpx
from local_site import local_site

MIB = 1 << 20


def pieces(path):
    """The file, piece by piece: the next one is asked for when the server has taken the last."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        while piece := file.read(MIB):
            yield piece
            if sys.stderr.isatty():
                print(f"\r{file.tell() * 100 // size:3} %", end="", file=sys.stderr, flush=True)


def upload(path, url):
    """Sends the file with its length, so that it need not be chunked."""
    headers = {"Content-Length": str(os.path.getsize(path))}
    timeout = httpx.Timeout(10, write=60)
    response = httpx.put(url, content=pieces(path), headers=headers, timeout=timeout)
    return response.raise_for_status()


def main():
    if len(sys.argv) == 3:
        print(upload(*sys.argv[1:]).text)
        return
    with local_site() as site, tempfile.NamedTemporaryFile() as file:
        for _ in range(32):
            file.write(os.urandom(MIB))
        file.flush()
        answer = upload(file.name, f"{site}/upload").json()
        with open(file.name, "rb") as same:
            digest = hashlib.file_digest(same, "sha256").hexdigest()
        print(f"Uploaded {answer['size'] // MIB} MiB")
        print("They arrived whole" if answer["sha256"] == digest else "They arrived damaged")


main()
