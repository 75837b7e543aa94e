"""The stop switch is turned once, by who looked at it, and says so to who comes second."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from longshore.domain.errors import Conflict, LongshoreError, NotPermitted, Throttled
from longshore.domain.stop_switch import NEVER_TURNED, StopSwitch
from longshore.usecases.control_ports import ContradictedError, ControlPorts, InvalidError
from longshore.usecases.turn_switch import SwitchRequest, Turned, turn_switch
from tests.support.builders import HOME
from tests.support.control_fakes import (
    InMemoryConfigurationStore,
    InMemoryIntentStore,
    InMemoryStopSwitch,
)
from tests.support.fakes import NOON, FakeClock, InMemoryWakeups

ADA = "arn:aws:sts::123456789012:assumed-role/Deployer/ada"
FREEZE = SwitchRequest(frozen=True, reason="  prices are wrong ", seen=0, actor=ADA)
FROZEN = StopSwitch(on=True, actor=ADA, reason="prices are wrong", since=NOON, version=1)
THAW = SwitchRequest(frozen=False, reason="right again", seen=1, actor="arn:of:another")


class Raced(InMemoryStopSwitch):
    """A switch that somebody else turns between the look and the write."""

    def __init__(self, *, effective: bool, then: Callable[[StopSwitch], StopSwitch]) -> None:
        super().__init__()
        self._effective, self._then = effective, then

    def turn(self, switch: StopSwitch) -> StopSwitch:
        if self._effective:
            super().turn(switch)
        self.switch = self._then(self.switch)
        raise Conflict("another writer was first")


@pytest.fixture
def wakeups() -> InMemoryWakeups:
    return InMemoryWakeups()


@pytest.fixture
def switch() -> InMemoryStopSwitch:
    return InMemoryStopSwitch()


def over(switch: InMemoryStopSwitch, wakeups: InMemoryWakeups) -> ControlPorts:
    configurations, intents = InMemoryConfigurationStore(), InMemoryIntentStore()
    return ControlPorts(configurations, intents, switch, wakeups, FakeClock(), HOME)


@pytest.fixture
def ports(switch: InMemoryStopSwitch, wakeups: InMemoryWakeups) -> ControlPorts:
    return over(switch, wakeups)


def test_everything_is_frozen_by_who_signed_with_a_reason(
    ports: ControlPorts, wakeups: InMemoryWakeups
) -> None:
    assert turn_switch(FREEZE, ports) == Turned(FROZEN.everything, changed=True)
    assert ports.switch.read() == FROZEN
    assert (wakeups.sent, wakeups.sweeps) == ([], 0)


def test_the_end_of_a_freeze_wakes_every_stage(
    ports: ControlPorts, wakeups: InMemoryWakeups
) -> None:
    turn_switch(FREEZE, ports)

    turned = turn_switch(THAW, ports)

    assert (turned.freeze.on, ports.switch.read().version, turned.changed) == (False, 2, True)
    assert turned.freeze.told == (
        "the freeze is over, by arn:of:another since 2026-11-23 12:00Z: right again"
    )
    assert wakeups.sweeps == 1


def test_what_is_frozen_already_stays_as_it_was_and_says_by_whom(ports: ControlPorts) -> None:
    turn_switch(FREEZE, ports)

    again = turn_switch(replace(FREEZE, seen=1, actor="arn:of:another"), ports)

    assert again == Turned(FROZEN.everything, changed=False)
    assert again.freeze.told == (
        "everything is frozen, by ada (role Deployer) since 2026-11-23 12:00Z: prices are wrong"
    )


def test_a_request_that_is_sent_again_is_answered_as_before(
    ports: ControlPorts, wakeups: InMemoryWakeups
) -> None:
    assert turn_switch(FREEZE, ports) == turn_switch(FREEZE, ports)
    assert turn_switch(THAW, ports) == turn_switch(THAW, ports)
    assert wakeups.sweeps == 2  # the first may be what got lost


@pytest.mark.parametrize("failure", [Throttled("SQS is busy"), NotPermitted("not to SQS")])
def test_a_freeze_is_over_also_where_the_stages_cannot_be_woken(
    ports: ControlPorts, wakeups: InMemoryWakeups, failure: LongshoreError
) -> None:
    turn_switch(FREEZE, ports)
    wakeups.failure = failure

    turned = turn_switch(THAW, ports)

    assert (turned.freeze.on, turned.changed, turned.unwoken) == (False, True, str(failure))
    assert ports.switch.read().everything == turned.freeze
    wakeups.failure = None
    assert turn_switch(THAW, ports) == replace(turned, unwoken="")
    assert wakeups.sweeps == 1


def test_a_request_from_before_somebody_else_turned_it_is_refused(ports: ControlPorts) -> None:
    turn_switch(FREEZE, ports)
    turn_switch(THAW, ports)

    with pytest.raises(ContradictedError, match="somebody was there since you looked") as refused:
        turn_switch(FREEZE, ports)

    assert "the freeze is over, by arn:of:another" in str(refused.value)
    assert "longshore status" in refused.value.next_step


def test_an_answer_that_was_lost_is_known_again(wakeups: InMemoryWakeups) -> None:
    switch = Raced(effective=True, then=lambda there: there)

    assert turn_switch(FREEZE, over(switch, wakeups)) == Turned(FROZEN.everything, changed=True)


def test_of_two_who_freeze_at_once_one_is_told_of_the_other(wakeups: InMemoryWakeups) -> None:
    theirs = replace(FROZEN, actor="arn:of:another")
    switch = Raced(effective=False, then=lambda _: theirs)

    assert turn_switch(FREEZE, over(switch, wakeups)) == Turned(theirs.everything, changed=False)


def test_who_is_beaten_by_the_opposite_is_refused(wakeups: InMemoryWakeups) -> None:
    switch = Raced(effective=False, then=lambda there: replace(there, version=2))

    with pytest.raises(ContradictedError, match="somebody was there since you looked"):
        turn_switch(FREEZE, over(switch, wakeups))


@pytest.mark.parametrize("reason", ["", " \n "])
def test_a_reason_is_given(ports: ControlPorts, reason: str) -> None:
    with pytest.raises(InvalidError, match="the reason is empty"):
        turn_switch(replace(FREEZE, reason=reason), ports)

    assert ports.switch.read() == NEVER_TURNED


def test_a_switch_that_nobody_turned_says_so() -> None:
    assert NEVER_TURNED.told == "nothing was ever frozen here"
