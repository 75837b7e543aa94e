"""`longshore watch`: a deployment is followed to its end, and the command ends as it ended."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from time import monotonic

import pytest

from longshore.aws.ecs import AwsEcs
from longshore.aws.table import Table
from longshore.domain.deployments import DeploymentRecord, Leg, LegState, Phase
from longshore.domain.errors import NotPermitted, Throttled
from longshore.domain.stages import Stable, TargetRecord
from tests.unit.cli.conftest import World
from tests.unit.cli.records import CRASH, REVISION, SERVICE, STAGE, deployment, stage

Steps = list[Callable[[], None]]
Keep = Callable[..., None]

WATCH = ("watch", "shop/staging")
RUNNING = TargetRecord(
    STAGE,
    SERVICE,
    stable=Stable(REVISION),
    deployment=1,
    forward=Leg(LegState.ROLLING, REVISION, ecs_deployment_id="ecs-svc/1"),
    version=1,
)


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """What happens between two looks, one after the other."""
    steps: Steps = []

    def sleep(_: float) -> None:
        assert steps, "it waits for what never comes"
        steps.pop(0)()

    monkeypatch.setattr("longshore_cli.pace.sleep", sleep)
    return steps


@pytest.fixture
def under_way(keep: Keep) -> DeploymentRecord:
    begun = deployment(Phase.PROGRESSING)
    keep(stage(current=1, latest=1), begun, RUNNING)
    return begun


def ends(keep: Keep, phase: Phase, **changes: object) -> Callable[[], None]:
    return lambda: keep(stage(latest=1), deployment(phase, 1, **changes))


@pytest.mark.parametrize(
    ("phase", "code", "said"),
    [
        (Phase.ROLLED_BACK, 4, "shop/staging#1 was rolled back: 1.5.0 (000000000000)"),
        (Phase.FAILED, 3, "shop/staging#1 failed: 1.5.0 (000000000000)"),
        (Phase.ABORTED, 3, "shop/staging#1 was aborted: 1.5.0 (000000000000)"),
    ],
)
@pytest.mark.usefixtures("under_way")
def test_it_ends_as_the_deployment_ends(  # noqa: PLR0913, PLR0917  # fixtures and the table
    applied: World, keep: Keep, between: Steps, phase: Phase, code: int, said: str
) -> None:
    between.append(ends(keep, phase, failure=CRASH))

    result = applied.run(*WATCH)

    assert result.exit_code == code
    assert said in result.stderr
    assert f"  because it is {phase}\n  {CRASH.summary}\n  next: longshore retry" in result.stderr
    assert f"shop/staging#1 {phase}: because it is {phase}" in result.stdout
    assert between == []


@pytest.mark.usefixtures("under_way")
def test_success_is_0_and_each_change_is_one_line(
    applied: World, keep: Keep, between: Steps
) -> None:
    between += [lambda: None, ends(keep, Phase.SUCCEEDED)]

    result = applied.run(*WATCH)

    lines = result.stdout.splitlines()
    assert result.exit_code == 0, result.stderr
    assert len(lines) == len(set(lines)), "nothing is told twice"
    assert "shop/staging#1: 1.4.1 (000000000000) -> 1.5.0 (000000000000), by a push" in lines[0]
    assert any("staging/web rolling web:7" in line for line in lines)
    assert any("web:1 PRIMARY" in line and "of 1 running" in line for line in lines)
    assert lines[-2] == "shop/staging#1 succeeded: 1.5.0 (000000000000) after 3 min"
    assert lines[-1] == "next: longshore status shop/staging"
    stamps = [line.split()[0] for line in lines[:-2]]
    assert all(datetime.fromisoformat(stamp).tzinfo == UTC for stamp in stamps)
    assert "\x1b" not in result.stdout


def test_with_nothing_under_way_there_is_nothing_to_do(applied: World, keep: Keep) -> None:
    keep(stage(latest=1), deployment(Phase.SUCCEEDED))

    result = applied.run(*WATCH)

    assert result.exit_code == 7
    assert "no deployment under way; the last one, shop/staging#1, succeeded" in result.stderr
    assert "next: longshore watch shop/staging --follow waits for the next one" in result.stderr
    assert result.stdout == ""


def test_follow_waits_for_the_next_one(applied: World, keep: Keep, between: Steps) -> None:
    keep(stage(latest=1), deployment(Phase.SUCCEEDED))
    second = deployment(Phase.PROGRESSING, 2)
    between += [
        lambda: None,
        lambda: keep(stage(current=2, latest=2), second),
        lambda: keep(stage(latest=2), deployment(Phase.FAILED, 2)),
    ]

    result = applied.run(*WATCH, "--follow")

    assert result.exit_code == 3
    assert result.stdout.count("waiting for the next one") == 1
    assert "shop/staging#1" not in result.stdout
    assert "shop/staging#2 failed" in result.stderr


def test_one_that_began_and_ended_between_two_looks_is_followed(
    applied: World, keep: Keep, between: Steps
) -> None:
    keep(stage(latest=1), deployment(Phase.SUCCEEDED))
    between.append(lambda: keep(stage(latest=2), deployment(Phase.ROLLED_BACK, 2)))

    assert applied.run(*WATCH, "--follow").exit_code == 4


@pytest.mark.usefixtures("under_way")
def test_what_supersedes_it_takes_its_place(applied: World, keep: Keep, between: Steps) -> None:
    """Also where that was superseded in turn, between two looks."""
    between += [
        lambda: keep(
            stage(current=3, latest=3),
            deployment(Phase.SUPERSEDED, 1),
            deployment(Phase.SUPERSEDED, 2),
            deployment(Phase.PROGRESSING, 3),
        ),
        lambda: keep(stage(latest=3), deployment(Phase.SUCCEEDED, 3)),
    ]

    result = applied.run(*WATCH, "-o", "ndjson")

    end = json.loads(result.stdout.splitlines()[-1])
    assert result.exit_code == 0
    assert "shop/staging#1 Superseded: because it is Superseded" in result.stdout
    assert (end["kind"], end["deployment"]["number"]) == ("end", 3)
    assert end["superseded"] == ["shop/staging#1", "shop/staging#2"]


@pytest.mark.usefixtures("under_way")
def test_the_time_out_is_5_and_stops_nothing(
    applied: World, between: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count(monotonic() + 90, 60)
    monkeypatch.setattr("longshore_cli.pace.monotonic", lambda: next(clock))
    between.append(lambda: None)

    result = applied.run(*WATCH, "--timeout", "2m", "-o", "json")

    assert result.exit_code == 5
    assert "shop/staging did not come to an end within 120 s; it goes on" in result.stderr
    assert "next: longshore watch shop/staging" in result.stderr
    shown = json.loads(result.stdout)
    assert (shown["exit_status"], shown["deployment"]["phase"]) == (5, "Progressing")


@pytest.mark.parametrize("text", ["soon", "-1s", "10", ""])
def test_a_time_out_is_a_duration(applied: World, text: str) -> None:
    result = applied.run(*WATCH, f"--timeout={text}")

    assert result.exit_code == 2
    assert "next: write --timeout like 90s, 30m, 2h or 1d" in result.stderr


@pytest.mark.usefixtures("under_way")
def test_json_is_one_document_at_the_end(applied: World, keep: Keep, between: Steps) -> None:
    between.append(ends(keep, Phase.ROLLED_BACK, failure=CRASH))

    result = applied.run(*WATCH, "-o", "json")

    shown = json.loads(result.stdout)
    assert (result.exit_code, shown["exit_status"]) == (4, 4)
    assert shown["deployment"]["failure"]["summary"] == CRASH.summary
    (target,) = shown["targets"]
    assert (target["service"], target["rollouts"][0]["revision"]) == ("staging/web", "web:1")
    assert shown["next"][0].startswith("longshore retry shop/staging")


@pytest.mark.usefixtures("under_way")
def test_ndjson_is_one_object_a_change(applied: World, keep: Keep, between: Steps) -> None:
    between.append(ends(keep, Phase.SUCCEEDED))

    result = applied.run(*WATCH, "-o", "ndjson")

    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert {"deployment", "phase", "service", "rollout", "end"} <= {each["kind"] for each in told}
    assert all(datetime.fromisoformat(each["at"]).tzinfo for each in told)
    assert told[-1]["exit_status"] == 0


@pytest.mark.usefixtures("under_way")
def test_ctrl_c_ends_with_130_and_says_that_it_goes_on(applied: World, between: Steps) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    between.append(interrupt)

    result = applied.run(*WATCH)

    assert result.exit_code == 130
    assert "what is under way in shop/staging goes on by itself" in result.stderr
    assert "next: longshore watch shop/staging" in result.stderr


@pytest.mark.usefixtures("under_way")
def test_a_busy_aws_is_asked_less_often(
    applied: World, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger fails from the second look on, three times; then it answers again."""
    waits: list[float] = []
    real = Table.query

    def busy(*_: object) -> object:
        raise Throttled("dynamodb:Query was slowed down by AWS; it is tried again later")

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        monkeypatch.setattr(Table, "query", busy if len(waits) < 4 else real)
        if len(waits) == 5:
            ends(keep, Phase.SUCCEEDED)()

    monkeypatch.setattr("longshore_cli.pace.sleep", sleep)

    result = applied.run(*WATCH)

    assert result.exit_code == 0
    assert result.stdout.count("AWS is slow to answer, looking again: dynamodb:Query was") == 1
    assert "tried again later" not in result.stdout
    assert waits[0] < waits[1] < waits[2] < waits[3] > waits[4]


