from dataclasses import replace
from typing import Any

import pytest

from longshore.domain.intents import Intent, IntentKind, WantedImage
from longshore.domain.stop_switch import StopSwitch
from longshore.domain.wakeups import Hint, Wakeup
from longshore.usecases.accept_configuration import ConfigurationRequest, accept_configuration
from longshore.usecases.accept_intent import LONGEST_REASON, IntentRequest, accept_intent
from longshore.usecases.control_ports import (
    ContradictedError,
    ControlPorts,
    InvalidError,
    UnknownStageError,
)
from tests.support.builders import HOME, STAGE, make_digest
from tests.support.control_fakes import (
    InMemoryConfigurationStore,
    InMemoryIntentStore,
    InMemoryStopSwitch,
)
from tests.support.fakes import NOON, FakeClock, InMemoryWakeups

DOCUMENT = {
    "apiVersion": "longshore/v1",
    "application": STAGE.application,
    "images": {"app": {"repository": "checkout", "select": {"tag": "main"}}},
    "stages": {STAGE.stage: {"targets": [{"service": "prod/web"}]}},
}
REQUEST = IntentRequest(
    stage="checkout/production",
    kind="retry",
    reason="the database is back",
    id="5e1d6e0c-8f83-4a54-8a4b-6c1d2f3e4a5b",
    actor="arn:of:somebody",
)
INTENT = Intent(REQUEST.id, STAGE, IntentKind.RETRY, REQUEST.actor, REQUEST.reason, NOON)
APP = WantedImage("app", make_digest(1), "v1")
RELEASE = "0123456789ab"
HEARD = Wakeup(STAGE, frozenset({Hint.PERSON}))


@pytest.fixture
def intents() -> InMemoryIntentStore:
    return InMemoryIntentStore()


@pytest.fixture
def wakeups() -> InMemoryWakeups:
    return InMemoryWakeups()


@pytest.fixture
def ports(intents: InMemoryIntentStore, wakeups: InMemoryWakeups) -> ControlPorts:
    ports = ControlPorts(
        InMemoryConfigurationStore(), intents, InMemoryStopSwitch(), wakeups, FakeClock(), HOME
    )
    accept_configuration(ConfigurationRequest(DOCUMENT, deploy=False, base=0, actor="me"), ports)
    wakeups.take()
    return ports


def test_a_wish_is_kept_and_the_stage_is_woken(
    ports: ControlPorts, intents: InMemoryIntentStore, wakeups: InMemoryWakeups
) -> None:
    assert accept_intent(REQUEST, ports) == INTENT
    assert intents.waiting(STAGE, REQUEST.id) == INTENT
    assert wakeups.take() == [HEARD]


def test_a_request_that_is_sent_again_counts_once(
    ports: ControlPorts, intents: InMemoryIntentStore, wakeups: InMemoryWakeups
) -> None:
    accept_intent(REQUEST, ports)
    accept_intent(REQUEST, ports)

    assert list(intents.intents.values()) == [INTENT]
    assert wakeups.take() == [HEARD, HEARD]  # the first wake-up may be what got lost


def test_a_request_that_is_sent_again_after_it_was_heard_is_not_heard_twice(
    ports: ControlPorts, intents: InMemoryIntentStore
) -> None:
    accept_intent(REQUEST, ports)
    intents.consume(INTENT)

    accept_intent(REQUEST, ports)

    assert intents.intents == {}


@pytest.mark.parametrize("change", [{"reason": "something else"}, {"actor": "arn:of:another"}])
def test_an_id_stands_for_one_wish(ports: ControlPorts, change: dict[str, Any]) -> None:
    accept_intent(REQUEST, ports)

    with pytest.raises(ContradictedError, match="stands for another wish"):
        accept_intent(replace(REQUEST, **change), ports)


@pytest.mark.parametrize(
    ("asked", "another"),
    [
        (
            {"kind": "deploy", "images": (APP,)},
            {"kind": "deploy", "images": (replace(APP, digest=make_digest(2)),)},
        ),
        ({"kind": "rollback", "to": RELEASE}, {"kind": "rollback", "to": RELEASE[::-1]}),
    ],
)
def test_what_is_wanted_by_name_is_kept_and_belongs_to_the_wish(
    ports: ControlPorts, asked: dict[str, Any], another: dict[str, Any]
) -> None:
    request = replace(REQUEST, **asked)

    kept = accept_intent(request, ports)
    assert (kept.images, kept.to) == (request.images, request.to)
    assert accept_intent(request, ports).id == kept.id
    with pytest.raises(ContradictedError, match="stands for another wish"):
        accept_intent(replace(request, **another), ports)


