"""A container's log stream is told by the awslogs options of its task definition, or by none."""

from collections.abc import Mapping

import pytest

from longshore.decide.log_streams import LogStream, NoLogStream, log_stream

TASK = "arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef0123456789abcdef"
OPTIONS = {
    "awslogs-group": "/ecs/web",
    "awslogs-region": "eu-north-1",
    "awslogs-stream-prefix": "p",
}


def make_definition(logging: object) -> Mapping[str, object]:
    web = {"name": "web", "logConfiguration": logging}
    return {"family": "web", "containerDefinitions": [{"name": "sidecar"}, web]}


def awslogs(**changes: str) -> Mapping[str, object]:
    named = {f"awslogs-{key.replace('_', '-')}": value for key, value in changes.items()}
    return {"logDriver": "awslogs", "options": OPTIONS | named}


def test_the_stream_is_prefix_container_and_task() -> None:
    found = log_stream(make_definition(awslogs()), "web", TASK, "eu-west-1")

    assert found == LogStream("eu-north-1", "/ecs/web", "p/web/0123456789abcdef0123456789abcdef")


def test_a_bare_task_id_names_the_same_stream() -> None:
    definition = make_definition(awslogs())

    by_id = log_stream(definition, "web", TASK.rpartition("/")[2], "eu-west-1")

    assert by_id == log_stream(definition, "web", TASK, "eu-west-1")


def test_a_prefix_may_have_slashes() -> None:
    found = log_stream(make_definition(awslogs(stream_prefix="a/b")), "web", "1", "eu-west-1")

    assert found == LogStream("eu-north-1", "/ecs/web", "a/b/web/1")


def test_logs_that_name_no_region_lie_in_that_of_the_task() -> None:
    found = log_stream(make_definition(awslogs(region="")), "web", TASK, "eu-west-1")

    assert isinstance(found, LogStream)
    assert found.region == "eu-west-1"


@pytest.mark.parametrize(
    ("logging", "reason"),
    [
        (None, "container 'web' has no log driver"),
        ({}, "container 'web' has no log driver"),
        ("awslogs", "container 'web' has no log driver"),
        ({"logDriver": ["awslogs"]}, "container 'web' has no log driver"),
        ({"logDriver": "awsfirelens"}, "logs through awsfirelens, not through awslogs"),
        ({"logDriver": "splunk", "options": OPTIONS}, "logs through splunk, not through awslogs"),
        ({"logDriver": "awslogs"}, "the log group of container 'web' is not in its options"),
        ({"logDriver": "awslogs", "options": []}, "the log group of container 'web' is not"),
        (awslogs(group=""), "the log group of container 'web' is not in its options"),
        (awslogs(stream_prefix=""), "container 'web' has no awslogs-stream-prefix"),
    ],
)
def test_what_cannot_be_read_from_here_says_why(logging: object, reason: str) -> None:
    found = log_stream(make_definition(logging), "web", TASK, "eu-west-1")

    assert isinstance(found, NoLogStream)
    assert reason in found.reason


@pytest.mark.parametrize("definition", [{}, {"containerDefinitions": ["web", {}]}])
def test_a_container_that_is_not_there_has_no_stream(definition: Mapping[str, object]) -> None:
    found = log_stream(definition, "web", TASK, "eu-west-1")

    assert found == NoLogStream("the task definition has no container 'web'")