@pytest.mark.usefixtures("under_way")
def test_a_missing_permission_on_ecs_is_told_once_and_ends_nothing(
    applied: World, keep: Keep, between: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> object:
        raise NotPermitted("ecs:DescribeServices on staging is not permitted to ana")

    monkeypatch.setattr(AwsEcs, "service_documents", denied)
    monkeypatch.setattr(AwsEcs, "tasks", denied)
    between += [lambda: None, lambda: None, ends(keep, Phase.SUCCEEDED)]

    result = applied.run(*WATCH)

    assert result.exit_code == 0
    assert result.stdout.count("is not shown: ecs:DescribeServices on staging") == 1
    assert result.stdout.count("log lines are not shown: ecs:DescribeServices on staging") == 1
    assert "Succeeded" in result.stdout


@pytest.mark.usefixtures("under_way")
def test_where_ecs_is_busy_what_it_said_last_stands(
    applied: World, keep: Keep, between: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> object:
        raise Throttled("ecs:DescribeServices was slowed down by AWS")

    between += [
        lambda: monkeypatch.setattr(AwsEcs, "service_documents", busy),
        ends(keep, Phase.SUCCEEDED),
    ]

    result = applied.run(*WATCH, "-o", "json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["targets"][0]["rollouts"][0]["revision"] == "web:1"


@pytest.mark.usefixtures("under_way")
def test_a_way_back_and_its_cause_are_told(applied: World, keep: Keep, between: Steps) -> None:
    back = Leg(LegState.ROLLING, REVISION, ecs_deployment_id="ecs-svc/2", reason="it goes back")
    failed = replace(RUNNING, backward=back)
    returning = deployment(Phase.ROLLING_BACK, failure=CRASH)
    between += [
        lambda: keep(stage(current=1, latest=1), returning, failed),
        ends(keep, Phase.ROLLED_BACK, failure=CRASH),
    ]

    shown = applied.run(*WATCH).stdout

    assert "staging/web on the way back, rolling web:7: it goes back" in shown
    assert shown.count(CRASH.summary) == 1


def test_hostile_text_of_others_is_made_visible(applied: World, keep: Keep, between: Steps) -> None:
    hostile = deployment(Phase.PROGRESSING, reason="\x1b[2J\u202egone\nforged line")
    keep(stage(current=1, latest=1), hostile, RUNNING)
    between.append(ends(keep, Phase.SUCCEEDED))

    shown = applied.run(*WATCH).stdout

    assert "\x1b" not in shown
    assert "\\x1b[2J\\u202egone\\nforged line" in shown