@pytest.mark.parametrize("stage", ["checkout/staging", "shop/production"])
def test_a_stage_that_nobody_configured_is_refused(ports: ControlPorts, stage: str) -> None:
    with pytest.raises(UnknownStageError, match=f"in force has the stage {stage}") as caught:
        accept_intent(replace(REQUEST, stage=stage), ports)

    assert caught.value.next_step == "`longshore status` lists the stages"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stage": "production"}, "names no stage"),
        ({"kind": "destroy"}, '"destroy" is no wish: use retry'),
        ({"images": (APP,)}, "a retry names no images"),
        ({"to": RELEASE}, "a retry goes from no release to another"),
        ({"kind": "pause", "leaving": RELEASE}, "a pause goes from no release to another"),
        ({"kind": "deploy"}, "a deploy names at least one image"),
        ({"kind": "deploy", "images": (APP,), "to": RELEASE}, "goes from no release"),
        ({"kind": "deploy", "images": (APP, APP)}, "names an image twice"),
        ({"kind": "deploy", "images": (replace(APP, alias="web"),)}, 'has no image "web"'),
        ({"kind": "deploy", "images": (replace(APP, digest="main"),)}, '"main" is no digest'),
        ({"kind": "deploy", "images": (replace(APP, tag="a b"),)}, '"a b" is no tag'),
        ({"kind": "rollback"}, "a rollback names the release to go back to"),
        ({"kind": "rollback", "to": "main"}, '"main" is no release'),
        ({"kind": "rollback", "to": RELEASE, "leaving": "main"}, '"main" is no release'),
        ({"kind": "rollback", "to": RELEASE, "images": (APP,)}, "a rollback names no images"),
        ({"reason": " \n "}, "the reason is empty"),
        ({"id": "1"}, "is no id of a request"),
        ({"id": "a" * 65}, "is no id of a request"),
        ({"id": "../../etc/passwd"}, "is no id of a request"),
    ],
)
def test_a_request_that_is_not_well_formed_is_refused(
    ports: ControlPorts, intents: InMemoryIntentStore, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidError, match=message):
        accept_intent(replace(REQUEST, **change), ports)

    assert intents.intents == {}


def test_a_reason_is_cut_and_cannot_write_over_a_terminal(ports: ControlPorts) -> None:
    reason = "\x1b[2Jgone" + "x" * 1000

    kept = accept_intent(replace(REQUEST, reason=reason), ports).reason

    assert len(kept) == LONGEST_REASON
    assert kept.isprintable()


@pytest.mark.parametrize("kind", ["deploy", "retry"])
def test_what_would_begin_something_is_refused_while_everything_is_frozen(
    ports: ControlPorts, intents: InMemoryIntentStore, kind: str
) -> None:
    frozen = StopSwitch(on=True, actor="arn:of:ada", reason="prices are wrong", since=NOON)
    ports.switch.turn(frozen)
    images = (APP,) if kind == "deploy" else ()

    with pytest.raises(ContradictedError, match="everything is frozen, by arn:of:ada") as refused:
        accept_intent(replace(REQUEST, kind=kind, images=images), ports)

    assert "longshore unfreeze --everything" in refused.value.next_step
    assert intents.intents == {}


@pytest.mark.parametrize("kind", ["rollback", "pause", "resume"])
def test_what_begins_nothing_or_goes_back_passes_a_freeze(ports: ControlPorts, kind: str) -> None:
    ports.switch.turn(StopSwitch(on=True, actor="arn:of:ada", reason="because", since=NOON))
    to = RELEASE if kind == "rollback" else None

    assert accept_intent(replace(REQUEST, kind=kind, to=to), ports).kind == kind


@pytest.mark.parametrize("kind", ["deploy", "retry", "rollback"])
def test_a_stage_that_only_observes_takes_no_wish_to_change_ecs(
    ports: ControlPorts, intents: InMemoryIntentStore, kind: str
) -> None:
    observe = ConfigurationRequest(DOCUMENT, deploy=False, base=1, actor="me", observe=True)
    accept_configuration(observe, ports)
    request = replace(
        REQUEST,
        kind=kind,
        images=(APP,) if kind == "deploy" else (),
        to=RELEASE if kind == "rollback" else None,
    )

    with pytest.raises(ContradictedError, match="is only observed") as refused:
        accept_intent(request, ports)

    assert "mode: deploy" in refused.value.next_step
    assert intents.intents == {}
    assert accept_intent(replace(REQUEST, kind="pause"), ports).kind == "pause"
