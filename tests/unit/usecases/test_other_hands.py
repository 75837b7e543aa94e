"""What others do between two deployments: take services away and give them back, clean up, deny."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from longshore.aws.calls import AwsCall
from longshore.domain.deployments import LegState, Phase
from longshore.domain.errors import NotPermitted, Refused, Throttled, UnknownReply
from longshore.domain.holds import HoldKind
from longshore_local.ecs.images import NeverStarts
from tests.support.builders import REPOSITORY, SERVICE, make_digest, make_spec
from tests.support.ecs import ecs_over
from tests.support.hands import both_of_one_image, move_by_hand
from tests.support.harbour import WORKER, Harbour, push_event
from tests.support.voyages import CRASH, MAIN, make_harbour, of_digest

Answer = Callable[[AwsCall], BaseException | None]


def answering(harbour: Harbour, answer: Answer) -> None:
    """Let ECS refuse what `answer` has an error for."""

    def passage(call: AwsCall, perform: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever the call answers
        error = answer(call)
        if error is not None:
            raise error
        return perform()

    harbour.ecs = ecs_over(harbour.world, passage)
    harbour.ports = replace(harbour.ports, ecs=harbour.ecs.port)


def test_a_service_that_comes_back_into_the_configuration_is_adopted_as_it_is_then() -> None:
    both = both_of_one_image()
    harbour = Harbour(spec=both)
    harbour.push(1)
    for target in both.targets:
        harbour.open_service(target.service, MAIN)
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)
    harbour.push(2)
    harbour.run(minutes=10)
    harbour.apply(make_spec())
    harbour.run(minutes=1)
    move_by_hand(harbour, 4, WORKER)
    harbour.run(minutes=10)

    harbour.apply(both)
    harbour.run(minutes=5)
    harbour.push(5, conduct=CRASH)
    harbour.run(minutes=60)

    assert harbour.running(SERVICE) == of_digest(2)
    assert harbour.running(WORKER) == of_digest(4)


def test_a_known_revision_that_somebody_deleted_is_registered_again() -> None:
    harbour = make_harbour(breaker=False)
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=60)
    gone = next(arn for arn in harbour.state.revisions.values() if arn.endswith(":2"))

    def deleted(call: AwsCall) -> BaseException | None:
        asked = call.parameters.get("taskDefinition")
        if call.operation == "DescribeTaskDefinition" and asked == gone:
            return Refused("Unable to describe task definition.", "ClientException")
        return None

    answering(harbour, deleted)
    harbour.conduct.clear()
    harbour.retry()
    harbour.run(minutes=20)

    assert harbour.running() == of_digest(2)
    assert harbour.deployment(2).phase is Phase.SUCCEEDED


def test_after_a_way_back_that_failed_the_stable_release_can_be_asked_for() -> None:
    harbour = make_harbour(breaker=False)
    harbour.push(2)
    harbour.run(minutes=10)
    updates: list[AwsCall] = []

    def denied_back(call: AwsCall) -> BaseException | None:
        if call.operation != "UpdateService":
            return None
        updates.append(call)
        return NotPermitted("no") if len(updates) > 1 else None

    harbour.push(3, conduct=CRASH)
    answering(harbour, denied_back)
    harbour.run(minutes=60)
    assert harbour.deployment(2).phase is Phase.FAILED
    assert harbour.running() == of_digest(3)

    answering(harbour, lambda _: None)
    harbour.registry.push(REPOSITORY, make_digest(2), "main")
    harbour.deliver(push_event(make_digest(2), "main", harbour.clock.now()))
    harbour.run(minutes=20)

    assert harbour.running() == of_digest(2)


def test_a_listing_that_is_denied_keeps_nothing_waiting() -> None:
    harbour = make_harbour(breaker=False)
    lost: list[AwsCall] = []

    def listing_denied(call: AwsCall) -> BaseException | None:
        if call.operation == "ListTaskDefinitions":
            return NotPermitted("ecs:ListTaskDefinitions is not permitted")
        if call.operation == "RegisterTaskDefinition" and not lost:
            lost.append(call)
            return UnknownReply("lost")
        return None

    answering(harbour, listing_denied)
    harbour.push(2)
    harbour.run(minutes=0.5)
    harbour.push(3)
    harbour.run(minutes=30)

    assert harbour.running() == of_digest(3)
    assert harbour.snapshot.stage.trouble is None


def test_what_another_hand_moved_between_deployments_is_brought_back_by_something_newer() -> None:
    """The command's plan says so, by the same rule (`counted_as_live`)."""
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=10)
    move_by_hand(harbour, 9)
    harbour.run(minutes=10)

    harbour.apply(replace(harbour.spec, deadline=timedelta(minutes=31)), deploy=True)
    harbour.run(minutes=10)
    wish = harbour.deploy(2)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(9)
    assert harbour.snapshot.stage.live is not None
    assert harbour.snapshot.stage.live.images[0].digest == make_digest(2)
    assert harbour.ends()[wish] == "duplicate"
    assert harbour.snapshot.stage.latest == 1
    harbour.push(3)
    harbour.run(minutes=10)
    assert harbour.running() == of_digest(3)


def test_what_another_hand_brought_does_not_count_as_live_until_it_is_asked_for() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=10)
    harbour.push(3, conduct=CRASH)
    harbour.run(minutes=60)
    harbour.conduct.clear()
    move_by_hand(harbour, 3)
    harbour.run(minutes=10)

    harbour.apply(replace(harbour.spec, deadline=timedelta(minutes=31)), deploy=True)
    harbour.run(minutes=10)

    assert harbour.deployment(3).phase is Phase.SUCCEEDED
    assert harbour.running() == of_digest(3)


