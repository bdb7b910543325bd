"""The server protocol of old versions of websockets, as far as uvicorn needs it.

It is kept for `uvicorn --ws websockets`; write nothing new for it.
"""

import warnings

warnings.warn("websockets.legacy is deprecated", DeprecationWarning, stacklevel=2)
