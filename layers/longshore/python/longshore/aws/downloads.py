"""What lies under a link that AWS gave, such as a blob of ECR in S3."""

from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

LARGEST = 1024 * 1024
"""Bytes. An image's configuration has a few thousand."""
TIMEOUT = 3.0
"""Seconds."""

_OK = 200


def download(url: str) -> bytes:
    """Return what lies under a link; raise OSError, also for what is too large."""
    try:
        reply = PoolManager().request(
            "GET", url, timeout=TIMEOUT, retries=False, preload_content=False
        )
        content = reply.read(LARGEST + 1)
        reply.release_conn()
    except HTTPError as error:
        raise OSError(f"the link gave no answer: {type(error).__name__}") from None
    if reply.status != _OK or len(content) > LARGEST:
        raise OSError(f"the link answered with status {reply.status}, {len(content)} bytes")
    return content
