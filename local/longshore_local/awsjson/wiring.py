"""A real SDK client without a socket: its requests go to an exchange in the same process."""

from collections.abc import Callable
from typing import Protocol, cast

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError
from botocore.hooks import BaseEventHooks

from longshore_local.awsjson.errors import NoAnswerError
from longshore_local.awsjson.exchange import Answer, Exchange


class Client(Protocol):
    """Any botocore client."""

    @property
    def meta(self) -> "Meta":
        """What a client says about itself."""
        ...


class Meta(Protocol):
    """The part of a client that takes event handlers."""

    @property
    def events(self) -> BaseEventHooks:
        """The hooks a client calls on its way."""
        ...


def connect(client: Client, exchange: Exchange) -> None:
    """Let an exchange answer everything that a client sends.

    Validation, signing, parsing, errors and paginators stay botocore's own.
    """

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        url = str(request.url)
        try:
            return _response(url, exchange.answer(headers, _bytes(request.body)))
        except NoAnswerError as error:
            raise ConnectionClosedError(endpoint_url=url) from error

    # The stubs do not say that the first answer of a "before-send" handler replaces the request.
    client.meta.events.register("before-send", cast("Callable[..., None]", answer))


def _response(url: str, answer: Answer) -> AWSResponse:
    headers = HTTPHeaders()
    headers.add_header("content-type", answer.content_type)
    headers.add_header("content-length", str(len(answer.body)))
    return AWSResponse(url, answer.status, headers, _Raw(answer.body))


class _Raw:
    """The raw stream that botocore expects of its HTTP library."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: object) -> list[bytes]:
        return [self._body]


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value or "").encode()
