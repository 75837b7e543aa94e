"""HTTP beside the API calls: by the proxy and the certificates that botocore would use."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from botocore.awsrequest import AWSRequest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectionError,  # noqa: A004  # botocore's own root of what a network does
    HTTPClientError,
    ReadTimeoutError,
)
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from longshore import __version__
from longshore_cli.access import Access

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class NoAnswerError(Exception):
    """A request went out and nothing came back: what it asked for may have happened."""


class UnreachableError(Exception):
    """A request did not get through."""


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    return urlsplit(url).hostname in _LOOPBACK


def http_session(access: Access, url: str, patience: int) -> URLLib3Session:
    """Return what sends requests to a URL; `patience` is in seconds, to connect and to wait."""
    bundle = access.session.get_config_variable("ca_bundle")
    return URLLib3Session(
        verify=bundle or True,
        proxies={} if is_loopback(url) else get_environ_proxies(url),
        timeout=patience,
    )


def post(access: Access, request: AWSRequest, patience: int) -> tuple[int, Mapping[str, object]]:
    """Send a request; return the status, and the document that was answered, empty if none was.

    Raises:
        NoAnswerError, UnreachableError: nothing was answered.
    """
    url = str(request.url)
    try:
        response = http_session(access, url, patience).send(request.prepare())
    except (ConnectionClosedError, ReadTimeoutError) as error:
        raise NoAnswerError from error
    except (ConnectionError, HTTPClientError) as error:
        raise UnreachableError(str(error)) from error
    return response.status_code, _document(response.content)


def to_post(url: str, body: bytes, headers: Mapping[str, str]) -> AWSRequest:
    """Return a request that says who sends it."""
    request = AWSRequest("POST", url, data=body, headers=dict(headers))
    request.headers["User-Agent"] = f"longshore/{__version__}"
    return request


def _document(data: bytes) -> Mapping[str, object]:
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        answer = None
    return answer if isinstance(answer, dict) else {}
