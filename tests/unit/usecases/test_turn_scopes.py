"""Freezes of applications and stages: each scope by itself, in one item with one version."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.domain.errors import Throttled
from longshore.domain.stop_switch import EVERYTHING, MOST_FROZEN, Freeze, StopSwitch
from longshore.domain.wakeups import Hint, Wakeup
from longshore.usecases.accept_configuration import ConfigurationRequest, accept_configuration
from longshore.usecases.control_ports import (
    ContradictedError,
    ControlPorts,
    InvalidError,
    UnknownStageError,
)
from longshore.usecases.turn_switch import SwitchRequest, Turned, turn_switch
from tests.support.builders import HOME, STAGE
from tests.support.control_fakes import (
    InMemoryConfigurationStore,
    InMemoryIntentStore,
    InMemoryStopSwitch,
)
from tests.support.fakes import NOON, FakeClock, InMemoryWakeups

ADA = "arn:of:ada"
APPLICATION = STAGE.application
HOUR = timedelta(hours=1)
DOCUMENT = {
    "apiVersion": "longshore/v1",
    "application": APPLICATION,
    "images": {"app": {"repository": "checkout", "select": {"tag": "main"}}},
    "stages": {
        "production": {"targets": [{"service": "prod/web"}]},
        "staging": {"targets": [{"service": "staging/web"}]},
    },
}
FREEZE = SwitchRequest(frozen=True, reason="audit", seen=0, actor=ADA, scope=APPLICATION)
THAW = replace(FREEZE, frozen=False, reason="done", seen=1)


class Away(InMemoryWakeups):
    """A way to the stages that is closed."""

    def send(self, wakeups: Sequence[Wakeup], *, delay: timedelta = timedelta()) -> None:
        raise Throttled(f"SQS is busy: {len(wakeups)} of {delay}")


class Installation:
    """An installation with one application of two stages."""

    def __init__(self) -> None:
        self.switch, self.wakeups, self.clock = InMemoryStopSwitch(), InMemoryWakeups(), FakeClock()
        self.ports = ControlPorts(
            InMemoryConfigurationStore(),
            InMemoryIntentStore(),
            self.switch,
            self.wakeups,
            self.clock,
            HOME,
        )
        request = ConfigurationRequest(DOCUMENT, deploy=False, base=0, actor="me")
        accept_configuration(request, self.ports)
        self.wakeups.take()

    def turn(self, request: SwitchRequest) -> Turned:
        return turn_switch(request, self.ports)


@pytest.fixture
def here() -> Installation:
    return Installation()


@pytest.mark.parametrize("scope", [APPLICATION, str(STAGE)])
def test_a_scope_is_frozen_by_itself_with_an_end(here: Installation, scope: str) -> None:
    turned = here.turn(replace(FREEZE, scope=scope, until=NOON + HOUR))

    assert turned == Turned(
        Freeze(on=True, actor=ADA, reason="audit", since=NOON, scope=scope, until=NOON + HOUR),
        changed=True,
    )
    switch = here.switch.read()
    assert (switch.on, switch.version) == (False, 1)
    assert switch.over(STAGE) == turned.freeze
    assert turned.freeze.told == (
        f"{scope} is frozen until 2026-11-23 13:00Z, by arn:of:ada since 2026-11-23 12:00Z: audit"
    )
    assert switch.at(NOON + HOUR).over(STAGE) is None
    assert (here.wakeups.take(), here.wakeups.sweeps) == ([], 0)


def test_the_end_of_a_freeze_wakes_what_was_frozen(here: Installation) -> None:
    here.turn(FREEZE)

    turned = here.turn(THAW)

    assert (turned.freeze.on, turned.changed) == (False, True)
    assert turned.freeze.told == (
        "the freeze of checkout is over, by arn:of:ada since 2026-11-23 12:00Z: done"
    )
    hints = frozenset({Hint.PERSON})
    staging = replace(STAGE, stage="staging")
    assert here.wakeups.take() == [Wakeup(STAGE, hints), Wakeup(staging, hints)]
    assert here.wakeups.sweeps == 0


def test_a_request_that_is_sent_again_is_answered_as_before(here: Installation) -> None:
    assert here.turn(FREEZE) == here.turn(FREEZE)
    assert here.turn(THAW) == here.turn(THAW)
    assert here.switch.read().version == 2


def test_another_end_is_another_freeze_and_the_same_is_none(here: Installation) -> None:
    here.turn(FREEZE)

    longer = here.turn(replace(FREEZE, seen=1, until=NOON + HOUR))
    same = here.turn(replace(FREEZE, seen=7, until=NOON + HOUR, actor="arn:of:another"))

    assert (longer.changed, longer.freeze.until) == (True, NOON + HOUR)
    assert (same.changed, same.freeze.actor) == (False, ADA)


def test_what_has_ended_is_frozen_anew(here: Installation) -> None:
    here.turn(replace(FREEZE, until=NOON + HOUR))
    here.clock.advance(HOUR * 2)

    over = here.turn(replace(THAW, seen=1))
    again = here.turn(replace(FREEZE, seen=1))

    assert (over.changed, over.freeze.on) == (False, False)
    assert over.freeze.told.startswith("checkout was frozen until 2026-11-23 13:00Z")
    assert (again.changed, again.freeze.until) == (True, None)


def test_who_looked_before_another_scope_was_turned_looks_again(here: Installation) -> None:
    here.turn(FREEZE)

    with pytest.raises(ContradictedError, match="nothing was ever frozen here"):
        here.turn(replace(FREEZE, scope=EVERYTHING))


@pytest.mark.parametrize("scope", ["billing", "checkout/canary", "billing/production"])
def test_what_does_not_exist_is_not_frozen_but_its_freeze_can_be_ended(
    here: Installation, scope: str
) -> None:
    with pytest.raises(UnknownStageError, match="no configuration in force has"):
        here.turn(replace(FREEZE, scope=scope))
    here.switch.turn(
        StopSwitch(scoped=(Freeze(on=True, actor=ADA, reason="audit", since=NOON, scope=scope),))
    )

    turned = here.turn(replace(THAW, scope=scope))

    assert (turned.freeze.on, turned.changed, turned.unwoken) == (False, True, "")
    assert here.wakeups.take() == []


@pytest.mark.parametrize("scope", ["Check out", "a/b/c", "/", "x" * 3000])
def test_what_is_no_name_is_refused(here: Installation, scope: str) -> None:
    with pytest.raises(InvalidError, match="is no application or stage name"):
        here.turn(replace(FREEZE, scope=scope))


def test_an_end_is_a_moment_to_come_and_only_of_a_freeze(here: Installation) -> None:
    with pytest.raises(InvalidError, match="is not within the 366 days to come"):
        here.turn(replace(FREEZE, until=NOON))
    with pytest.raises(InvalidError, match="the end of a freeze has no end of its own"):
        here.turn(replace(THAW, until=NOON + HOUR))


def test_a_freeze_is_over_also_where_its_stages_cannot_be_woken(here: Installation) -> None:
    here.turn(FREEZE)

    turned = turn_switch(THAW, replace(here.ports, wakeups=Away()))

    assert (turned.freeze.on, turned.unwoken) == (False, "SQS is busy: 2 of 0:00:00")


def test_there_is_room_for_so_many_and_everything_is_always_one_more(here: Installation) -> None:
    some = tuple(Freeze(on=True, actor=ADA, since=NOON, scope=f"a{n}") for n in range(MOST_FROZEN))
    here.switch.turn(StopSwitch(scoped=some))

    with pytest.raises(ContradictedError, match="are frozen by themselves already"):
        here.turn(replace(FREEZE, seen=1))
    assert here.turn(replace(FREEZE, seen=1, scope=EVERYTHING)).changed


def test_ends_of_freezes_are_remembered_for_a_while_only() -> None:
    switch = StopSwitch()
    for number in range(30):
        switch = switch.turned(Freeze(on=False, actor=ADA, since=NOON, scope=f"a{number}"))

    assert [each.scope for each in switch.scoped] == [f"a{n}" for n in range(29, 9, -1)]
    assert Freeze(scope="checkout").told == "nothing was ever frozen of checkout"
