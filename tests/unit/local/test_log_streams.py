from typing import Any, cast

import pytest

from longshore.decide.log_streams import LogStream, log_stream
from longshore_local.cloud.clients import Cloud
from longshore_local.log_streams import LogDestination, LogStreams, log_destination

OPTIONS = {"awslogs-group": "/ecs/shop", "awslogs-stream-prefix": "web"}
TASK = "arn:aws:ecs:eu-west-1:111122223333:task/staging/0123456789abcdef"
WEB = LogDestination("main", "/ecs/shop", "web")


class FakeLogs:
    """Log groups by name, each with its streams; refuses as CloudWatch Logs does."""

    class exceptions:  # noqa: N801 - boto3's name
        class ResourceNotFoundException(Exception):
            pass

        class ResourceAlreadyExistsException(Exception):
            pass

    def __init__(self, *groups: str) -> None:
        self.groups: dict[str, dict[str, list[str]]] = {group: {} for group in groups}

    def create_log_group(self, *, logGroupName: str) -> None:  # noqa: N803 - boto3's arguments
        if logGroupName in self.groups:
            raise self.exceptions.ResourceAlreadyExistsException
        self.groups[logGroupName] = {}

    def create_log_stream(self, *, logGroupName: str, logStreamName: str) -> None:  # noqa: N803 - boto3's arguments
        if logGroupName not in self.groups:
            raise self.exceptions.ResourceNotFoundException
        if logStreamName in self.groups[logGroupName]:
            raise self.exceptions.ResourceAlreadyExistsException
        self.groups[logGroupName][logStreamName] = []

    def put_log_events(self, *, logGroupName: str, logStreamName: str, logEvents: Any) -> None:  # noqa: ANN401, N803 - boto3's arguments
        assert logEvents
        self.groups[logGroupName][logStreamName] += [one["message"] for one in logEvents]


def streams(logs: FakeLogs) -> LogStreams:
    class FakeCloud:
        pass

    cloud: Any = FakeCloud()
    cloud.logs = logs
    return LogStreams(cast("Cloud", cloud))


def container(driver: str = "awslogs", **options: str) -> dict[str, object]:
    configuration = {"logDriver": driver, "options": {**OPTIONS, **options}}
    return {"name": "main", "logConfiguration": configuration}


def test_lines_stand_in_the_stream_of_the_task_where_the_product_looks() -> None:
    definition: Any = {"containerDefinitions": [container()]}
    logs = FakeLogs("/ecs/shop")

    streams(logs).write(WEB, TASK, ["one", "", "two"])

    assert logs.groups == {"/ecs/shop": {"web/main/0123456789abcdef": ["one", "two"]}}
    assert log_destination(container()) == WEB
    found = log_stream(definition, "main", TASK, "eu-west-1")
    assert found == LogStream("eu-west-1", "/ecs/shop", "web/main/0123456789abcdef")


def test_a_stream_begins_without_a_line_and_once() -> None:
    logs = FakeLogs("/ecs/shop")
    writing, again = streams(logs), streams(logs)

    writing.write(WEB, TASK, [])
    assert logs.groups == {"/ecs/shop": {"web/main/0123456789abcdef": []}}
    writing.write(WEB, TASK, ["one"])
    again.write(WEB, TASK, ["two"])

    assert logs.groups == {"/ecs/shop": {"web/main/0123456789abcdef": ["one", "two"]}}


@pytest.mark.parametrize("groups", [(), ("/ecs/shop",)])
def test_a_group_is_made_where_the_definition_asks_for_it(groups: tuple[str, ...]) -> None:
    destination = log_destination(container(**{"awslogs-create-group": "true"}))
    logs = FakeLogs(*groups)
    assert destination is not None

    streams(logs).write(destination, TASK, ["one"])

    assert logs.groups == {"/ecs/shop": {"web/main/0123456789abcdef": ["one"]}}


def test_without_a_group_lines_are_lost() -> None:
    logs = FakeLogs()

    streams(logs).write(WEB, TASK, ["one"])

    assert logs.groups == {}


@pytest.mark.parametrize(
    "definition",
    [
        {"name": "main"},
        {"name": "main", "logConfiguration": {"logDriver": "awslogs"}},
        container("splunk"),
        container(**{"awslogs-stream-prefix": ""}),
        container(**{"awslogs-group": ""}),
    ],
)
def test_what_goes_elsewhere_has_no_destination(definition: dict[str, object]) -> None:
    assert log_destination(definition) is None
