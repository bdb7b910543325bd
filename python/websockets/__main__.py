"""`python -m websockets`: see websockets.cli."""

from websockets.cli import main

if __name__ == "__main__":
    main()
