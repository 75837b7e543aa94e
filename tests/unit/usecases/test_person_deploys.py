"""A person deploys what they name, and it stays until somebody resumes the stage."""

from dataclasses import replace

import pytest

from longshore.domain.deployments import Phase, TriggerKind
from longshore.domain.holds import HoldKind
from longshore.domain.intents import IntentKind, WantedImage
from longshore.domain.outcomes import EventName, Outcome
from tests.support.builders import STAGE, make_digest
from tests.support.harbour import WORKER_REPOSITORY, Harbour, two_services
from tests.support.voyages import CRASH, make_harbour, of_digest, semver_spec


def with_branch() -> Harbour:
    """Return a harbour on digest 2, with an image 3 that no policy chooses."""
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=10)
    harbour.push(3, "feature")
    harbour.run(minutes=1)
    return harbour


def test_what_no_policy_chooses_is_deployed_and_held() -> None:
    harbour = with_branch()

    wish = harbour.deploy(3, "feature")
    harbour.run(minutes=10)
    deployment, paused = harbour.deployment(2), harbour.snapshot.stage.paused

    assert harbour.running() == of_digest(3)
    assert deployment.phase is Phase.SUCCEEDED
    assert (deployment.trigger.kind, deployment.trigger.actor) == (
        TriggerKind.DEPLOY,
        "arn:of:somebody",
    )
    assert deployment.release.images[0].tag == "feature"
    assert harbour.ends()[wish] == Outcome.APPLIED
    assert paused is not None
    assert paused.told == "held (deployed by hand): arn:of:somebody: because"
    assert harbour.told()[-3:] == [
        EventName.STAGE_HELD,
        EventName.DEPLOYMENT_STARTED,
        EventName.DEPLOYMENT_SUCCEEDED,
    ]


def test_what_was_deployed_stays_until_the_stage_is_resumed() -> None:
    harbour = with_branch()
    harbour.deploy(3, "feature")
    harbour.run(minutes=10)

    harbour.push(4)
    harbour.run(minutes=40)
    assert harbour.running() == of_digest(3)

    harbour.ask(IntentKind.RESUME)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(4)
    assert harbour.snapshot.stage.paused is None


def test_the_policys_own_choice_leaves_no_hold() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=60)
    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    harbour.conduct.clear()

    harbour.deploy(2)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.paused is None
    assert harbour.snapshot.stage.vetoes == ()


def test_an_older_version_passes_the_rule_that_nothing_goes_back() -> None:
    harbour = make_harbour(spec=semver_spec())
    harbour.push(2, "1.2.0")
    harbour.run(minutes=10)

    harbour.deploy(1, "1.0.0")
    harbour.run(minutes=40)

    assert harbour.running() == of_digest(1)
    assert harbour.snapshot.stage.live == harbour.deployment(2).release


def test_it_takes_the_place_of_what_is_under_way() -> None:
    harbour = with_branch()
    harbour.push(4)
    harbour.run(minutes=0.1)

    harbour.deploy(3, "feature")
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(3)
    assert harbour.deployment(2).phase is Phase.SUPERSEDED
    assert "a person asked for feature" in harbour.deployment(2).reason


def test_what_fails_goes_back_and_the_hold_stays() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=10)
    harbour.push(3, "feature", conduct=CRASH)

    harbour.deploy(3, "feature")
    harbour.run(minutes=60)
    paused = harbour.snapshot.stage.paused

    assert harbour.deployment(2).phase is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(2)
    assert paused is not None
    assert paused.kind is HoldKind.DEPLOYED


def test_a_stage_that_is_paused_already_stays_paused_as_it_was() -> None:
    harbour = with_branch()
    harbour.ask(IntentKind.PAUSE, "freeze")
    harbour.deploy(3, "feature")
    harbour.run(minutes=10)
    paused = harbour.snapshot.stage.paused

    assert harbour.running() == of_digest(3)
    assert paused is not None
    assert paused.kind is HoldKind.PAUSED


def test_an_image_that_is_not_named_stays() -> None:
    harbour = make_harbour(spec=two_services())
    harbour.push(2)
    harbour.run(minutes=10)
    harbour.push(5, "feature", repository=WORKER_REPOSITORY)

    harbour.deploy(5, "feature", "worker")
    harbour.run(minutes=10)
    release = harbour.deployment(2).release

    assert {i.alias: i.digest for i in release.images} == {
        "app": make_digest(2),
        "worker": make_digest(5),
    }


def test_what_nobody_knows_of_an_image_is_the_policys_choice() -> None:
    harbour = make_harbour(spec=two_services())
    unknown = replace(harbour.snapshot.stage, live=None)  # its services differ
    harbour.state.stages[STAGE] = unknown
    harbour.push(5, "feature", repository=WORKER_REPOSITORY)

    harbour.deploy(5, "feature", "worker")
    harbour.run(minutes=10)

    assert {i.digest for i in harbour.deployment(1).release.images} == {
        make_digest(1),
        make_digest(5),
    }


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (
            WantedImage("app", make_digest(9), "2.0"),
            "2.0 (000000000000) is not in the repository checkout",
        ),
        (WantedImage("nothing", make_digest(2)), "the stage has no image nothing"),
    ],
)
def test_what_is_not_there_is_declined_with_a_reason(wanted: WantedImage, reason: str) -> None:
    harbour = with_branch()

    wish = harbour.ask(IntentKind.DEPLOY, images=(wanted,))
    harbour.run(minutes=5)
    (end,) = (end for (event, _), end in harbour.state.outcomes.items() if event == wish)

    assert (end.outcome, end.reason) == (Outcome.REJECTED, reason)
    assert harbour.snapshot.intents == ()
    assert harbour.snapshot.stage.latest == 1
    assert harbour.snapshot.stage.paused is None


def test_what_is_live_and_no_policys_choice_is_kept_there_by_a_word() -> None:
    harbour = with_branch()
    harbour.deploy(3, "feature")
    harbour.run(minutes=10)
    harbour.ask(IntentKind.RESUME)
    harbour.run(minutes=1)
    assert harbour.snapshot.stage.paused is None

    wish = harbour.deploy(3, "feature")
    harbour.run(minutes=1)
    harbour.push(4)
    harbour.run(minutes=20)
    paused = harbour.snapshot.stage.paused

    assert harbour.running() == of_digest(3)
    assert paused is not None
    assert paused.kind is HoldKind.DEPLOYED
    assert harbour.state.outcomes[wish, STAGE].outcome == Outcome.APPLIED
    assert "is kept there" in harbour.state.outcomes[wish, STAGE].reason
