"""Downloads a file piece by piece, and shows how far it is.

    tauraro run examples/downloader.py [URL FILE]

Without a URL it downloads from a site of its own.
"""

import os
import sys
import tempfile

import httpx
from local_site import local_site

MIB = 1 << 20
WIDTH = 40


def download(url, path):
    """Writes what is at `url` to `path`; at no time is more than a piece of it in memory."""
    with httpx.stream("GET", url, follow_redirects=True) as response:
        response.raise_for_status()
        total = int(response.headers.get("Content-Length", 0))
        with open(path, "wb") as file:
            for piece in response.iter_bytes():
                file.write(piece)
                # What came over the wire, which is less than what was written if it is compressed.
                show(response.num_bytes_downloaded, total)


def show(received, total):
    """Draws the progress over itself. Nobody looks when it is no terminal."""
    if not sys.stderr.isatty():
        return
    filled = WIDTH * received // total if total else 0
    bar = "#" * filled + "-" * (WIDTH - filled)
    print(f"\r[{bar}] {received / MIB:.1f} MiB", end="", file=sys.stderr, flush=True)


def main():
    if len(sys.argv) == 3:
        download(*sys.argv[1:])
        return
    with local_site() as site, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        download(f"{site}/file", path)
        print(f"Downloaded {os.path.getsize(path) // MIB} MiB")


main()
