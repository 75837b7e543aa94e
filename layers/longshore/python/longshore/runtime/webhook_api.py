"""The webhook's one route: what a Git host is answered, and what the operator is told.

Who sends learns nothing that helps to guess: not what was wrong, not what there is. The reason
stands in the log and beside the metric.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64Error
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from longshore.domain.errors import Conflict, LongshoreError, Throttled, UnknownReply
from longshore.domain.pushes import Ignored, Ping, Provider
from longshore.runtime.http import HttpAnswer, respond
from longshore.runtime.observability import WEBHOOKS_REFUSED, WORK_FAILED, Journal
from longshore.usecases.push_ports import ReceivePorts
from longshore.usecases.receive_push import (
    Accepted,
    Delivery,
    MalformedError,
    NotAcceptedError,
    Received,
    TooLongError,
    UnknownRepositoryError,
    UnverifiedError,
    receive_push,
)

LARGEST_BODY = 1024 * 1024
"""Bytes; what is longer is not even looked at."""

_PATH = re.compile(r"(?:/[!-~]{1,200})?/v1/git/([a-z]{1,20})")
_STATUS: Mapping[type[NotAcceptedError], HTTPStatus] = {
    UnverifiedError: HTTPStatus.UNAUTHORIZED,
    MalformedError: HTTPStatus.BAD_REQUEST,
    TooLongError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnknownRepositoryError: HTTPStatus.NOT_FOUND,
}
_SAID: Mapping[HTTPStatus, str] = {
    HTTPStatus.NOT_FOUND: "not found",
    HTTPStatus.SERVICE_UNAVAILABLE: "try again",
    HTTPStatus.INTERNAL_SERVER_ERROR: "failed",
}


class _RefusedError(Exception):
    """A request that is no delivery yet; the text is for the operator."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def answer_delivery(event: Mapping[str, Any], ports: ReceivePorts, journal: Journal) -> HttpAnswer:
    """Answer a delivery; never raises."""
    try:
        received = receive_push(_delivery(event), ports)
    except (_RefusedError, LongshoreError) as error:
        return _refuse(error, journal)
    except Exception as error:  # noqa: BLE001  what raises here would be a bare 500 of Lambda
        journal.fail("delivery failed", error)
        journal.count(WORK_FAILED, kind=type(error).__name__)
        return _said(HTTPStatus.INTERNAL_SERVER_ERROR)
    return _answer(received, journal)


def _answer(received: Received, journal: Journal) -> HttpAnswer:
    match received:
        case Accepted():
            outcome = "accepted" if received.new else "duplicate"
            journal.note(
                "push received",
                outcome=outcome,
                sent=received.sent,
                push=received.hash,
                repository=str(received.push.repository),
                refs=[change.ref for change in received.push.refs],
                pusher=received.push.pusher,
            )
            status = HTTPStatus.ACCEPTED if received.new else HTTPStatus.OK
            return respond(status, {"outcome": outcome, "push": received.hash})
        case Ping():
            journal.note("ping received")
            return respond(HTTPStatus.OK, {"outcome": "pong"})
        case Ignored(reason):
            journal.note("delivery ignored", reason=reason)
            return respond(HTTPStatus.OK, {"outcome": "ignored", "reason": reason})


def _refuse(error: _RefusedError | LongshoreError, journal: Journal) -> HttpAnswer:
    status = _status(error)
    journal.warn("delivery refused", status=int(status), reason=str(error))
    journal.count(WEBHOOKS_REFUSED, status=str(int(status)), reason=str(error))
    return _said(status)


def _status(error: _RefusedError | LongshoreError) -> HTTPStatus:
    match error:
        case _RefusedError():
            return error.status
        case NotAcceptedError():
            return _STATUS[type(error)]
        case Throttled() | UnknownReply() | Conflict():
            return HTTPStatus.SERVICE_UNAVAILABLE
        case _:
            return HTTPStatus.INTERNAL_SERVER_ERROR


def _said(status: HTTPStatus) -> HttpAnswer:
    return respond(status, {"error": _SAID.get(status, "not accepted")})


# ── from an invocation to a delivery ──────────────────────────────────────────────────────────


def _delivery(event: Mapping[str, Any]) -> Delivery:
    """Return the delivery of an invocation, the cheapest checks first."""
    body = _body(event)
    provider = _provider(event)
    headers = _headers(event)
    encoding = headers.get("content-encoding", "identity")
    if encoding.strip().lower() != "identity":
        reason = "the body is compressed: no host does that"
        raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, reason)
    return Delivery(provider, headers, body)


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    if not isinstance(text, str):
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "the body is no text")
    in_base64 = bool(event.get("isBase64Encoded"))
    if len(text) > LARGEST_BODY * (2 if in_base64 else 1):
        raise _too_large()
    body = _bytes_of(text, in_base64=in_base64)
    if len(body) > LARGEST_BODY:
        raise _too_large()
    return body


def _bytes_of(text: str, *, in_base64: bool) -> bytes:
    try:
        return b64decode(text, validate=True) if in_base64 else text.encode()
    except (NotBase64Error, ValueError):
        reason = "the body is not the base64 that it is announced as, or no text"
        raise _RefusedError(HTTPStatus.BAD_REQUEST, reason) from None


def _too_large() -> _RefusedError:
    reason = f"the body is longer than {LARGEST_BODY} bytes"
    return _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)


def _provider(event: Mapping[str, Any]) -> Provider:
    """Return the host of the path; a domain of one's own may put something before it."""
    match = _PATH.fullmatch(str(event.get("rawPath", "")))
    if match is None or match[1] not in set(Provider):
        raise _RefusedError(HTTPStatus.NOT_FOUND, "the path names no host that is known")
    return Provider(match[1])


def _headers(event: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the headers by names in small letters; what is no text is left out."""
    given = event.get("headers") or {}
    headers: dict[str, str] = {}
    for name, value in given.items():
        key = str(name).lower()
        if isinstance(value, str):
            headers[key] = f"{headers[key]},{value}" if key in headers else value
    return headers
