"""What people ask of stages."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from longshore.domain.actors import name_actor
from longshore.domain.origins import Origin
from longshore.domain.places import StageId


class IntentKind(StrEnum):
    """What a person asks of a stage."""

    RETRY = "retry"
    PAUSE = "pause"
    RESUME = "resume"
    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    PIN = "pin"
    UNPIN = "unpin"
    VETO = "veto"
    UNVETO = "unveto"
    ABORT = "abort"


BEGINNING = frozenset({IntentKind.RETRY, IntentKind.DEPLOY, IntentKind.ROLLBACK})
"""What begins a deployment; a pin does only where it names another release than the present."""

ENDING = frozenset({IntentKind.PAUSE, IntentKind.PIN, IntentKind.VETO})
"""What may end by itself, at a moment that the person names."""


@dataclass(frozen=True, slots=True)
class WantedImage:
    """An image that a person wants under an alias; `tag` is what they called it."""

    alias: str
    digest: str
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """What a person asks of a stage, by the identity that signed the request.

    `images` are those of a deploy, a pin, a veto or its end. A rollback names the ids of two
    releases: `to`, and `leaving`, the one that the person saw in place, None where they saw none:
    it goes no further back than they meant although two people ask at once. `named` says whether
    the person chose `to` themselves: else the next verified one does as well.
    A pin names the same two, or `images`; `pinned` is the id of the release that the person saw the
    stage pinned to. `number` is that of the deployment which an abort ends. `until` is when what
    was asked for ends by itself.
    `ledger` is the name of the ledger that it was written to. `origin` is that of a deploy by a
    pipeline, which is no person's word: it passes nothing that keeps a release back.
    """

    id: str
    stage: StageId
    kind: IntentKind
    actor: str
    reason: str
    at: datetime
    images: tuple[WantedImage, ...] = ()
    to: str | None = None
    leaving: str | None = None
    ledger: str = ""
    origin: Origin | None = None
    named: bool = True
    pinned: str | None = None
    number: int | None = None
    until: datetime | None = None

    @property
    def told(self) -> str:
        """Who asked for what, in words; the reason stands by itself."""
        return f"{name_actor(self.actor)} asked to {self.kind}"
