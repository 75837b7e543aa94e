"""Log lines of a deployment's newest tasks, read from CloudWatch Logs as far as may be."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, DataNotFoundError, EndpointConnectionError

from longshore.aws.calls import AwsCall
from longshore.aws.gate import Gate
from longshore.domain.deployments import Leg, LegState, Phase
from longshore.domain.stages import Stable, TargetRecord
from longshore_cli import log_tail
from tests.unit.cli.conftest import REGION, REGISTRY, World
from tests.unit.cli.records import REVISION, SERVICE, STAGE, deployment, stage

GROUP = "/ecs/web"
ROLLOUT = "ecs-svc/1"
OPTIONS = {"awslogs-group": GROUP, "awslogs-region": REGION, "awslogs-stream-prefix": "app"}
AWSLOGS = {"logDriver": "awslogs", "options": OPTIONS}


class Tasks:
    """The tasks of a deployment, and what they write."""

    def __init__(self, world: World) -> None:
        self.ecs: Any = world.session.create_client("ecs")
        self.logs: Any = world.session.create_client("logs")

    def start(self, logging: object = None, started_by: str = ROLLOUT) -> str:
        """Start a task of a new revision; return its id."""
        containers: Any = [
            {"name": "web", "image": f"{REGISTRY}/shop:main", "memory": 128},
            {"name": "agent", "image": "agent:1", "memory": 128, "logConfiguration": AWSLOGS},
        ]
        if logging is not None:
            containers[0]["logConfiguration"] = logging
        registered = self.ecs.register_task_definition(
            family="web", containerDefinitions=containers
        )
        task = self.ecs.run_task(
            cluster="staging",
            taskDefinition=registered["taskDefinition"]["taskDefinitionArn"],
            launchType="FARGATE",
            startedBy=started_by,
        )["tasks"][0]["taskArn"]
        return str(task.rpartition("/")[2])

    def write(self, task: str, *lines: str, container: str = "web") -> None:
        """Write lines as the awslogs driver does."""
        stream = {"logGroupName": GROUP, "logStreamName": f"app/{container}/{task}"}
        known = self.logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
        if not known:
            self.logs.create_log_group(logGroupName=GROUP)
        streams = self.logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
        if stream["logStreamName"] not in {each["logStreamName"] for each in streams}:
            self.logs.create_log_stream(**stream)
        now = int(time.time() * 1000)
        events = [{"timestamp": now + number, "message": line} for number, line in enumerate(lines)]
        self.logs.put_log_events(**stream, logEvents=events)


@pytest.fixture
def tasks(applied: World) -> Tasks:
    return Tasks(applied)


@pytest.fixture
def watch(
    applied: World, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Watch a deployment that succeeds after the steps given; return what was shown."""
    rolling = Leg(LegState.ROLLING, REVISION, ecs_deployment_id=ROLLOUT)
    target = TargetRecord(STAGE, SERVICE, Stable(REVISION), 1, rolling, version=1)
    keep(stage(current=1, latest=1), deployment(Phase.PROGRESSING), target)

    def run(*steps: Callable[[], None], options: tuple[str, ...] = ()) -> str:
        left = list(steps)

        def sleep(_: float) -> None:
            if left:
                left.pop(0)()
            else:
                keep(stage(latest=1), deployment(Phase.SUCCEEDED))

        monkeypatch.setattr("longshore_cli.pace.sleep", sleep)
        result = applied.run("watch", "shop/staging", *options)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def messages(shown: str) -> list[str]:
    """The log lines that were shown, without the time and the service."""
    return [line.split(" ", 2)[2] for line in shown.splitlines() if " | " in line]


def test_the_last_lines_come_first_then_those_that_follow(
    tasks: Tasks, watch: Callable[..., str]
) -> None:
    task = tasks.start(AWSLOGS)
    tasks.write(task, *(f"line {number}" for number in range(5)))

    shown = watch(lambda: tasks.write(task, "more"), lambda: None, options=("--lines", "2"))

    where = f"web/{task[:8]}"
    assert messages(shown) == [f"{where} | line 3", f"{where} | line 4", f"{where} | more"]
    assert "staging/web web/" in shown


