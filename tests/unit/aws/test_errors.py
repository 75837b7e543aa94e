"""What becomes of botocore's errors, as tables."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from longshore.aws.calls import AwsCall
from longshore.aws.errors import ConditionsFailed, Contended, translated
from longshore.domain.errors import (
    Conflict,
    LongshoreError,
    NotPermitted,
    Refused,
    Throttled,
    UnknownReply,
)

REGISTER = AwsCall("ecs", "RegisterTaskDefinition", {})
UPDATE = AwsCall("ecs", "UpdateService", {})
DESCRIBE = AwsCall("ecs", "DescribeServices", {})
TRANSACT = AwsCall("dynamodb", "TransactWriteItems", {})
PUT = AwsCall("dynamodb", "PutItem", {})
SEND = AwsCall("sqs", "SendMessageBatch", {})
PUBLISH = AwsCall("sns", "Publish", {})
IMAGES = AwsCall("ecr", "DescribeImages", {})

URL = "https://ecs.eu-central-1.amazonaws.com/"
ROLE = "arn:aws:sts::123456789012:assumed-role/longshore-ReconcilerRole-1ABC/longshore-Reconciler"
JO = "arn:aws:iam::123456789012:user/jo"
SERVICE = "arn:aws:ecs:eu-central-1:123456789012:service/prod/web"


def answered(code: str, message: str = "", status: int = 400, **more: object) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }
    return ClientError(answer, "AnyOperation")


def test_a_write_that_was_not_done_brings_what_is_there() -> None:
    item = {"pk": {"S": "push#1"}}
    error = answered("ConditionalCheckFailedException", "The conditional request failed", Item=item)

    found = translated(error, PUT)

    assert isinstance(found, ConditionsFailed)
    assert found.held == {0: item}
    bare = translated(answered("ConditionalCheckFailedException"), PUT)
    assert isinstance(bare, Conflict)
    assert not isinstance(bare, ConditionsFailed)


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("codepipeline", "ConflictException"),
        ("codepipeline", "ConcurrentPipelineExecutionsLimitExceededException"),
        ("codebuild", "AccountLimitExceededException"),
    ],
)
def test_a_pipeline_that_is_busy_is_asked_again(service: str, code: str) -> None:
    assert isinstance(translated(answered(code), AwsCall(service, "Start", {})), Throttled)
    assert isinstance(translated(answered(code), UPDATE), Refused)


def cancelled(*codes: str, **message: str) -> ClientError:
    reasons = [{"Code": code, **message} for code in codes]
    text = f"Transaction cancelled, please refer cancellation reasons for specific reasons {codes}"
    return answered("TransactionCanceledException", text, CancellationReasons=reasons)


PASS_ROLE = "You are not authorized to perform: iam:PassRole"
BUSY = "Too many concurrent attempts to create a new revision of the specified family."


@pytest.mark.parametrize(
    ("call", "error", "expected"),
    [
        (DESCRIBE, answered("ThrottlingException", "Rate exceeded"), Throttled),
        (REGISTER, answered("ThrottlingException", "Rate exceeded"), Throttled),
        (UPDATE, answered("ThrottlingException", "Rate exceeded"), Throttled),
        (REGISTER, answered("ClientException", BUSY), Throttled),
        (UPDATE, answered("ClientException", "TaskDefinition is inactive"), Refused),
        (REGISTER, answered("LimitExceededException", "Too many tags"), Refused),
        (REGISTER, answered("ServerException", "oops", 500), UnknownReply),
        (UPDATE, answered("ServerException", "oops", 500), UnknownReply),
        (UPDATE, answered("503", "Service Unavailable", 503), UnknownReply),
        (UPDATE, answered("ServerException", "oops", 400), UnknownReply),
        (DESCRIBE, answered("ServerException", "oops", 500), Throttled),
        (DESCRIBE, answered("ClusterNotFoundException", "Cluster not found."), Refused),
        (UPDATE, answered("ServiceNotActiveException", "Service was not ACTIVE."), Refused),
        (IMAGES, answered("ImageNotFoundException", "gone"), Refused),
        (IMAGES, answered("Whatever", "", 429), Throttled),
        (PUT, answered("ConditionalCheckFailedException", "failed"), Conflict),
        (PUT, answered("ProvisionedThroughputExceededException"), Throttled),
        (PUT, answered("TransactionConflictException"), Throttled),
        (PUT, answered("InternalServerError", "", 500), Throttled),
        (PUT, answered("ValidationException", "Item size has exceeded"), Refused),
        (TRANSACT, answered("TransactionInProgressException"), Throttled),
        (TRANSACT, answered("IdempotentParameterMismatchException"), Conflict),
        (TRANSACT, cancelled("None", "ConditionalCheckFailed"), ConditionsFailed),
        (TRANSACT, cancelled("TransactionConflict", "ConditionalCheckFailed"), ConditionsFailed),
        (TRANSACT, cancelled("None", "TransactionConflict"), Contended),
        (TRANSACT, cancelled("ThrottlingError"), Throttled),
        (TRANSACT, cancelled("ProvisionedThroughputExceeded", "None"), Throttled),
        (TRANSACT, cancelled("ValidationError"), Refused),
        (TRANSACT, cancelled("ItemCollectionSizeLimitExceeded"), Refused),
        (SEND, answered("KmsThrottled"), Throttled),
        (SEND, answered("QueueDoesNotExist", "no queue"), Refused),
        (SEND, answered("KmsAccessDenied", "denied"), NotPermitted),
        (PUBLISH, answered("AuthorizationError", "denied", 403), NotPermitted),
        (DESCRIBE, answered("AccessDeniedException", "denied"), NotPermitted),
        (DESCRIBE, answered("AccessDenied", "denied", 403), NotPermitted),
        (REGISTER, answered("ClientException", PASS_ROLE), NotPermitted),
        (DESCRIBE, answered("ExpiredTokenException", "expired", 403), Refused),
    ],
)  # fmt: skip
def test_an_answer_becomes_what_must_happen_next(
    call: AwsCall, error: ClientError, expected: type[LongshoreError]
) -> None:
    assert type(translated(error, call)) is expected


def test_a_cancelled_transaction_names_the_items_whose_conditions_failed() -> None:
    held = {"pk": {"S": "bucket"}}
    reasons = [
        {"Code": "ConditionalCheckFailed", "Item": held},
        {"Code": "None"},
        {"Code": "TransactionConflict"},
        {"Code": "ConditionalCheckFailed"},
    ]
    error = answered("TransactionCanceledException", CancellationReasons=reasons)

    found = translated(error, TRANSACT)

    assert isinstance(found, Conflict)
    assert isinstance(found, ConditionsFailed)
    assert found.held == {0: held, 3: None}


def test_items_are_named_although_the_reasons_stand_in_the_text_alone() -> None:
    text = "specific reasons [None, ConditionalCheckFailed]"

    found = translated(answered("TransactionCanceledException", text), TRANSACT)

    assert isinstance(found, ConditionsFailed)
    assert found.held == {1: None}


@pytest.mark.parametrize(
    ("error", "of_a_read", "of_an_ecs_write"),
    [
        (ConnectTimeoutError(endpoint_url=URL), Throttled, Throttled),
        (EndpointConnectionError(endpoint_url=URL), Throttled, Throttled),
        (ProxyConnectionError(proxy_url=URL), Throttled, Throttled),
        (ReadTimeoutError(endpoint_url=URL), Throttled, UnknownReply),
        (ConnectionClosedError(endpoint_url=URL), Throttled, UnknownReply),
        (HTTPClientError(error="whatever"), Throttled, UnknownReply),
        (SSLError(endpoint_url=URL, error=ValueError("self-signed")), type(None), type(None)),
        (NoCredentialsError(), type(None), type(None)),
    ],
)
def test_silence_is_told_from_a_request_that_never_left(
    error: BotoCoreError, of_a_read: type, of_an_ecs_write: type
) -> None:
    assert type(translated(error, DESCRIBE)) is of_a_read
    assert type(translated(error, TRANSACT)) is of_a_read
    assert type(translated(error, UPDATE)) is of_an_ecs_write
    assert type(translated(error, REGISTER)) is of_an_ecs_write


def test_a_refusal_keeps_the_code_and_the_words_of_aws() -> None:
    error = translated(answered("ServiceNotFoundException", "Service not found."), UPDATE)

    assert isinstance(error, Refused)
    assert error.code == "ServiceNotFoundException"
    assert str(error) == "ecs:UpdateService was refused: Service not found."


def test_a_refusal_without_words_says_its_code() -> None:
    error = translated(answered("ServiceNotFoundException"), UPDATE)

    assert str(error) == "ecs:UpdateService was refused: ServiceNotFoundException"


def test_long_words_are_cut() -> None:
    error = translated(answered("ClientException", "x" * 10_000), UPDATE)

    assert len(str(error)) < 600


def test_a_cancelled_transaction_that_is_refused_says_why() -> None:
    error = translated(cancelled("None", "ValidationError", Message="no such path"), TRANSACT)

    assert isinstance(error, Refused)
    assert error.code == "ValidationError"
    assert "no such path" in str(error)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("specific reasons [None, ConditionalCheckFailed]", ConditionsFailed),
        ("specific reasons [TransactionConflict, None]", Contended),
        ("specific reasons [ValidationError]", Refused),
        ("", Refused),
    ],
)
def test_reasons_in_the_text_alone_are_read_there(text: str, expected: type) -> None:
    error = answered("TransactionCanceledException", text)

    assert type(translated(error, TRANSACT)) is expected


def denied(message: str, call: AwsCall = UPDATE) -> str:
    error = translated(answered("AccessDeniedException", message), call)
    assert isinstance(error, NotPermitted)
    return str(error)


def test_a_denial_names_action_resource_role_and_cause() -> None:
    message = (
        f"User: {ROLE} is not authorized to perform: ecs:UpdateService on resource: {SERVICE} "
        "because no identity-based policy allows the ecs:UpdateService action"
    )

    assert denied(message) == (
        f"ecs:UpdateService on {SERVICE} is not permitted to the role "
        "longshore-ReconcilerRole-1ABC, because no identity-based policy allows: "
        "allow it there, then try again"
    )


def test_an_explicit_deny_is_told() -> None:
    message = (
        f"User: {ROLE} is not authorized to perform: ecs:UpdateService on resource: {SERVICE} "
        "with an explicit deny in a service control policy"
    )

    assert "with an explicit deny in a service control policy" in denied(message)


def test_a_role_that_may_not_be_passed_is_told() -> None:
    role = "arn:aws:iam::123456789012:role/checkout-task"
    message = f"User: {ROLE} is not authorized to perform: iam:PassRole on resource: {role}"

    text = denied(message, REGISTER)

    assert text.startswith(f"iam:PassRole on {role} is not permitted to the role longshore-")


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (
            "",
            [
                "ecs:UpdateService on a resource that AWS did not name",
                "an identity that AWS did not name",
            ],
        ),
        (
            "Access Denied",
            [
                "ecs:UpdateService on a resource that AWS did not name",
                "an identity that AWS did not name",
            ],
        ),
        (
            f"User: {JO} is not authorized to perform: ecs:UpdateService",
            [f"permitted to {JO}", "that AWS did not name"],
        ),
        (
            f"User is not authorized to perform: kms:Decrypt on resource: {SERVICE}, sorry",
            [f"kms:Decrypt on {SERVICE} is not", "an identity that AWS did not name"],
        ),
        (
            f"User: {ROLE} is not authorized to perform: sqs:sendmessage on the resource: q",
            ["sqs:sendmessage on q is not permitted to the role longshore-ReconcilerRole-1ABC"],
        ),
    ],
)
def test_a_denial_with_parts_missing_says_so(message: str, parts: list[str]) -> None:
    text = denied(message)

    assert [part for part in parts if part not in text] == []


VALUE = "containerDefinitions[0].environment[0].value"
MISSING = 'Missing required parameter in input: "family"'
UNKNOWN = 'Unknown parameter in containerDefinitions[0]: "memoryLimit"'


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            f"Invalid type for parameter {VALUE}, value: {{'a': 's3cret'}}, type: <class 'dict'>",
            f"Invalid type for parameter {VALUE}",
        ),
        (
            f"{MISSING}\n{UNKNOWN}, must be one of: name",
            f"{MISSING}; {UNKNOWN}",
        ),
        ("s3cret in words that botocore does not use today", "a parameter has a wrong type"),
    ],
)
def test_invalid_parameters_are_named_without_their_values(report: str, said: str) -> None:
    error = translated(ParamValidationError(report=report), REGISTER)

    assert isinstance(error, Refused)
    assert error.code == "ParamValidationError"
    assert str(error) == f"ecs:RegisterTaskDefinition was not sent: {said}"


def test_an_answer_without_any_part_is_a_refusal() -> None:
    answer: Mapping[str, Any] = {}

    error = translated(ClientError(dict(answer), "UpdateService"), UPDATE)  # type: ignore[arg-type]  # on purpose

    assert isinstance(error, Refused)
    assert error.code == "Unknown"
