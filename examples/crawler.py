"""Visits every page of a site: a few at once, and not too many a second.

    tauraro run examples/crawler.py [URL]

Without a URL it visits a site of its own.
"""

import asyncio
import re
import sys

import httpx
from local_site import local_site

LINK = re.compile(r'href="([^"]+)"')
AT_ONCE = 5
PER_SECOND = 100


class Pace:
    """Lets pass one every so often, in the order of their coming."""

    def __init__(self, per_second):
        self.interval = 1 / per_second
        self.next = 0

    async def wait(self):
        now = asyncio.get_running_loop().time()
        turn = max(now, self.next)
        self.next = turn + self.interval
        await asyncio.sleep(turn - now)


class Crawler:
    def __init__(self, client, tasks):
        self.client = client
        self.tasks = tasks
        self.slots = asyncio.Semaphore(AT_ONCE)
        self.pace = Pace(PER_SECOND)
        self.pages = {}

    def find(self, url):
        """Visits a page unless it is known, or belongs to another host."""
        if url not in self.pages and url.host == self.client.base_url.host:
            self.pages[url] = None
            self.tasks.create_task(self.visit(url))

    async def visit(self, url):
        async with self.slots:
            await self.pace.wait()
            response = await self.client.get(url)
        self.pages[url] = response.status_code
        for link in LINK.findall(response.text):
            self.find(response.url.join(link))


async def crawl(start):
    """The status of every page that can be reached, by its URL."""
    async with httpx.AsyncClient(base_url=start, follow_redirects=True) as client:
        # Ends when the last page has been visited; an error of one cancels the others.
        async with asyncio.TaskGroup() as tasks:
            crawler = Crawler(client, tasks)
            crawler.find(httpx.URL(start))
    return crawler.pages


def main():
    if len(sys.argv) == 2:
        pages = asyncio.run(crawl(sys.argv[1]))
    else:
        with local_site() as site:
            pages = asyncio.run(crawl(f"{site}/page/1"))
    for url, status in pages.items():
        print(status, url.path)
    print(f"{len(pages)} pages")


main()