def test_other_containers_and_other_tasks_are_left_alone(
    tasks: Tasks, watch: Callable[..., str]
) -> None:
    task, other = tasks.start(AWSLOGS), tasks.start(AWSLOGS, started_by="ecs-svc/0")
    tasks.write(task, "mine")
    tasks.write(task, "of the agent", container="agent")
    tasks.write(other, "of the release before")

    assert messages(watch()) == [f"web/{task[:8]} | mine"]


def test_a_task_that_starts_later_is_found(tasks: Tasks, watch: Callable[..., str]) -> None:
    started: list[str] = []

    def start() -> None:
        started.append(tasks.start(AWSLOGS))
        tasks.write(started[0], "late")

    shown = watch(start, *([lambda: None] * 3))

    assert messages(shown) == [f"web/{started[0][:8]} | late"]


def test_a_stream_that_is_not_there_yet_says_nothing(
    tasks: Tasks, watch: Callable[..., str]
) -> None:
    task = tasks.start(AWSLOGS)

    shown = watch(lambda: tasks.write(task, "at last"))

    assert messages(shown) == [f"web/{task[:8]} | at last"]
    assert "not shown" not in shown


def test_lines_without_secrets_and_colours(tasks: Tasks, watch: Callable[..., str]) -> None:
    task = tasks.start(AWSLOGS)
    tasks.write(task, "\x1b[31mFATAL\x1b[0m\tdb password=hunter2\nat db.py:7\x07", "   ")

    assert [line.partition(" | ")[2] for line in messages(watch())] == [
        "FATAL   db password=[redacted]",
        "at db.py:7\N{REPLACEMENT CHARACTER}",
    ]


def test_a_private_key_that_is_written_line_by_line_stays_secret(
    tasks: Tasks, watch: Callable[..., str]
) -> None:
    task = tasks.start(AWSLOGS)
    begin, end = "-----BEGIN EC PRIVATE KEY-----", "-----END EC PRIVATE KEY-----"

    tasks.write(task, begin, "MHcCAQEEIA" * 6, "c2hvcnQ=", end, "listening")

    shown = messages(watch())
    assert [line.partition(" | ")[2] for line in shown] == [*["[redacted]"] * 3, end, "listening"]


@pytest.mark.parametrize(
    ("logging", "reason"),
    [
        (None, "container 'web' has no log driver"),
        ({"logDriver": "splunk"}, "container 'web' logs through splunk, not through awslogs"),
    ],
)
def test_logs_that_lie_elsewhere_are_told_once(
    tasks: Tasks, watch: Callable[..., str], logging: object, reason: str
) -> None:
    tasks.start(logging)

    shown = watch(*([lambda: None] * 5))

    assert shown.count(f"log lines of staging/web are not shown: {reason}") == 1


def test_no_logs_ask_for_none(tasks: Tasks, watch: Callable[..., str]) -> None:
    tasks.write(tasks.start(AWSLOGS), "unseen")

    assert messages(watch(options=("--no-logs",))) == []


def test_a_program_that_writes_too_much_is_cut(
    tasks: Tasks, watch: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_tail, "MOST_LINES", 3)
    task = tasks.start(AWSLOGS)
    tasks.write(task, "first")

    shown = watch(lambda: tasks.write(task, *(f"line {number}" for number in range(10))))

    assert [line[-6:] for line in messages(shown)] == [" first", "line 7", "line 8", "line 9"]
    assert f"7 log lines of staging/web web/{task} are left out: it writes too many" in shown


