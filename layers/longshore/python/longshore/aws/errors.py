"""What botocore raises, translated into `longshore.domain.errors`.

What the tables here do not know is an outage or a defect and is raised as it came: the message
that caused it is tried again and ends among the dead letters, where a person sees it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectionError,  # noqa: A004  # botocore's own root of what a network does
    HTTPClientError,
    ParamValidationError,
    SSLError,
)

from longshore.aws.calls import AwsCall
from longshore.domain.errors import (
    Conflict,
    LongshoreError,
    NotPermitted,
    Refused,
    Throttled,
    UnknownReply,
)

_MOST_TEXT = 500

TRIED_AGAIN = "; it is tried again later"
"""How what is throttled ends: true of the functions, not of a command that a person runs."""

_THROTTLING = frozenset(
    {
        "BandwidthLimitExceeded",
        "KMSThrottling",
        "KMSThrottlingException",
        "KmsThrottled",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
"""Error codes, and reasons of a cancelled transaction, that ask for patience. Limits that waiting
does not lift, as ECS's LimitExceededException (too many revisions or tags), are not among them."""

_BUSY = frozenset(
    {
        ("codebuild", "AccountLimitExceededException"),
        ("codepipeline", "ConcurrentPipelineExecutionsLimitExceededException"),
        ("codepipeline", "ConflictException"),
    }
)
"""What one service calls it when something of the user's is at work: it ends by itself."""

_MEETINGS = frozenset({"TransactionConflict", "TransactionConflictException"})

_CONFLICTS = frozenset(
    {
        "ConditionalCheckFailed",
        "ConditionalCheckFailedException",
        "IdempotentParameterMismatchException",
    }
)
"""A token that was used for another content means that another attempt at this write came first."""

_DENIALS = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "KMSAccessDenied",
        "KMSAccessDeniedException",
        "KmsAccessDenied",
        "NotAuthorized",
        "UnauthorizedOperation",
    }
)

_BUSY_FAMILY = "too many concurrent attempts to create a new revision of the specified family"
"""ECS says this as a ClientException, which elsewhere means that the request itself is wrong."""

_IDENTITY = re.compile(r"\bUser: (?P<arn>\S+)")
_ACTION = re.compile(r"\bnot authorized to perform: (?P<action>[\w-]+:\w+)")
_RESOURCE = re.compile(r"\bon (?:the )?resource: (?P<resource>[^\s,]+)")
_CAUSE = re.compile(
    r"\b(?P<cause>because no .+ policy allows|with an explicit deny in an? .+ policy)\b"
)
_ASSUMED = re.compile(r"arn:[\w-]+:sts::\d*:assumed-role/(?P<role>[^/]+)/\S*")

_INVALID = re.compile(
    r"^(?:Missing required parameter in \S+: \"\w+\""
    r"|Unknown parameter in \S+: \"[\w-]+\""
    r"|Invalid (?:type|length|range) for parameter [^\s,]+)",
    re.MULTILINE,
)


class ConditionsFailed(Conflict):
    """A write, or a transaction, was not done because conditions of it did not hold.

    `held` names those of its items by their position, each with what the ledger holds in its place
    where the write asked for that, else None.
    """

    def __init__(self, message: str, held: Mapping[int, Mapping[str, Any] | None]) -> None:
        """Keep the items beside the sentence."""
        super().__init__(message)
        self.held = held


class Contended(Throttled):
    """A transaction was cancelled because another one was at the same item at that moment."""


def translated(error: ClientError | BotoCoreError, call: AwsCall) -> LongshoreError | None:
    """Return our error for one of botocore's, None when it should be raised as it is."""
    if isinstance(error, ClientError):
        return _of_answer(error, call)
    if isinstance(error, ParamValidationError):
        return Refused(
            f"{call.action} was not sent: {_invalid_parts(error)}", "ParamValidationError"
        )
    return _of_network(error, call)


def _of_network(error: BotoCoreError, call: AwsCall) -> LongshoreError | None:
    """Tell a request that never left from one whose answer never came.

    A time-out while connecting sent nothing. An answer that was not read, or a connection that
    was closed, says nothing about the request. A certificate that is not trusted stays an outage.
    """
    if isinstance(error, SSLError) or not isinstance(error, ConnectionError | HTTPClientError):
        return None
    unsent = isinstance(error, ConnectionError) and not isinstance(error, ConnectionClosedError)
    if unsent or call.repeatable:
        return Throttled(f"{call.action} got no answer: {type(error).__name__}{TRIED_AGAIN}")
    return _unknown(call, type(error).__name__)


