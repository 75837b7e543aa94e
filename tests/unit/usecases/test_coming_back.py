"""A stage that left the configuration and comes back is adopted as it is then."""

from dataclasses import replace
from datetime import timedelta

from longshore.domain.deployments import Phase
from longshore.domain.errors import NotPermitted
from longshore.domain.holds import HoldKind
from longshore.domain.places import StageId
from longshore_local.ecs.images import NeverStarts
from tests.support.builders import SERVICE, STAGE, make_digest, make_spec
from tests.support.hands import move_by_hand
from tests.support.harbour import WORKER, WORKER_REPOSITORY, Harbour, two_services
from tests.support.voyages import CRASH, make_harbour, of_digest, push_both

ELSEWHERE = make_spec(StageId(STAGE.application, "elsewhere"), replace(SERVICE, name="other"))


def test_what_was_under_way_when_it_left_is_not_taken_up_again() -> None:
    harbour = make_harbour(spec=two_services(), breaker=False)
    push_both(harbour, NeverStarts())
    harbour.run(minutes=10)
    harbour.apply(ELSEWHERE)
    harbour.run(minutes=60)
    move_by_hand(harbour, 5)
    move_by_hand(harbour, 6, WORKER, WORKER_REPOSITORY)
    harbour.run(minutes=60)
    harbour.ecs.calls.calls.clear()

    harbour.apply(harbour.spec)
    harbour.run(minutes=60)

    assert harbour.ecs.writes() == []
    assert harbour.deployment(1).phase is Phase.ABORTED
    assert "had left the configuration" in harbour.deployment(1).reason
    assert harbour.snapshot.stage.due_at is None


def test_what_was_pushed_meanwhile_is_held_and_a_failure_returns_to_what_ran_then() -> None:
    harbour = make_harbour()
    harbour.apply(ELSEWHERE)
    harbour.run(minutes=5)
    move_by_hand(harbour, 5)
    harbour.push(6)
    harbour.run(minutes=10)
    harbour.ecs.calls.calls.clear()

    harbour.apply(harbour.spec)
    harbour.run(minutes=40)
    hold = harbour.snapshot.stage.hold

    assert harbour.ecs.writes() == []
    assert hold is not None
    assert hold.kind is HoldKind.ADOPTED

    harbour.push(7, conduct=CRASH)
    harbour.run(minutes=60)

    assert harbour.running() == of_digest(5)


def test_it_may_come_back_with_a_release() -> None:
    harbour = make_harbour()
    harbour.apply(ELSEWHERE)
    harbour.run(minutes=5)
    harbour.push(6)

    harbour.apply(harbour.spec, deploy=True)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(6)


def test_what_is_pushed_after_it_came_back_ships() -> None:
    harbour = make_harbour()
    harbour.apply(ELSEWHERE)
    harbour.run(minutes=5)

    harbour.apply(harbour.spec)
    harbour.clock.moment += timedelta(seconds=2)
    harbour.push(6)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(6)


def test_one_whose_first_adoption_was_cut_short_is_read_again() -> None:
    harbour = Harbour()
    harbour.push(1)
    harbour.open_service(SERVICE, of_digest(1))
    harbour.run(minutes=5)
    harbour.registry.failure = NotPermitted("the role may not ecr:DescribeImages")
    harbour.apply()
    harbour.run(minutes=5)
    harbour.registry.failure = None
    harbour.apply(ELSEWHERE)
    harbour.run(minutes=10)
    move_by_hand(harbour, 5)
    harbour.run(minutes=10)

    harbour.apply(harbour.spec)
    harbour.run(minutes=20)
    harbour.push(7, conduct=CRASH)
    harbour.run(minutes=60)

    assert harbour.running() == of_digest(5)


def test_a_service_that_is_on_its_way_by_hand_is_read_again_when_it_is_there() -> None:
    harbour = make_harbour()
    harbour.apply(ELSEWHERE)
    harbour.run(minutes=5)
    move_by_hand(harbour, 5)

    harbour.apply(harbour.spec)
    harbour.run(minutes=1)
    assert harbour.snapshot.stage.live is None
    harbour.run(minutes=40)
    target = harbour.snapshot.target(SERVICE)

    assert not target.astray
    assert target.stable is not None
    assert dict(target.stable.digests) == {"app": make_digest(5)}


def test_a_stage_that_stays_is_adopted_as_before() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=NeverStarts())
    harbour.run(minutes=5)

    harbour.apply(harbour.spec)
    harbour.run(minutes=5)

    assert harbour.deployment(1).phase is Phase.PROGRESSING
