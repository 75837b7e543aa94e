"""Which IAM permissions recorded calls needed, as the service authorization reference has it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from longshore.aws.calls import AwsCall
from longshore.domain.places import Home
from longshore_local.awsjson.access import Permission
from longshore_local.ecs.permissions import permissions as ecs_permissions

WRITES = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
"""A transaction needs what each of its members would need alone, and nothing of its own."""


def permissions_used(calls: Iterable[AwsCall], partition: str, account: str) -> list[Permission]:
    """Return what a role must allow for these calls, each permission once, in order."""
    used: dict[tuple[str, str], Permission] = {}
    for call in calls:
        home = Home(partition, account, call.region)
        for permission in _needed(call, home):
            used.setdefault((permission.action, permission.resource), permission)
    return list(used.values())


def _needed(call: AwsCall, home: Home) -> Iterable[Permission]:
    if call.service not in _NEEDED:
        message = f"nobody has said yet what {call.action} must be allowed to do"
        raise ValueError(message)
    return _NEEDED[call.service](call, home)


def _table(call: AwsCall, home: Home) -> Iterator[Permission]:
    if call.operation == "TransactWriteItems":
        for write in call.parameters["TransactItems"]:
            for kind, member in write.items():
                yield Permission(f"dynamodb:{WRITES[kind]}", _resource(member, home))
    elif call.operation == "BatchGetItem":
        for table in call.parameters["RequestItems"]:
            yield Permission(call.action, _resource({"TableName": table}, home))
    else:
        yield Permission(call.action, _resource(call.parameters, home))


def _operation(call: AwsCall, home: Home) -> Iterable[Permission]:
    return ecs_permissions(home, call.operation, call.parameters)


def _repository(call: AwsCall, home: Home) -> Iterator[Permission]:
    owner = Home(home.partition, call.parameters["registryId"], home.region)
    repository = f"repository/{call.parameters['repositoryName']}"
    yield Permission(call.action, _arn("ecr", owner, repository))


def _queue(call: AwsCall, home: Home) -> Iterator[Permission]:
    queue = call.parameters["QueueUrl"].rpartition("/")[2]
    yield Permission("sqs:SendMessage", _arn("sqs", home, queue))


def _topic(call: AwsCall, _: Home) -> Iterator[Permission]:
    yield Permission(call.action, call.parameters["TopicArn"])


def _buses(call: AwsCall, home: Home) -> Iterator[Permission]:
    for entry in call.parameters["Entries"]:
        yield Permission(call.action, _bus(entry["EventBusName"], home))


def _secret(call: AwsCall, _: Home) -> Iterator[Permission]:
    yield Permission(call.action, call.parameters["SecretId"])


def _log_stream(call: AwsCall, home: Home) -> Iterator[Permission]:
    group, stream = call.parameters["logGroupName"], call.parameters["logStreamName"]
    yield Permission(call.action, _arn("logs", home, f"log-group:{group}:log-stream:{stream}"))


def _started(call: AwsCall, home: Home) -> Iterator[Permission]:
    yield Permission(call.action, _arn("codepipeline", home, call.parameters["name"]))


def _built(call: AwsCall, home: Home) -> Iterator[Permission]:
    yield Permission(
        call.action, _arn("codebuild", home, f"project/{call.parameters['projectName']}")
    )


_NEEDED: Mapping[str, Callable[[AwsCall, Home], Iterable[Permission]]] = {
    "codebuild": _built,
    "codepipeline": _started,
    "dynamodb": _table,
    "ecr": _repository,
    "ecs": _operation,
    "events": _buses,
    "logs": _log_stream,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
}


def _resource(parameters: Mapping[str, Any], home: Home) -> str:
    index = parameters.get("IndexName")
    table = f"table/{parameters['TableName']}"
    return _arn("dynamodb", home, f"{table}/index/{index}" if index else table)


def _bus(name: str, home: Home) -> str:
    return name if name.startswith("arn:") else _arn("events", home, f"event-bus/{name}")


def _arn(service: str, home: Home, resource: str) -> str:
    return f"arn:{home.partition}:{service}:{home.region}:{home.account}:{resource}"
