"""What can befall a request to AWS on its way, and how AWS words what it refuses.

Error shapes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
and the "Common Errors" of each service's API reference.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import parse_qs
from uuid import uuid4

from longshore_local.awsjson.exchange import Answer

SCOPE = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/(?P<service>[^/]+)/aws4_request")
ATTEMPT = re.compile(r"attempt=(\d+)")

INTERNAL = {
    "dynamodb": "InternalServerError",
    "ecr": "ServerException",
    "ecs": "ServerException",
    "events": "InternalException",
}
"""Each service's own name for a failure inside AWS; the others say InternalFailure."""

THROTTLES = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "sns": "Throttling",
    "sqs": "RequestThrottled",
}
"""Likewise for too many requests; the others say ThrottlingException."""


class Fault(StrEnum):
    """What befalls a request."""

    ERROR = "answered 500"
    UNAVAILABLE = "answered 503"
    THROTTLED = "throttled"
    BUSY = "family is busy"
    CUT = "cut off before it arrived"
    LOST = "reply lost"
    LATE = "reply too late"

    @property
    def arrives(self) -> bool:
        """Whether the request reaches AWS all the same."""
        return self in {Fault.LOST, Fault.LATE}


@dataclass(frozen=True, slots=True)
class Request:
    """A request by what it asks for; `attempt` counts the SDK's own attempts at an `invocation`."""

    service: str
    operation: str
    invocation: str
    attempt: int
    content_type: str
    body: bytes = field(repr=False)

    @property
    def action(self) -> str:
        return f"{self.service}:{self.operation}"


def request_of(headers: Mapping[str, str], body: bytes) -> Request:
    """Read a signed request of AWS's JSON or query protocol; `headers` has lower-case names."""
    scope = SCOPE.search(headers.get("authorization", ""))
    attempt = ATTEMPT.search(headers.get("amz-sdk-request", ""))
    return Request(
        service=scope["service"] if scope else "",
        operation=_operation(headers, body),
        invocation=headers.get("amz-sdk-invocation-id", ""),
        attempt=int(attempt[1]) if attempt else 1,
        content_type=headers.get("content-type", ""),
        body=body,
    )


def _operation(headers: Mapping[str, str], body: bytes) -> str:
    target = headers.get("x-amz-target")
    if target is not None:
        return target.rpartition(".")[2]
    return parse_qs(body.decode(errors="replace")).get("Action", [""])[0]


def refusal(request: Request, fault: Fault) -> Answer:
    """Return what AWS answers instead of doing what it is asked."""
    match fault:
        case Fault.ERROR:
            code = INTERNAL.get(request.service, "InternalFailure")
            return _error(request, code, "An internal error occurred.", status=500)
        case Fault.UNAVAILABLE:  # by whatever stands before the service, in no service's words
            return Answer(503, "text/html", b"<html><body>Service Unavailable</body></html>")
        case Fault.THROTTLED:
            return _throttle(request)
        case Fault.BUSY:
            return _error(
                request,
                "ClientException",
                "Too many concurrent attempts to create a new revision of the specified family.",
            )
        case Fault.CUT | Fault.LOST | Fault.LATE:
            raise ValueError(f"there is no answer to a request that met this: {fault}")


def _throttle(request: Request) -> Answer:
    if request.operation == "TransactWriteItems":
        return _conflict(request)
    code = THROTTLES.get(request.service, "ThrottlingException")
    return _error(request, code, "Rate exceeded")


def _conflict(request: Request) -> Answer:
    """Refuse a transaction because of another one under way: a reason for each of its items."""
    items = json.loads(request.body)["TransactItems"]
    meant = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
    reasons = [meant, *({"Code": "None"} for _ in items[1:])]
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons [{codes}]"
    document = {"message": message, "CancellationReasons": reasons}
    return _json(request, "TransactionCanceledException", document)


def _error(request: Request, code: str, message: str, *, status: int = 400) -> Answer:
    if request.content_type.startswith("application/x-amz-json"):
        return _json(request, code, {"message": message}, status=status)
    blame = "Sender" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "Receiver"
    document = (
        f"<ErrorResponse><Error><Type>{blame}</Type><Code>{code}</Code>"
        f"<Message>{message}</Message></Error><RequestId>{uuid4()}</RequestId></ErrorResponse>"
    )
    return Answer(status, "text/xml", document.encode())


def _json(
    request: Request, code: str, document: Mapping[str, object], *, status: int = 400
) -> Answer:
    text = json.dumps({"__type": code, **document})
    return Answer(status, request.content_type, text.encode())
