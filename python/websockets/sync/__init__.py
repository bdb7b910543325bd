"""The threads' side of websockets."""
