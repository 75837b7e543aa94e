"""Freeze everything, or end that, by a person's word.

The one switch is written on the condition that it is as the person saw it. What has begun already
goes on to its end; whatever would begin checks the switch in the very transaction that records it.
"""

from dataclasses import dataclass, replace

from longshore.domain.errors import Conflict, LongshoreError
from longshore.domain.stop_switch import StopSwitch
from longshore.usecases.accept_intent import read_reason
from longshore.usecases.control_ports import ContradictedError, ControlPorts


@dataclass(frozen=True, slots=True)
class SwitchRequest:
    """Whether a person wants everything frozen; `seen` is the version of the switch they saw."""

    frozen: bool
    reason: str
    seen: int
    actor: str


@dataclass(frozen=True, slots=True)
class Turned:
    """The switch after a request, and whether it was this request that turned it.

    `unwoken` says why the end of a freeze could not wake the stages: they go on with the next
    sweep. It is empty where they were woken, or need not be.
    """

    switch: StopSwitch
    changed: bool
    unwoken: str = ""


def turn_switch(request: SwitchRequest, ports: ControlPorts) -> Turned:
    """Turn the stop switch unless it is so already; what was held goes on when a freeze ends.

    Raises:
        InvalidError: the reason is empty.
        ContradictedError: somebody turned the switch after the person looked at it.
        Throttled: AWS was busy; the same request can be sent again.
    """
    reason = read_reason(request.reason)
    turned = _turn(request, reason, ports)
    return turned if request.frozen else _wake(turned, ports)


def _wake(turned: Turned, ports: ControlPorts) -> Turned:
    """Wake every stage. The switch is off whatever comes of it, so nothing that fails is an error.

    Who was told of one would ask again, and hear that nothing is frozen.
    """
    try:
        ports.wakeups.sweep()
    except LongshoreError as error:
        return replace(turned, unwoken=str(error))
    return turned


def _turn(request: SwitchRequest, reason: str, ports: ControlPorts) -> Turned:
    there = ports.switch.read()
    if there.on is request.frozen:
        return Turned(there, _is_own(request, reason, there))
    if there.version != request.seen:
        raise _outdated(there)
    wanted = replace(
        there, on=request.frozen, actor=request.actor, reason=reason, since=ports.clock.now()
    )
    try:
        return Turned(ports.switch.turn(wanted), changed=True)
    except Conflict:
        return _beaten(request, reason, ports)


def _beaten(request: SwitchRequest, reason: str, ports: ControlPorts) -> Turned:
    """Judge by what somebody else made of it, or this very request whose answer was lost."""
    there = ports.switch.read()
    if there.on is not request.frozen:
        raise _outdated(there)
    return Turned(there, _is_own(request, reason, there))


def _is_own(request: SwitchRequest, reason: str, there: StopSwitch) -> bool:
    """Whether the switch is as this request, sent before, has left it."""
    after = (request.seen + 1, request.actor, reason)
    return (there.version, there.actor, there.reason) == after


def _outdated(there: StopSwitch) -> ContradictedError:
    return ContradictedError(
        f"somebody was there since you looked: {there.told}",
        "see what is frozen: longshore status",
    )