@pytest.mark.parametrize(
    ("code", "calls", "said"),
    [
        ("AccessDeniedException", 1, "log lines of the group /ecs/web in 'eu-central-1' are not"),
        ("ThrottlingException", 3, ""),
        ("InvalidParameterException", 7, "log lines of staging/web are not shown: logs:GetLog"),
    ],
)
def test_what_logs_answer_ends_nothing_and_is_told_once(  # noqa: PLR0913, PLR0917  # the table
    tasks: Tasks,
    watch: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    calls: int,
    said: str,
) -> None:
    """Denied logs are not asked for again, throttled ones ever less often."""
    tasks.start(AWSLOGS)
    asked = []

    def answer(call: AwsCall, perform: Callable[[], object]) -> object:
        if call.service != "logs":
            return perform()
        asked.append(call)
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, call.operation)

    monkeypatch.setattr("longshore_cli.access.Gate", lambda: Gate(answer))

    shown = watch(*([lambda: None] * 5))

    assert len(asked) == calls
    assert shown.count("are not shown") == (1 if said else 0)
    assert said in shown


@pytest.mark.parametrize("region", ["${AWS_REGION}", " ", "eu central 1"])
def test_a_region_that_is_none_ends_no_watch_and_is_told_once(
    tasks: Tasks, watch: Callable[..., str], region: str
) -> None:
    tasks.start({**AWSLOGS, "options": {**OPTIONS, "awslogs-region": region}})

    shown = watch(*([lambda: None] * 5))

    assert shown.count(f"log lines of the group /ecs/web in {region!r} are not shown: ") == 1


def test_whatever_is_wrong_with_the_tasks_ends_no_watch(
    tasks: Tasks, watch: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks.start(AWSLOGS)

    def strange(*_: object) -> object:
        raise DataNotFoundError(data_path="ecs")

    monkeypatch.setattr("longshore.aws.ecs.AwsEcs.tasks", strange)

    shown = watch(*([lambda: None] * 5))

    assert shown.count("log lines are not shown: Unable to load data for: ecs") == 1


def test_a_denied_group_keeps_no_other_one_closed(
    tasks: Tasks, watch: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tasks.start({**AWSLOGS, "options": {**OPTIONS, "awslogs-group": "/ecs/closed"}})
    task = tasks.start(AWSLOGS)
    tasks.write(task, "open")

    def answer(call: AwsCall, perform: Callable[[], object]) -> object:
        if call.parameters.get("logGroupName") != "/ecs/closed":
            return perform()
        asked.append(call)
        code = "AccessDeniedException"
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, call.operation)

    asked: list[AwsCall] = []
    monkeypatch.setattr("longshore_cli.access.Gate", lambda: Gate(answer))

    shown = watch(lambda: tasks.write(task, "more"), *([lambda: None] * 5))

    assert closed not in "".join(messages(shown))
    assert [line[-4:] for line in messages(shown)] == ["open", "more"]
    assert len(asked) == 1
    assert shown.count("log lines of the group /ecs/closed in") == 1


def test_logs_that_give_no_answer_for_long_are_told_once(
    tasks: Tasks, watch: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks.start(AWSLOGS)

    def answer(call: AwsCall, perform: Callable[[], object]) -> object:
        if call.service == "logs":
            raise EndpointConnectionError(endpoint_url="https://logs.eu-nowhere-1.amazonaws.com")
        return perform()

    monkeypatch.setattr("longshore_cli.access.Gate", lambda: Gate(answer))

    shown = watch(*([lambda: None] * 60))

    assert shown.count("log lines may be missing: logs:GetLogEvents got no answer") == 1


def test_a_line_may_be_very_long_and_hostile(tasks: Tasks, watch: Callable[..., str]) -> None:
    """What is cut off is not looked at either."""
    task = tasks.start(AWSLOGS)
    tasks.write(task, "x" * 100_000, "\x1b[" * 50_000, "\u202etxt.exe")

    shown = [line.partition(" | ")[2] for line in messages(watch())]

    assert [len(shown[0]), shown[-1]] == [1000, "\N{REPLACEMENT CHARACTER}txt.exe"]
    assert all(map(str.isprintable, shown))