# ── another hand during a rollout ────────────────────────────────────────────────────────────


def both_adopted() -> Harbour:
    """Return a harbour of two services that run digest 1."""
    harbour = Harbour(spec=both_of_one_image(), breaker=False)
    harbour.push(1)
    for target in harbour.spec.targets:
        harbour.open_service(target.service, of_digest(1))
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)
    return harbour


def none_starts() -> Harbour:
    """Return a harbour of two services whose release 2 is under way and never starts."""
    harbour = both_adopted()
    harbour.push(2, conduct=NeverStarts())
    harbour.run(minutes=1)
    return harbour


def the_worker_waits(harbour: Harbour, *errors: BaseException) -> None:
    """Let ECS register nothing for the worker: a dozen times, or with these errors and then."""
    waiting = [Throttled("Rate exceeded")] * 12 + list(errors)

    def refuse(call: AwsCall) -> BaseException | None:
        if call.operation != "RegisterTaskDefinition" or not waiting:
            return None
        return waiting.pop(0) if call.parameters["family"] == WORKER.name else None

    answering(harbour, refuse)


@pytest.mark.parametrize("after", [0.2, 10, 29])
def test_where_one_service_fails_and_another_was_moved_by_hand_it_is_left_to_that_hand(
    after: float,
) -> None:
    harbour = none_starts()
    harbour.run(minutes=after)
    harbour.lose_events = True
    move_by_hand(harbour, 9, WORKER)
    harbour.run(minutes=15)
    harbour.lose_events = False
    harbour.run(minutes=60)
    deployment, stage = harbour.deployment(1), harbour.snapshot.stage

    assert deployment.phase is Phase.ABORTED
    assert harbour.running(SERVICE) == of_digest(1)
    assert harbour.running(WORKER) == of_digest(9)
    assert stage.live is None
    assert stage.hold is not None
    assert stage.hold.kind is HoldKind.REPLACED

    harbour.push(3)
    harbour.run(minutes=20)
    assert harbour.running(WORKER) == of_digest(9)


def test_a_service_that_had_come_up_and_is_moved_by_hand_before_the_rest_has_is_seen() -> None:
    harbour = both_adopted()
    the_worker_waits(harbour)
    harbour.push(2)
    harbour.run(minutes=3)
    assert harbour.snapshot.target(SERVICE).forward.state is LegState.COMPLETED

    move_by_hand(harbour, 9)
    harbour.run(minutes=60)
    deployment = harbour.deployment(1)

    assert deployment.phase is Phase.ABORTED
    assert "another deployment took the service" in deployment.reason
    assert harbour.running(SERVICE) == of_digest(9)


def test_nor_is_it_taken_back_where_the_rest_fails() -> None:
    harbour = both_adopted()
    the_worker_waits(harbour, NotPermitted("no iam:PassRole"))
    harbour.push(2)
    harbour.run(minutes=3)

    move_by_hand(harbour, 9)
    harbour.run(minutes=60)

    assert harbour.deployment(1).phase is Phase.ABORTED
    assert harbour.running(SERVICE) == of_digest(9)
    assert harbour.snapshot.stage.hold is not None
    assert harbour.snapshot.stage.hold.kind is HoldKind.REPLACED


@pytest.mark.parametrize("by", ["retry", "apply"])
def test_after_another_hand_who_asks_for_the_stable_release_gets_it(by: str) -> None:
    harbour = none_starts()
    move_by_hand(harbour, 9, WORKER)
    harbour.run(minutes=20)
    assert harbour.deployment(1).phase is Phase.ABORTED
    harbour.push(1)
    harbour.run(minutes=1)

    harbour.apply(replace(harbour.spec, deadline=timedelta(minutes=31)), deploy=by == "apply")
    harbour.run(minutes=5)
    if by == "retry":
        assert harbour.snapshot.stage.live is None
        assert harbour.running(WORKER) == of_digest(9)
        harbour.retry()
    harbour.run(minutes=40)

    assert {harbour.running(SERVICE), harbour.running(WORKER)} == {of_digest(1)}
    assert harbour.snapshot.stage.hold is None


def test_a_service_that_is_moved_by_hand_just_before_its_deadline_is_not_taken_back() -> None:
    harbour = make_harbour(breaker=False)
    harbour.push(2, conduct=NeverStarts())
    harbour.run(minutes=29.9)
    harbour.lose_events = True

    move_by_hand(harbour, 9)
    harbour.run(minutes=60)

    assert harbour.deployment(1).phase is Phase.ABORTED
    assert harbour.running() == of_digest(9)


def test_our_own_revision_is_known_again_where_the_ledger_was_lost() -> None:
    harbour = both_adopted()
    harbour.push(2)
    harbour.run(minutes=10)
    move_by_hand(harbour, 9, WORKER)
    harbour.run(minutes=10)
    harbour.lose_ledger()
    harbour.run(minutes=20)

    harbour.retry()  # the first service runs our revision of it already
    harbour.run(minutes=10)
    for number in (3, 2):
        harbour.push(number)
        harbour.retry()
        harbour.run(minutes=10)
    listed = harbour.world.call("ListTaskDefinitions", {"familyPrefix": SERVICE.name})

    assert harbour.running() == of_digest(2)
    revisions = cast("list[str]", listed["taskDefinitionArns"])
    assert len(revisions) == 3  # one for each digest, the first one theirs
