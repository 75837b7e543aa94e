"""Keep what a person wants of a stage, once, and wake the stage to hear it."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from longshore.domain.configuration import Mode, StageSpec
from longshore.domain.intents import BEGINNING, Intent, IntentKind, WantedImage
from longshore.domain.origins import Origin
from longshore.domain.places import StageId
from longshore.domain.wakeups import Hint, Wakeup
from longshore.events.documents import printable, shown
from longshore.usecases.check_intent import check_intent
from longshore.usecases.control_ports import (
    ContradictedError,
    ControlPorts,
    InvalidError,
    UnknownStageError,
)

LONGEST_REASON = 500
"""Characters; a sentence or two, as it goes into messages and the history."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{7,63}")


@dataclass(frozen=True, slots=True)
class IntentRequest:
    """What a person asks, in the words of their request; the actor is who signed it.

    `id` is the client's: a request that is sent twice has the same one and counts once. `origin`
    says that it is a pipeline that asks.
    """

    stage: str
    kind: str
    reason: str
    id: str
    actor: str
    images: tuple[WantedImage, ...] = ()
    to: str | None = None
    leaving: str | None = None
    origin: Origin | None = None
    named: bool = True
    pinned: str | None = None
    number: int | None = None
    until: datetime | None = None


def accept_intent(request: IntentRequest, ports: ControlPorts) -> Intent:
    """Keep an intent and wake its stage.

    Raises:
        InvalidError: the request is not well-formed.
        UnknownStageError: no configuration in force has the stage.
        ContradictedError: the id stands for another intent, or it would begin something where all
            is frozen or the stage only observes.
        Throttled: AWS was busy; the same request can be sent again.
    """
    intent = _intent(request, ports)
    spec = existing_stage(intent.stage, ports)
    check_intent(intent, spec)
    _check_observed(intent, spec)
    _check_frozen(intent, ports)
    if not ports.intents.put_once(intent):
        _check_same(intent, ports)
    ports.wakeups.send([Wakeup(intent.stage, frozenset({Hint.PERSON}))])
    return intent


def _intent(request: IntentRequest, ports: ControlPorts) -> Intent:
    if _ID.fullmatch(request.id) is None:
        raise InvalidError(f"{shown(request.id)} is no id of a request", "send a new UUID as id")
    return Intent(
        id=request.id,
        stage=_stage(request.stage),
        kind=_kind(request.kind),
        actor=request.actor,
        reason=read_reason(request.reason),
        at=ports.clock.now(),
        images=request.images,
        to=request.to,
        leaving=request.leaving,
        ledger=ports.ledger,
        origin=request.origin,
        named=request.named,
        pinned=request.pinned,
        number=request.number,
        until=request.until,
    )


def read_reason(text: str) -> str:
    """Return a person's reason as it is kept; raise InvalidError where it says nothing."""
    reason = printable(text.strip(), LONGEST_REASON)
    if not reason:
        raise InvalidError("the reason is empty", "say why in a few words, with --reason")
    return reason


def _stage(text: str) -> StageId:
    try:
        return StageId.parse(text)
    except ValueError as error:
        raise InvalidError(str(error), "`longshore status` lists the stages") from error


def _kind(text: str) -> IntentKind:
    try:
        return IntentKind(text)
    except ValueError as error:
        known = ", ".join(IntentKind)
        raise InvalidError(f"{shown(text)} is no wish: use {known}", "send one of these") from error


def existing_stage(stage: StageId, ports: ControlPorts) -> StageSpec:
    """Return a stage of a configuration in force; raise UnknownStageError where none has it."""
    pointer = ports.configurations.pointer(stage.application)
    if pointer.number:
        configuration = ports.configurations.configuration(stage.application, pointer.number)
        spec = configuration.stage(stage) if configuration is not None else None
        if spec is not None:
            return spec
    raise UnknownStageError(
        f"no configuration in force has the stage {stage}", "`longshore status` lists the stages"
    )


def _check_observed(intent: Intent, spec: StageSpec) -> None:
    """Refuse at once what an observing stage would decline."""
    if spec.mode is Mode.OBSERVE and intent.kind in BEGINNING:
        raise ContradictedError(
            f"{intent.stage} is only observed: nothing is changed in ECS, also not by a person",
            "set `mode: deploy` for it in longshore.yaml, then `longshore apply`",
        )


def _check_frozen(intent: Intent, ports: ControlPorts) -> None:
    """Refuse at once what a freeze would have declined."""
    if intent.kind not in {IntentKind.DEPLOY, IntentKind.RETRY}:
        return
    freeze = ports.switch.read().at(ports.clock.now()).over(intent.stage)
    if freeze is not None:
        raise ContradictedError(
            freeze.told,
            f'ask again after `longshore unfreeze {freeze.arguments} --reason "..."`; '
            "`longshore rollback` passes a freeze",
        )


def _check_same(intent: Intent, ports: ControlPorts) -> None:
    """A repeated id must stand for the same intent; one that is consumed cannot be compared."""
    waiting = ports.intents.waiting(intent.stage, intent.id)
    if waiting is None:
        return
    if replace(waiting, at=intent.at, ledger=intent.ledger) != intent:
        raise ContradictedError(
            f"the id {intent.id} stands for another wish already", "send a new UUID as id"
        )
