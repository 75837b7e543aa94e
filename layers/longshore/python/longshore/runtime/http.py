"""Requests of a Lambda Function URL, and the JSON answers to them.

The shape is that of version 2.0 payloads:
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
Who asks is known from IAM alone: the URL admits only signed requests, and Lambda puts the ARN of
who signed into the request's context, where no client can write.
"""

import json
from base64 import b64decode
from binascii import Error as NotBase64Error
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypedDict

from longshore.events.documents import parse_document

LARGEST_BODY = 256 * 1024
"""Bytes; more than a configuration that fits into the ledger can take."""


class HttpAnswer(TypedDict):
    """What Lambda makes a response of."""

    statusCode: int
    headers: dict[str, str]
    body: str


class HttpError(Exception):
    """A request that is answered with an error and the next step for who sent it."""

    def __init__(self, status: HTTPStatus, message: str, next_step: str) -> None:
        """Keep what the answer says."""
        super().__init__(message)
        self.status = status
        self.next_step = next_step


@dataclass(frozen=True, slots=True)
class Request:
    """A request by someone who is known."""

    method: str
    path: str
    actor: str
    body: Mapping[str, object]


def read_request(event: Mapping[str, Any]) -> Request:
    """Return the request of an invocation; raise HttpError."""
    context = event.get("requestContext", {})
    return Request(
        method=str(context.get("http", {}).get("method", "")),
        path=str(event.get("rawPath", "")),
        actor=_actor(context),
        body=_document(_body(event)),
    )


def respond(status: HTTPStatus, document: Mapping[str, object]) -> HttpAnswer:
    """Return an answer; nobody between may keep it."""
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return {"statusCode": int(status), "headers": headers, "body": json.dumps(document)}


def refuse(error: HttpError) -> HttpAnswer:
    """Return the answer that says what failed and what to do next."""
    return respond(error.status, {"error": str(error), "next": error.next_step})


def _actor(context: Mapping[str, Any]) -> str:
    arn = ((context.get("authorizer") or {}).get("iam") or {}).get("userArn")
    if isinstance(arn, str) and arn:
        return arn
    raise HttpError(
        HTTPStatus.FORBIDDEN,
        "the request is not signed by an IAM identity",
        "sign it with SigV4, as the longshore command does",
    )


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    body = _decoded(text) if event.get("isBase64Encoded") else str(text).encode()
    if len(body) > LARGEST_BODY:
        raise HttpError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the body is {len(body)} bytes long, the limit is {LARGEST_BODY}",
            "split the application into several",
        )
    return body


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (NotBase64Error, ValueError) as error:
        raise _bad("the body is announced as base64 and is not") from error


def _document(body: bytes) -> Mapping[str, object]:
    try:
        return parse_document(body)
    except ValueError as error:
        raise _bad(f"the body is not a JSON object: {error}") from error


def _bad(message: str) -> HttpError:
    return HttpError(HTTPStatus.BAD_REQUEST, message, "send JSON, as the longshore command does")
