"""Prints how long the first import of a package takes, in seconds. Argument: PACKAGE."""

import sys
import time

started = time.perf_counter()
__import__(sys.argv[1])
print(time.perf_counter() - started)