def _of_answer(error: ClientError, call: AwsCall) -> LongshoreError:
    response: Mapping[str, Any] = error.response
    code = str(response.get("Error", {}).get("Code", "Unknown"))
    text = _text(response)
    if code == "TransactionCanceledException":
        return _of_reasons(response.get("CancellationReasons", ()), text, call)
    if code in _DENIALS or _ACTION.search(text):
        return NotPermitted(_denial(text, call))
    if code in _CONFLICTS:
        why = f"{call.action}: another writer was first ({code})"
        return ConditionsFailed(why, {0: response["Item"]}) if "Item" in response else Conflict(why)
    if (call.service, code) in _BUSY:
        return Throttled(f"{call.action} found it busy ({code}){TRIED_AGAIN}")
    if code in _THROTTLING or _BUSY_FAMILY in text.lower():
        return Throttled(f"{call.action} was slowed down by AWS ({code}){TRIED_AGAIN}")
    return _of_status(response, code, text, call)


def _of_status(response: Mapping[str, Any], code: str, text: str, call: AwsCall) -> LongshoreError:
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))
    if status == 429:  # noqa: PLR2004  # HTTP: too many requests
        return Throttled(f"{call.action} was slowed down by AWS ({code}){TRIED_AGAIN}")
    if status < 500 and code != "ServerException":  # noqa: PLR2004  # HTTP: the server's own fault
        return Refused(f"{call.action} was refused: {text or code}", code)
    if call.repeatable:
        return Throttled(f"{call.action} failed inside AWS ({code}){TRIED_AGAIN}")
    return _unknown(call, code)


def _of_reasons(reasons: Sequence[Mapping[str, Any]], text: str, call: AwsCall) -> LongshoreError:
    """Judge a cancelled transaction by the reasons of its items.

    A failed condition goes first: looking again helps whatever else was wrong.
    """
    each = [str(reason.get("Code", "None")) for reason in reasons]
    if not set(each) - {"None"}:  # older answers name the reasons in the text alone
        each = re.findall(r"[A-Z]\w+", text.partition("[")[2])
    failed = [position for position, code in enumerate(each) if code in _CONFLICTS]
    codes = set(each) - {"None"}
    if failed:
        held = {position: _item(reasons, position) for position in failed}
        return ConditionsFailed(f"{call.action}: another writer was first", held)
    if codes & _THROTTLING:
        why = f"{call.action} met another transaction ({_listed(codes)}){TRIED_AGAIN}"
        return Contended(why) if codes <= _MEETINGS else Throttled(why)
    said = "; ".join(str(reason["Message"]) for reason in reasons if reason.get("Message"))
    return Refused(
        f"{call.action} was cancelled ({_listed(codes)}): {said[:_MOST_TEXT] or text}",
        next(iter(sorted(codes)), "TransactionCanceledException"),
    )


def _item(reasons: Sequence[Mapping[str, Any]], position: int) -> Mapping[str, Any] | None:
    return reasons[position].get("Item") if position < len(reasons) else None


def _unknown(call: AwsCall, why: str) -> UnknownReply:
    return UnknownReply(
        f"{call.action} was sent and its answer is unknown ({why}): it may have taken effect"
    )


def _denial(text: str, call: AwsCall) -> str:
    """Say which permission is missing, on what, to whom, from AWS's sentence.

    AWS leaves out what it does not want to tell, so each part can be missing.
    """
    action, resource = _found(_ACTION, text), _found(_RESOURCE, text)
    identity, cause = _found(_IDENTITY, text), _found(_CAUSE, text)
    where = resource or "a resource that AWS did not name"
    sentence = f"{action or call.action} on {where} is not permitted to {_who(identity)}"
    if cause is not None:
        sentence += f", {cause}"
    return f"{sentence}: allow it there, then try again"


def _who(arn: str | None) -> str:
    if arn is None:
        return "an identity that AWS did not name"
    assumed = _ASSUMED.fullmatch(arn)
    return f"the role {assumed['role']}" if assumed else arn


def _found(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match.group(1) if match else None


def _invalid_parts(error: ParamValidationError) -> str:
    """Name the parameters that are wrong; their values stay out, they could be secrets."""
    parts = _INVALID.findall(str(error.kwargs.get("report", "")))
    return "; ".join(parts)[:_MOST_TEXT] or "a parameter has a wrong type"


def _text(response: Mapping[str, Any]) -> str:
    message = response.get("Error", {}).get("Message") or response.get("message") or ""
    return str(message)[:_MOST_TEXT]


def _listed(codes: set[str]) -> str:
    return ", ".join(sorted(codes)) or "no reason given"
