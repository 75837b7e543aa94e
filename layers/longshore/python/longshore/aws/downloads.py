"""What lies under a link that AWS gave, such as a blob of ECR in S3.

Anybody may push a manifest that names a layer of gigabytes as its configuration, so nothing is read
beyond a size and a time.
"""

from time import monotonic

from urllib3 import BaseHTTPResponse, PoolManager
from urllib3.exceptions import HTTPError

LARGEST = 1024 * 1024
"""Bytes. An image's configuration has a few thousand."""
TIMEOUT = 3.0
"""Seconds to connect, and to wait for more."""
LONGEST = 5.0
"""Seconds that reading takes at most: a server that sends a little now and then keeps nobody."""

_OK = 200
_PART = 64 * 1024


def download(url: str) -> bytes:
    """Return what lies under a link; raise OSError, also for what is too large or too slow."""
    try:
        reply = PoolManager().request(
            "GET", url, timeout=TIMEOUT, retries=False, preload_content=False
        )
    except HTTPError as error:
        raise OSError(f"the link gave no answer: {type(error).__name__}") from None
    if reply.status != _OK:
        reply.close()
        raise OSError(f"the link answered with status {reply.status}")
    return read_body(reply)


def read_body(reply: BaseHTTPResponse) -> bytes:
    """Return the body of an answer that was not read yet, as it was sent, and close it.

    Raises OSError where it breaks off, is larger than `LARGEST`, or takes longer than `LONGEST`.
    """
    until, content = monotonic() + LONGEST, bytearray()
    try:
        while part := reply.read1(_PART, decode_content=False):
            content += part
            if len(content) > LARGEST:
                raise OSError(f"the link leads to more than {LARGEST} bytes")
            if monotonic() > until:
                raise OSError(f"the link sent no more than {len(content)} bytes in {LONGEST:g} s")
    except HTTPError as error:
        raise OSError(f"the link broke off: {type(error).__name__}") from None
    finally:
        reply.close()
    return bytes(content)
