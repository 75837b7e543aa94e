"""A person goes back to what was verified; what they leave is vetoed, and the stage is held."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from longshore.aws.calls import AwsCall
from longshore.aws.gate import Passage
from longshore.decide.word import standing, way_back
from longshore.domain.configuration import TargetSpec
from longshore.domain.deployments import Phase, TriggerKind
from longshore.domain.errors import LongshoreError, NotPermitted, Refused, Throttled, UnknownReply
from longshore.domain.holds import HoldKind
from longshore.domain.intents import IntentKind, WantedImage
from longshore.domain.outcomes import EventName, EventOutcome, Outcome
from tests.support.builders import REPOSITORY, SERVICE, STAGE, make_digest, make_spec
from tests.support.ecs import ecs_over
from tests.support.harbour import WORKER, Harbour, two_services
from tests.support.voyages import CRASH, make_harbour, of_digest, push_both


def after(*numbers: int) -> Harbour:
    """Return a harbour that was brought to these digests, one after the other."""
    harbour = make_harbour()
    for number in numbers:
        harbour.push(number)
        harbour.run(minutes=10)
    assert harbour.running() == of_digest(numbers[-1])
    return harbour


def end_of(harbour: Harbour, wish: str) -> EventOutcome:
    return harbour.state.outcomes[wish, STAGE]


def verified(harbour: Harbour) -> Sequence[str]:
    return [release.images[0].digest for release in harbour.snapshot.stage.verified]


def test_the_stage_goes_back_and_stays_there_with_a_hold_and_a_veto() -> None:
    harbour = after(2, 3)

    wish = harbour.roll_back()
    harbour.run(minutes=40)
    deployment, stage = harbour.deployment(3), harbour.snapshot.stage

    assert harbour.running() == of_digest(2)
    assert deployment.phase is Phase.SUCCEEDED
    assert deployment.trigger.kind is TriggerKind.ROLLBACK
    assert deployment.reason.startswith("main (000000000000) is live on")
    assert stage.live == stage.stable == deployment.release
    assert stage.paused is not None
    assert stage.paused.told == "held (rolled back): arn:of:somebody: because"
    assert [veto.release.images[0].digest for veto in stage.vetoes] == [make_digest(3)]
    assert stage.vetoes[0].reason == "arn:of:somebody went back from it: because"
    assert end_of(harbour, wish).outcome is Outcome.APPLIED


def test_after_resume_what_was_left_stays_vetoed_and_something_newer_ships() -> None:
    harbour = after(2, 3)
    harbour.roll_back()
    harbour.run(minutes=10)

    harbour.ask(IntentKind.RESUME)
    harbour.run(minutes=40)
    assert harbour.running() == of_digest(2)

    harbour.push(4)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(4)


def test_a_second_rollback_goes_further_back_and_never_forth() -> None:
    harbour = after(2, 3)
    for _ in range(2):
        harbour.roll_back()
        harbour.run(minutes=10)

    assert harbour.running() == of_digest(1)
    assert way_back(harbour.snapshot) is None


def test_two_people_who_ask_at_once_go_back_once() -> None:
    harbour = after(2, 3)

    first, second = harbour.roll_back(), harbour.roll_back()
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(2)
    assert end_of(harbour, first).outcome is Outcome.APPLIED
    assert end_of(harbour, second).outcome is Outcome.REJECTED
    assert "look again" in end_of(harbour, second).reason
    assert harbour.snapshot.stage.latest == 3


def test_one_named_release_passes_its_veto() -> None:
    harbour = after(2, 3)
    harbour.roll_back()
    harbour.run(minutes=10)

    harbour.roll_back(to=3)
    harbour.run(minutes=10)
    stage = harbour.snapshot.stage

    assert harbour.running() == of_digest(3)
    assert [veto.release.images[0].digest for veto in stage.vetoes] == [make_digest(2)]


def test_what_is_under_way_is_left_for_what_was_verified() -> None:
    harbour = after(2)
    harbour.push(3)
    harbour.run(minutes=0.1)
    assert harbour.snapshot.deployment is not None

    harbour.roll_back()
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(2)
    assert harbour.deployment(2).phase is Phase.SUPERSEDED
    assert harbour.deployment(3).phase is Phase.SUCCEEDED
    assert harbour.snapshot.stage.veto_of(harbour.deployment(2).release)


def test_a_rollback_that_fails_is_not_rolled_back() -> None:
    harbour = after(2, 3)
    harbour.conduct[make_digest(2)] = CRASH

    harbour.roll_back()
    harbour.run(minutes=60)
    deployment = harbour.deployment(3)

    assert deployment.phase is Phase.FAILED
    assert deployment.reason.endswith(
        "A rollback is not rolled back: the services are where they are."
    )
    assert harbour.snapshot.target(SERVICE).backward is None
    assert harbour.snapshot.stage.live is None
    assert harbour.told()[-1] is EventName.DEPLOYMENT_FAILED


def test_where_one_service_is_gone_the_others_go_back_all_the_same() -> None:
    services = [replace(SERVICE, name=f"svc-{number:02}") for number in range(14)]
    spec = replace(make_spec(), targets=tuple(map(TargetSpec, services)))
    harbour = Harbour(spec=spec)
    harbour.push(1)
    for service in services:
        harbour.open_service(service, of_digest(1))
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=5)
    harbour.push(2)
    harbour.run(minutes=20)
    gone = {"cluster": services[0].cluster, "service": services[0].name, "force": True}
    harbour.world.call("DeleteService", gone)

    harbour.roll_back()
    harbour.run(minutes=30)
    deployment = harbour.deployment(2)

    assert {harbour.running(service) for service in services[1:]} == {of_digest(1)}
    assert deployment.phase is Phase.FAILED
    assert deployment.reason.endswith("13 services went back, the rest is where it is.")


def test_a_rollback_that_moved_nothing_leaves_what_is_live() -> None:
    harbour = after(2, 3)
    denied = ecs_over(harbour.world, refusing("RegisterTaskDefinition", NotPermitted("PassRole")))
    harbour.ports = replace(harbour.ports, ecs=denied.port)
    harbour.registry.push(REPOSITORY, make_digest(8), "side")

    harbour.roll_back(to=1)  # adopted by its tag: a revision that pins it is needed
    harbour.run(minutes=30)

    assert harbour.deployment(3).phase is Phase.FAILED
    assert harbour.deployment(3).reason.endswith("No service was moved.")
    assert harbour.snapshot.stage.live is not None


def refusing(operation: str, error: Exception) -> Passage:
    """Return a passage to ECS that refuses one operation."""

    def passage(call: AwsCall, perform: Callable[[], Any]) -> Any:  # noqa: ANN401  any answer
        if call.operation == operation:
            raise error
        return perform()

    return passage


@pytest.mark.parametrize("kind", [IntentKind.RETRY, IntentKind.DEPLOY])
def test_while_the_registry_is_away_what_waits_for_it_gives_way(kind: IntentKind) -> None:
    harbour = after(2, 3)
    harbour.registry.failure = Throttled("ECR is away")
    images = (WantedImage("app", make_digest(1)),) if kind is IntentKind.DEPLOY else ()

    waiting = harbour.ask(kind, images=images)
    harbour.roll_back()
    harbour.ask(IntentKind.PAUSE)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(2)
    assert end_of(harbour, waiting).outcome is Outcome.SUPERSEDED
    assert "ask again if need be" in end_of(harbour, waiting).reason
    assert harbour.snapshot.intents == ()


def test_what_waits_for_the_registry_waits_on_where_nothing_follows() -> None:
    harbour = after(2, 3)
    harbour.registry.failure = Throttled("ECR is away")
    waiting = harbour.deploy(1)
    harbour.run(minutes=5)
    assert len(harbour.snapshot.intents) == 1

    harbour.registry.failure = None
    harbour.run(minutes=20)

    assert harbour.running() == of_digest(1)
    assert end_of(harbour, waiting).outcome is Outcome.APPLIED


def test_a_way_back_does_not_wait_for_a_configuration_that_cannot_be_adopted() -> None:
    harbour = after(2, 3)
    harbour.registry.failure = Throttled("ECR is away")
    harbour.apply(replace(harbour.spec, deadline=timedelta(minutes=31)))

    harbour.roll_back()
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(2)


def test_with_several_images_a_registry_that_is_away_is_asked_once() -> None:
    harbour = make_harbour(spec=two_services())
    push_both(harbour)
    harbour.run(minutes=10)
    harbour.registry.failure = Throttled("ECR is away")
    harbour.registry.reads.clear()

    harbour.roll_back()
    harbour.run(minutes=0.1)

    assert sum("@" in read for read in harbour.registry.reads) == 1


def test_a_later_failure_that_returns_to_what_was_left_says_so() -> None:
    harbour = after(2, 3)
    harbour.conduct[make_digest(2)] = CRASH
    harbour.roll_back()
    harbour.run(minutes=60)
    harbour.ask(IntentKind.RESUME)

    harbour.push(4, conduct=CRASH)
    harbour.run(minutes=60)

    assert harbour.running() == of_digest(3)
    assert "which is vetoed (arn:of:somebody went back from it" in harbour.deployment(4).reason


def test_after_a_rollback_that_failed_another_one_is_possible() -> None:
    harbour = after(2, 3)
    harbour.conduct[make_digest(2)] = CRASH
    harbour.roll_back()
    harbour.run(minutes=60)

    harbour.roll_back(to=1)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(1)


def test_what_rolls_back_already_is_left_to_it() -> None:
    harbour = after(2)
    harbour.push(3, conduct=CRASH)
    while harbour.snapshot.stage.latest < 2 or not _is_returning(harbour):
        harbour.run(minutes=0.2)

    back, forth = harbour.roll_back(), harbour.deploy(1)
    harbour.run(minutes=30)

    assert {end_of(harbour, wish).outcome for wish in (back, forth)} == {Outcome.REJECTED}
    assert end_of(harbour, back).reason.endswith("ask again when that has ended")
    assert harbour.deployment(2).phase is Phase.ROLLED_BACK


def _is_returning(harbour: Harbour) -> bool:
    flight = harbour.snapshot.deployment
    return flight is not None and flight.phase is Phase.ROLLING_BACK


def test_nothing_is_gone_back_to_that_was_never_verified() -> None:
    harbour = after(2)
    there = standing(harbour.snapshot)
    assert there is not None

    wish = harbour.ask(IntentKind.ROLLBACK, to="0123456789ab", leaving=there.id)
    harbour.run(minutes=5)

    assert end_of(harbour, wish).outcome is Outcome.REJECTED
    assert "no verified release 0123456789ab" in end_of(harbour, wish).reason
    assert harbour.snapshot.stage.paused is None


def test_a_release_whose_image_was_deleted_is_no_way_back() -> None:
    harbour = after(2, 3)
    del harbour.registry.images[REPOSITORY][make_digest(2)]

    wish = harbour.roll_back()
    harbour.run(minutes=5)

    assert end_of(harbour, wish).outcome is Outcome.REJECTED
    assert "is not in checkout any more" in end_of(harbour, wish).reason
    assert harbour.running() == of_digest(3)


@pytest.mark.parametrize("error", [NotPermitted, Throttled, UnknownReply])
def test_a_way_back_does_not_wait_for_the_registry(error: type[LongshoreError]) -> None:
    harbour = after(2, 3)
    harbour.registry.failure = error("ECR is away")

    harbour.roll_back()
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(2)


def test_a_repository_that_was_deleted_has_no_image_to_go_back_to() -> None:
    harbour = after(2, 3)
    harbour.registry.failure = Refused("the repository is gone", "RepositoryNotFoundException")

    wish = harbour.roll_back()
    harbour.run(minutes=5)

    assert end_of(harbour, wish).outcome is Outcome.REJECTED


def test_every_service_of_a_stage_goes_back() -> None:
    harbour = make_harbour(spec=two_services())
    push_both(harbour)
    harbour.run(minutes=10)

    harbour.roll_back()
    harbour.run(minutes=10)

    assert harbour.deployment(2).phase is Phase.SUCCEEDED
    assert harbour.running(SERVICE) == of_digest(1)
    assert harbour.running(WORKER).endswith(make_digest(1))


def test_a_paused_stage_goes_back_and_stays_paused_as_it_was() -> None:
    harbour = after(2, 3)
    harbour.ask(IntentKind.PAUSE, "freeze")
    harbour.run(minutes=1)

    harbour.roll_back()
    harbour.run(minutes=10)
    paused = harbour.snapshot.stage.paused

    assert harbour.running() == of_digest(2)
    assert paused is not None
    assert paused.kind is HoldKind.PAUSED


def test_wishes_are_heard_in_the_order_in_which_they_were_asked() -> None:
    harbour = after(2, 3)

    harbour.roll_back()
    harbour.ask(IntentKind.RESUME, "it was no emergency")
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.paused is None


def test_the_newest_releases_are_remembered_once_each() -> None:
    harbour = after(2, 3)
    assert verified(harbour) == [make_digest(n) for n in (3, 2, 1)]

    harbour.roll_back()
    harbour.run(minutes=10)
    assert verified(harbour) == [make_digest(n) for n in (2, 3, 1)]

    for number in range(4, 16):
        harbour.push(number)
        harbour.retry()
        harbour.run(minutes=10)
    assert verified(harbour) == [make_digest(n) for n in range(15, 4, -1)]


def test_a_release_without_an_image_of_the_stage_is_no_way_back() -> None:
    harbour = after(2, 3)
    spec = two_services()
    harbour.push(7, repository=spec.images[1].repository)
    harbour.open_service(WORKER, f"{spec.images[1].repository.uri}@{make_digest(7)}")
    harbour.run(minutes=5)
    harbour.spec = spec
    harbour.apply()
    harbour.run(minutes=5)
    there = standing(harbour.snapshot)
    older = next(r for r in harbour.snapshot.stage.verified if r.images[0].digest == make_digest(2))

    assert way_back(harbour.snapshot) is None
    wish = harbour.ask(IntentKind.ROLLBACK, to=older.id, leaving=there.id if there else None)
    harbour.run(minutes=5)

    assert "has no image for worker" in end_of(harbour, wish).reason
