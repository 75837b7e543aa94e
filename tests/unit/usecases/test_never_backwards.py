"""Nothing goes backwards by itself, whatever is deleted or moved back, and newer pushes ship."""

import pytest

from longshore.domain.holds import HoldKind
from tests.support.builders import REPOSITORY, SERVICE, make_digest
from tests.support.hands import both_of_one_image, move_by_hand
from tests.support.harbour import WORKER, Harbour, push_event
from tests.support.voyages import CRASH, of_digest, semver_spec


def retag(harbour: Harbour, number: int) -> None:
    """Let `main` name a digest that was pushed before."""
    harbour.registry.push(REPOSITORY, make_digest(number), "main")
    harbour.deliver(push_event(make_digest(number), "main", harbour.clock.now()))


def adopted_below_a_held_version() -> Harbour:
    """Return a harbour that runs 1.5.0 and holds 2.0.0."""
    harbour = Harbour(spec=semver_spec("*"))
    harbour.push(1, "1.5.0")
    harbour.open_service(SERVICE, f"{REPOSITORY.uri}:1.5.0")
    harbour.run(minutes=5)
    harbour.push(2, "2.0.0")
    harbour.apply()
    harbour.run(minutes=5)
    assert harbour.snapshot.stage.hold is not None
    return harbour


@pytest.mark.parametrize("by", ["policy", "deletion"])
def test_what_was_held_and_is_not_chosen_any_more_keeps_no_newer_push_back(by: str) -> None:
    harbour = adopted_below_a_held_version()
    if by == "policy":
        harbour.apply(semver_spec("^1"))
    else:
        harbour.registry.delete_tag(REPOSITORY, "2.0.0")
    harbour.run(minutes=20)
    assert harbour.running() == f"{REPOSITORY.uri}:1.5.0"

    harbour.push(3, "1.6.0")
    harbour.run(minutes=20)

    assert harbour.running() == of_digest(3)


def test_a_policy_that_chooses_what_runs_lifts_what_the_one_before_held() -> None:
    harbour = adopted_below_a_held_version()

    harbour.apply(semver_spec("^1"))
    harbour.run(minutes=5)

    assert harbour.snapshot.stage.hold is None


def differing(*, adopt: bool = True) -> Harbour:
    """Return a harbour of two services that run digests 3 and 4, while `main` names 1."""
    harbour = Harbour(spec=both_of_one_image())
    for number in (1, 2, 3, 4):
        harbour.push(number, f"v{number}")
        harbour.run(minutes=1)
    harbour.open_service(SERVICE, of_digest(3))
    harbour.open_service(WORKER, of_digest(4))
    retag(harbour, 1)
    harbour.run(minutes=5)
    if adopt:
        harbour.apply()
        harbour.run(minutes=5)
    return harbour


@pytest.mark.parametrize("number", [2, 3])
def test_a_stage_whose_services_differ_goes_below_none_of_them(number: int) -> None:
    harbour = differing()

    retag(harbour, number)
    harbour.run(minutes=20)
    hold = harbour.snapshot.stage.hold

    assert (harbour.running(SERVICE), harbour.running(WORKER)) == (of_digest(3), of_digest(4))
    assert hold is not None
    assert hold.kind is HoldKind.MOVED_BACK

    harbour.push(5)
    harbour.run(minutes=20)
    assert {harbour.running(SERVICE), harbour.running(WORKER)} == {of_digest(5)}


def test_where_they_differ_the_newest_is_the_measure_without_a_hold_too() -> None:
    harbour = differing(adopt=False)
    harbour.registry.delete_tag(REPOSITORY, "main")
    harbour.apply()
    harbour.run(minutes=5)
    assert harbour.snapshot.stage.hold is None

    retag(harbour, 2)
    harbour.run(minutes=20)

    assert harbour.running(SERVICE) == of_digest(3)


def moving_at_adoption() -> Harbour:
    harbour = Harbour()
    for number in (1, 2, 3):
        harbour.push(number, f"v{number}")
        harbour.run(minutes=1)
    harbour.open_service(SERVICE, of_digest(3))
    harbour.run(minutes=5)
    retag(harbour, 1)
    move_by_hand(harbour, 4)
    harbour.apply()
    harbour.run(minutes=30)
    assert harbour.running() == of_digest(4)
    return harbour


def test_what_ecs_was_moving_at_adoption_is_live_once_it_is_there() -> None:
    harbour = moving_at_adoption()
    stage = harbour.snapshot.stage

    assert stage.live == stage.stable
    assert stage.live is not None
    assert stage.live.images[0].digest == make_digest(4)

    retag(harbour, 2)
    harbour.run(minutes=20)
    assert harbour.running() == of_digest(4)


def test_what_was_held_at_adoption_is_held_no_more_where_it_turns_out_to_run() -> None:
    harbour = Harbour()
    harbour.push(3, "v3")
    harbour.open_service(SERVICE, of_digest(3))
    harbour.run(minutes=5)
    harbour.push(4)
    move_by_hand(harbour, 4)
    harbour.apply()
    harbour.run(minutes=30)

    assert harbour.snapshot.stage.live is not None
    assert harbour.snapshot.stage.hold is None


def test_services_that_differ_once_nothing_moves_are_measured_by_the_newest() -> None:
    harbour = differing(adopt=False)
    move_by_hand(harbour, 6, WORKER)
    harbour.apply()
    harbour.run(minutes=30)
    stage = harbour.snapshot.stage

    assert stage.live is None
    assert stage.found is not None
    assert stage.found.images[0].digest == make_digest(6)


def test_a_tag_that_is_moved_back_and_forth_brings_nothing_that_was_held_at_adoption() -> None:
    harbour = Harbour()
    for number in (1, 2, 3):
        harbour.push(number, f"v{number}")
        harbour.run(minutes=1)
    harbour.open_service(SERVICE, of_digest(2))
    harbour.run(minutes=5)
    retag(harbour, 3)
    harbour.apply()
    harbour.run(minutes=5)

    for number in (1, 3):
        retag(harbour, number)
        harbour.run(minutes=20)

    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.hold is not None
    assert harbour.snapshot.stage.hold.kind is HoldKind.ADOPTED


def test_deleting_the_version_that_failed_deploys_none_that_is_older() -> None:
    harbour = Harbour(spec=semver_spec(), breaker=False)
    harbour.push(1, "1.0.0")
    harbour.open_service(SERVICE, of_digest(1))
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)
    harbour.lose_events = True
    harbour.push(2, "1.1.0")
    harbour.push(3, "1.2.0", conduct=CRASH)
    harbour.run(minutes=80)
    assert harbour.snapshot.stage.vetoes

    harbour.registry.delete_tag(REPOSITORY, "1.2.0")
    harbour.run(minutes=60)
    hold = harbour.snapshot.stage.hold

    assert harbour.running() == of_digest(1)
    assert hold is not None
    assert "1.1.0 (000000000000) is not newer than 1.2.0 (000000000000)" in hold.reason

    harbour.retry()
    harbour.run(minutes=20)
    assert harbour.running() == of_digest(2)
