"""`python -m httpx`: see httpx._main."""

from httpx._main import main

main()
