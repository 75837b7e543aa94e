import json
from dataclasses import replace
from datetime import timedelta

from longshore.domain.deployments import Phase, Trigger, TriggerKind
from longshore.domain.failures import Failure
from longshore.domain.holds import Hold, HoldKind, Would
from longshore.domain.outcomes import EventName
from longshore.domain.releases import Release
from longshore.domain.stages import StageRecord
from longshore.domain.stop_switch import NEVER_TURNED, StopSwitch
from longshore.events.outbound import (
    deployment_detail,
    event_detail,
    freeze_detail,
    stage_detail,
    would_detail,
)
from tests.support.builders import (
    STAGE,
    make_announcement,
    make_deployment,
    make_digest,
    make_release,
)
from tests.support.fakes import NOON
from tests.support.pipelines import ORIGIN

IMAGE = {
    "repository": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/checkout",
    "tag": "main",
    "digest": make_digest(1),
}


def test_a_deployment_that_has_begun_says_all_there_is_and_null_for_the_rest() -> None:
    assert deployment_detail(make_deployment(7)) == {
        "schema": 1,
        "application": "checkout",
        "stage": "production",
        "deployment": "checkout/production#7",
        "number": 7,
        "phase": "Progressing",
        "reason": "main was pushed",
        "release": {"app": IMAGE | {"digest": make_digest(7)}},
        "before": None,
        "failure": None,
        "trigger": {"kind": "push", "actor": None, "events": ["event-1"], "origin": None},
        "started_at": "2026-11-23T12:00:00+00:00",
        "seconds": None,
    }


def test_a_deployment_that_failed_says_why_from_what_and_how_long_it_took() -> None:
    deployment = replace(
        make_deployment(2),
        phase=Phase.ROLLED_BACK,
        before=make_release(1),
        failure=Failure("it crashed", "prod/web", "web", 137, "OOM", "unhealthy"),
        trigger=Trigger(TriggerKind.RETRY, "arn:of:somebody", ("wish-1",), ORIGIN),
        finished_at=NOON + timedelta(seconds=125.4),
    )

    detail = deployment_detail(deployment)

    assert detail["before"] == {"app": IMAGE}
    assert detail["failure"] == {
        "summary": "it crashed",
        "service": "prod/web",
        "container": "web",
        "exit_code": 137,
        "stopped_reason": "OOM",
        "last_event": "unhealthy",
        "task": None,
        "task_definition": None,
    }
    assert detail["trigger"] == {
        "kind": "retry",
        "actor": "arn:of:somebody",
        "events": ["wish-1"],
        "origin": {
            "pipeline": "checkout",
            "execution": "e-1",
            "commit": ORIGIN.commit,
            "url": None,
            "author": None,
            "trigger": None,
        },
    }
    assert detail["seconds"] == 125


def test_a_clock_that_went_back_makes_no_negative_duration() -> None:
    deployment = replace(make_deployment(), finished_at=NOON - timedelta(seconds=5))

    assert deployment_detail(deployment)["seconds"] == 0


def test_a_stage_says_what_it_runs_and_what_holds_it() -> None:
    stage = StageRecord(STAGE, live=make_release(1), stable=make_release(1))

    assert stage_detail(stage, "taken over") == {
        "schema": 1,
        "application": "checkout",
        "stage": "production",
        "reason": "taken over",
        "live": {"app": IMAGE},
        "stable": {"app": IMAGE},
        "hold": None,
        "paused": None,
        "pin": None,
        "observing": False,
    }


def test_what_would_be_deployed_says_from_what_and_why() -> None:
    would = Would(make_release(1), "it is newer", NOON)

    assert would_detail(would, before=None) == {
        "release": {"app": IMAGE},
        "before": None,
        "why": "it is newer",
        "since": "2026-11-23T12:00:00+00:00",
    }


def test_a_held_stage_names_the_release_that_is_held() -> None:
    hold = Hold(HoldKind.MOVED_BACK, "main was moved back", NOON, "content", make_release(1))

    detail = stage_detail(StageRecord(STAGE, hold=hold), "main was moved back")

    assert detail["hold"] == {
        "kind": "moved back",
        "reason": "main was moved back",
        "since": "2026-11-23T12:00:00+00:00",
        "until": None,
        "release": {"app": IMAGE},
    }


def test_every_detail_is_json() -> None:
    stage = StageRecord(STAGE, live=Release(()))

    assert json.loads(json.dumps(stage_detail(stage, "…"))) == stage_detail(stage, "…")
    assert json.loads(json.dumps(deployment_detail(make_deployment())))


def test_an_event_can_be_told_from_its_repeats_and_put_in_order() -> None:
    announcement = replace(
        make_announcement(3), name=EventName.DEPLOYMENT_FAILED, detail={"reason": "it crashed"}
    )

    assert event_detail(announcement) == {
        "reason": "it crashed",
        "id": "checkout/production#1/3",
        "sequence": 3,
    }


def test_the_stop_switch_says_who_turned_it_and_why() -> None:
    frozen = StopSwitch(on=True, actor="arn:of:ada", reason="prices", since=NOON, version=3)

    assert freeze_detail(frozen.everything) == {
        "frozen": True,
        "scope": "everything",
        "actor": "arn:of:ada",
        "reason": "prices",
        "since": "2026-11-23T12:00:00+00:00",
        "until": None,
        "told": "everything is frozen, by arn:of:ada since 2026-11-23 12:00Z: prices",
    }
    assert freeze_detail(NEVER_TURNED.everything) == {
        "frozen": False,
        "scope": "everything",
        "actor": None,
        "reason": None,
        "since": None,
        "until": None,
        "told": "nothing was ever frozen here",
    }
