"""Freeze everything, an application or a stage, or end that, by a person's word.

The one switch is written on the condition that it is as the person saw it. What has begun already
goes on to its end; whatever would begin checks the switch in the very transaction that records it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from longshore.domain.errors import Conflict, LongshoreError
from longshore.domain.places import StageId
from longshore.domain.stop_switch import EVERYTHING, MOST_FROZEN, Freeze, StopSwitch
from longshore.domain.wakeups import Hint, Wakeup
from longshore.usecases.accept_intent import existing_stage, read_reason
from longshore.usecases.check_intent import check_until
from longshore.usecases.control_ports import (
    ContradictedError,
    ControlPorts,
    InvalidError,
    UnknownStageError,
)


@dataclass(frozen=True, slots=True)
class SwitchRequest:
    """Whether a person wants a scope frozen; `seen` is the version of the switch they saw.

    A freeze ends by itself at the moment `until`; without one it lasts until a person ends it.
    """

    frozen: bool
    reason: str
    seen: int
    actor: str
    scope: str = EVERYTHING
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turned:
    """The freeze after a request, and whether it was this request that turned it.

    `unwoken` says why the end of a freeze could not wake the stages: they go on with the next
    sweep. It is empty where they were woken, or need not be.
    """

    freeze: Freeze
    changed: bool
    unwoken: str = ""


def turn_switch(request: SwitchRequest, ports: ControlPorts) -> Turned:
    """Turn one scope of the stop switch unless it is so already.

    What was held goes on when a freeze ends.

    Raises:
        InvalidError: the reason is empty, the scope is none, or the end is no moment to come.
        UnknownStageError: no configuration in force has what is to be frozen.
        ContradictedError: somebody turned the switch after the person looked at it.
        Throttled: AWS was busy; the same request can be sent again.
    """
    reason = read_reason(request.reason)
    stages = _stages_of(request, ports)
    now = ports.clock.now()
    check_until(request.until, now, ends=request.frozen, what="the end of a freeze")
    wanted = Freeze(request.frozen, request.actor, reason, now, request.scope, request.until)
    turned = _turn(request, wanted, ports)
    return turned if request.frozen else _wake(turned, stages, ports)


def _stages_of(request: SwitchRequest, ports: ControlPorts) -> tuple[StageId, ...]:
    """Return the stages of a scope: none of everything, nor of what exists no more."""
    if request.scope == EVERYTHING:
        return ()
    try:
        return _existing(request.scope, ports)
    except UnknownStageError:
        if request.frozen:
            raise
        return ()


def _existing(scope: str, ports: ControlPorts) -> tuple[StageId, ...]:
    try:
        stage = StageId.parse(scope) if "/" in scope else StageId(scope, "any")
    except ValueError as error:
        raise InvalidError(str(error), "name an application, or application/stage") from error
    if "/" in scope:
        return (existing_stage(stage, ports).id,)
    number = ports.configurations.pointer(scope).number
    configuration = ports.configurations.configuration(scope, number) if number else None
    if configuration is None:
        raise UnknownStageError(
            f"no configuration in force has the application {scope}",
            "`longshore status` lists the stages",
        )
    return tuple(spec.id for spec in configuration.stages)


def _wake(turned: Turned, stages: tuple[StageId, ...], ports: ControlPorts) -> Turned:
    """Wake what was frozen. The freeze is over whatever comes of it, so no failure is an error.

    Who was told of one would ask again, and hear that nothing is frozen.
    """
    try:
        if turned.freeze.scope == EVERYTHING:
            ports.wakeups.sweep()
        elif stages:
            ports.wakeups.send([Wakeup(stage, frozenset({Hint.PERSON})) for stage in stages])
    except LongshoreError as error:
        return replace(turned, unwoken=str(error))
    return turned


def _turn(request: SwitchRequest, wanted: Freeze, ports: ControlPorts) -> Turned:
    switch = ports.switch.read()
    there = _there(switch, wanted)
    if _is_so(there, wanted):
        return Turned(there, _is_own(request, wanted, switch))
    if switch.version != request.seen:
        raise _outdated(there)
    _check_room(switch, wanted)
    try:
        return Turned(ports.switch.turn(switch.turned(wanted)).of(wanted.scope), changed=True)
    except Conflict:
        return _beaten(request, wanted, ports)


def _there(switch: StopSwitch, wanted: Freeze) -> Freeze:
    """Return the freeze of the scope as it is now."""
    there = switch.of(wanted.scope)
    return there if wanted.since is None else there.at(wanted.since)


def _is_so(there: Freeze, wanted: Freeze) -> bool:
    """Whether there is nothing to turn; another end is something."""
    return there.on is wanted.on and (not wanted.on or there.until == wanted.until)


def _beaten(request: SwitchRequest, wanted: Freeze, ports: ControlPorts) -> Turned:
    """Judge by what somebody else made of it, or this very request whose answer was lost."""
    switch = ports.switch.read()
    there = _there(switch, wanted)
    if not _is_so(there, wanted):
        raise _outdated(there)
    return Turned(there, _is_own(request, wanted, switch))


def _is_own(request: SwitchRequest, wanted: Freeze, switch: StopSwitch) -> bool:
    """Whether the switch is as this request, sent before, has left it."""
    there = switch.of(wanted.scope)
    after = (request.seen + 1, wanted.actor, wanted.reason)
    return (switch.version, there.actor, there.reason) == after


def _check_room(switch: StopSwitch, wanted: Freeze) -> None:
    if wanted.on and wanted.scope and len(switch.freezes) >= MOST_FROZEN:
        raise ContradictedError(
            f"{len(switch.freezes)} applications and stages are frozen by themselves already",
            "`longshore freeze --everything`, or `longshore unfreeze` some of them first",
        )


def _outdated(there: Freeze) -> ContradictedError:
    return ContradictedError(
        f"somebody was there since you looked: {there.told}",
        "see what is frozen: longshore status",
    )
