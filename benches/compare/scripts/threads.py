"""The same work in several threads."""

import threading


def in_threads(number, work):
    """A function that does `work` so many times in each of `number` threads."""

    def run(count):
        def repeat():
            for _ in range(count):
                work()

        threads = [threading.Thread(target=repeat) for _ in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run
