"""Alarms judge a release while it rolls and bakes; what fired before is not blamed on it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.aws.calls import AwsCall
from longshore.aws.gate import Perform
from longshore.domain.alarms import AlarmState, GuardSpec, OnNoData, Unarmed
from longshore.domain.deployments import Phase
from longshore.domain.errors import NotPermitted
from longshore.domain.holds import HoldKind
from tests.support.builders import REPOSITORY, SERVICE, make_digest, make_spec
from tests.support.ecs import ecs_over
from tests.support.harbour import Harbour
from tests.support.voyages import make_harbour, of_digest

ERRORS = "checkout-5xx"
BAKE = timedelta(minutes=10)
NAMED = {"cluster": SERVICE.cluster, "service": SERVICE.name}


def guarded(*names: str, on_no_data: OnNoData = OnNoData.WAIT, bake: timedelta = BAKE) -> Harbour:
    guard = GuardSpec(names or (ERRORS,), on_no_data)
    harbour = make_harbour(spec=replace(make_spec(), guard=guard, bake=bake))
    for name in names or (ERRORS,):
        harbour.alarms.turn(name, AlarmState.OK)
    return harbour


def phase(harbour: Harbour, number: int = 1) -> Phase:
    return harbour.deployment(number).phase


def test_a_release_is_verified_only_after_the_bake() -> None:
    harbour = guarded()
    harbour.push(2)

    harbour.run(minutes=8)
    assert phase(harbour) is Phase.BAKING
    assert "watched until" in harbour.deployment(1).reason
    assert harbour.snapshot.stage.stable != harbour.deployment(1).release

    harbour.run(minutes=10)
    assert phase(harbour) is Phase.SUCCEEDED
    assert harbour.snapshot.stage.stable == harbour.deployment(1).release


def test_the_bake_begins_once_the_services_are_up_however_long_a_round_took_to_call() -> None:
    harbour = guarded()
    took = timedelta(seconds=50)

    def slowly(call: AwsCall, perform: Perform) -> object:
        reply = perform()
        if call.operation == "UpdateService":
            harbour.clock.advance(took)
        return reply

    harbour.world.call("UpdateService", {**NAMED, "desiredCount": 0})  # then it is up at once
    harbour.run(minutes=2)
    harbour.ecs = ecs_over(harbour.world, slowly)
    harbour.ports = replace(harbour.ports, ecs=harbour.ecs.port)
    harbour.push(2)
    harbour.run(minutes=2)

    (target,) = harbour.snapshot.targets
    called_at, baking_since = target.forward.called_at, harbour.deployment(1).baking_since
    assert called_at is not None
    assert baking_since is not None
    assert baking_since - called_at >= took


def test_a_bake_without_alarms_waits_and_reads_none() -> None:
    harbour = make_harbour(spec=replace(make_spec(), bake=BAKE))
    harbour.push(2)

    harbour.run(minutes=8)
    assert phase(harbour) is Phase.BAKING
    harbour.run(minutes=10)
    assert phase(harbour) is Phase.SUCCEEDED
    assert harbour.alarms.reads == 0


def test_nothing_is_read_where_nothing_is_watched() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=10)

    assert phase(harbour) is Phase.SUCCEEDED
    assert harbour.alarms.reads == 0


def test_an_alarm_in_the_bake_takes_the_release_back_once_and_for_good() -> None:
    harbour = guarded()
    harbour.push(2)
    harbour.run(minutes=8)

    harbour.alarms.turn(ERRORS, AlarmState.ALARM, "2 datapoints were over 5.")
    harbour.run(minutes=20)

    ended = harbour.deployment(1)
    assert ended.phase is Phase.ROLLED_BACK
    assert ended.failure is not None
    assert ended.failure.summary == (
        "The alarm checkout-5xx went off while the release was baking: 2 datapoints were over 5."
    )
    assert harbour.running() == of_digest(1)
    assert harbour.ecs.count("UpdateService") == 1 + 1
    assert harbour.snapshot.stage.vetoes[0].release.images[0].digest == make_digest(2)

    harbour.alarms.turn(ERRORS, AlarmState.OK)
    harbour.push(2)
    harbour.run(minutes=30)
    assert harbour.running() == of_digest(1)

    harbour.push(3)
    harbour.run(minutes=30)
    assert harbour.running() == of_digest(3)


def test_an_alarm_while_the_services_roll_ends_the_way_forward() -> None:
    harbour = guarded()
    harbour.push(2)
    harbour.run(minutes=0.1)
    assert phase(harbour) is Phase.PROGRESSING

    harbour.alarms.turn(ERRORS, AlarmState.ALARM)
    harbour.run(minutes=20)

    failure = harbour.deployment(1).failure
    assert phase(harbour) is Phase.ROLLED_BACK
    assert failure is not None
    assert failure.summary == "The alarm checkout-5xx went off while the services rolled."


def test_without_a_bake_an_alarm_has_the_last_word_all_the_same() -> None:
    harbour = guarded(bake=timedelta(), on_no_data=OnNoData.FAIL)
    harbour.push(2)
    harbour.run(minutes=0.1)
    harbour.alarms.turn(ERRORS, AlarmState.NO_DATA)
    harbour.run(minutes=20)

    failure = harbour.deployment(1).failure
    assert phase(harbour) is Phase.ROLLED_BACK
    assert failure is not None
    assert failure.summary.startswith("No data came for the alarm checkout-5xx")


def test_without_a_bake_a_quiet_alarm_lets_the_release_pass_at_once() -> None:
    harbour = guarded(bake=timedelta())
    harbour.push(2)
    harbour.run(minutes=5)

    assert phase(harbour) is Phase.SUCCEEDED


def test_a_person_may_end_a_deployment_that_bakes() -> None:
    harbour = guarded()
    harbour.push(2)
    harbour.run(minutes=8)
    harbour.abort()
    harbour.run(minutes=5)

    assert phase(harbour) is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(1)


def test_another_hand_on_a_service_ends_a_bake() -> None:
    harbour = guarded()
    harbour.push(2)
    harbour.run(minutes=8)
    harbour.push(9, "by-hand")
    container = {"name": "web", "image": f"{REPOSITORY.uri}:by-hand", "memory": 64}
    theirs = {"family": SERVICE.name, "containerDefinitions": [container | {"essential": True}]}
    harbour.world.call("RegisterTaskDefinition", theirs)
    change = {"cluster": SERVICE.cluster, "service": SERVICE.name, "taskDefinition": SERVICE.name}
    harbour.world.call("UpdateService", change)
    harbour.run(minutes=20)

    assert phase(harbour) is Phase.ABORTED


def test_the_history_is_asked_only_of_what_changed_of_late() -> None:
    harbour = guarded(ERRORS, "latency")
    harbour.run(minutes=10)
    harbour.alarms.turn("latency", AlarmState.NO_DATA)
    harbour.push(2)
    harbour.run(minutes=1)
    assert harbour.alarms.histories == [("latency",)]

    harbour.run(minutes=30)
    harbour.push(3)
    harbour.run(minutes=1)
    assert harbour.alarms.histories == [("latency",)]


def test_an_alarm_that_fires_already_is_not_blamed_on_the_release() -> None:
    harbour = guarded(ERRORS, "latency")
    harbour.alarms.turn(ERRORS, AlarmState.ALARM)
    harbour.push(2)
    harbour.run(minutes=8)

    guard = harbour.deployment(1).guard
    assert guard is not None
    assert guard.armed == ("latency",)
    assert guard.unarmed == (Unarmed(ERRORS, "in alarm before the deployment moved anything"),)
    assert f"not blamed on this release: {ERRORS} (in alarm" in harbour.deployment(1).reason

    harbour.run(minutes=10)
    assert phase(harbour) is Phase.SUCCEEDED
    assert f"not blamed on this release: {ERRORS} (in alarm" in harbour.deployment(1).reason


@pytest.mark.parametrize(("minutes", "ends"), [(0, Phase.SUCCEEDED), (6, Phase.ROLLED_BACK)])
def test_an_alarm_counts_that_ended_before_the_cooldown_and_a_later_one_does_not(
    minutes: int, ends: Phase
) -> None:
    harbour = guarded()
    harbour.alarms.turn(ERRORS, AlarmState.ALARM)
    harbour.alarms.turn(ERRORS, AlarmState.OK)
    harbour.run(minutes=minutes)
    harbour.push(2)
    harbour.run(minutes=8)
    harbour.alarms.turn(ERRORS, AlarmState.ALARM)
    harbour.run(minutes=15)

    assert phase(harbour) is ends


def test_a_thousand_toggles_in_an_hour_make_one_rollback() -> None:
    harbour = guarded()
    harbour.push(2)
    harbour.run(minutes=8)
    for _ in range(500):
        harbour.alarms.turn(ERRORS, AlarmState.ALARM)
        harbour.run(minutes=0.06)
        harbour.alarms.turn(ERRORS, AlarmState.OK)
        harbour.run(minutes=0.06)

    assert phase(harbour) is Phase.ROLLED_BACK
    assert harbour.ecs.count("UpdateService") == 1 + 1
    assert harbour.snapshot.stage.latest == 1


@pytest.mark.parametrize(
    ("on_no_data", "ends"), [(OnNoData.PASS, Phase.SUCCEEDED), (OnNoData.FAIL, Phase.ROLLED_BACK)]
)
def test_no_data_at_the_end_of_the_bake_is_what_the_stage_says(
    on_no_data: OnNoData, ends: Phase
) -> None:
    harbour = guarded(on_no_data=on_no_data)
    harbour.alarms.turn(ERRORS, AlarmState.NO_DATA)
    harbour.push(2)
    harbour.run(minutes=30)

    assert phase(harbour) is ends


def test_no_data_is_waited_for_and_then_the_release_is_live_but_unproven() -> None:
    harbour = guarded()
    harbour.push(2)
    harbour.run(minutes=8)
    harbour.alarms.delete(ERRORS)

    harbour.run(minutes=20)
    assert phase(harbour) is Phase.BAKING

    harbour.run(minutes=30)
    ended, stage = harbour.deployment(1), harbour.snapshot.stage
    assert ended.phase is Phase.SUCCEEDED
    assert "unproven: no data came for the alarm checkout-5xx" in ended.reason
    assert stage.live == ended.release
    assert stage.stable != ended.release


def test_data_that_comes_late_proves_the_release() -> None:
    harbour = guarded()
    harbour.alarms.turn(ERRORS, AlarmState.NO_DATA)
    harbour.push(2)
    harbour.run(minutes=25)
    assert phase(harbour) is Phase.BAKING

    harbour.alarms.turn(ERRORS, AlarmState.OK)
    harbour.run(minutes=3)
    assert harbour.snapshot.stage.stable == harbour.deployment(1).release


def test_an_alarm_that_does_not_exist_keeps_everything_where_it_is() -> None:
    harbour = guarded()
    harbour.alarms.delete(ERRORS)
    harbour.push(2)
    harbour.run(minutes=10)

    ended, hold = harbour.deployment(1), harbour.snapshot.stage.hold
    assert ended.phase is Phase.FAILED
    assert "There is no alarm checkout-5xx in eu-central-1" in ended.reason
    assert harbour.ecs.writes() == []
    assert hold is not None
    assert hold.kind is HoldKind.FAILED
    assert harbour.snapshot.stage.vetoes == ()


def test_alarms_that_may_not_be_read_move_nothing_at_first_and_say_nothing_later() -> None:
    harbour = guarded()
    denied = NotPermitted("cloudwatch:DescribeAlarms is not permitted")
    harbour.alarms.refusal = denied
    harbour.push(2)
    harbour.run(minutes=10)
    assert phase(harbour) is Phase.FAILED
    assert "could not be read: cloudwatch:DescribeAlarms" in harbour.deployment(1).reason

    harbour.alarms.refusal = None
    harbour.retry()
    harbour.run(minutes=8)
    assert phase(harbour, 2) is Phase.BAKING
    harbour.alarms.refusal = denied
    harbour.run(minutes=60)
    assert "unproven: no data" in harbour.deployment(2).reason


def test_a_person_who_goes_back_is_not_kept_by_an_alarm() -> None:
    harbour = guarded()
    harbour.push(2)
    harbour.run(minutes=25)
    assert phase(harbour) is Phase.SUCCEEDED

    harbour.alarms.turn(ERRORS, AlarmState.ALARM)
    harbour.roll_back()
    harbour.run(minutes=10)

    assert phase(harbour, 2) is Phase.SUCCEEDED
    assert harbour.deployment(2).guard is None
    assert harbour.running() == of_digest(1)


def test_a_newer_push_takes_the_place_of_one_that_bakes() -> None:
    harbour = guarded()
    harbour.push(2)
    harbour.run(minutes=8)
    harbour.push(3)
    harbour.run(minutes=25)

    assert phase(harbour) is Phase.SUPERSEDED
    assert phase(harbour, 2) is Phase.SUCCEEDED
