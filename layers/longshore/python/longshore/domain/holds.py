"""What keeps a stage, or one release of it, from moving by itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from longshore.domain.actors import name_actor
from longshore.domain.deployments import Trigger
from longshore.domain.releases import Release


class HoldKind(StrEnum):
    """Why a stage does not move by itself."""

    ADOPTED = "adopted"
    """What ran when the stage was taken over stays until something newer comes or a person asks."""
    MOVED_BACK = "moved back"
    TARGET_GONE = "target gone"
    REPLACED = "moved by someone else"
    FAILED = "failed"
    """A deployment failed for a reason that is not the release's."""
    PAUSED = "paused"
    """A person wants no automatic move until they say `resume`."""
    DEPLOYED = "deployed by hand"
    """A person brought another release than the policies choose, and it stays till `resume`."""
    ROLLED_BACK = "rolled back"
    """A person went back to an earlier release, and it stays till `resume`."""


@dataclass(frozen=True, slots=True)
class Hold:
    """No automatic move: of one release where `content` names it, else of any release.

    One that a person set may end by itself, at the moment `until`.
    """

    kind: HoldKind
    reason: str
    since: datetime
    content: str | None = None
    release: Release | None = None
    until: datetime | None = None

    def covers(self, release: Release) -> bool:
        """Whether this hold keeps a release back."""
        return self.content is None or self.content == release.content

    @property
    def told(self) -> str:
        """The hold in words, its kind first."""
        return f"held ({self.kind}{until_text(self.until)}): {self.reason}"


@dataclass(frozen=True, slots=True)
class Veto:
    """Never this release, by whatever tag, until a person says `retry` or `unveto`.

    `actor` is who said `veto`; it is empty where a failure, a rollback or an abort left the veto.
    A person may name only some images of a stage: then `release` has those alone, and whatever has
    all of them is vetoed. Such a veto may end by itself, at the moment `until`.
    """

    content: str
    release: Release
    reason: str
    since: datetime
    actor: str = ""
    until: datetime | None = None

    def covers(self, release: Release) -> bool:
        """Whether this veto keeps a release back."""
        if self.content == release.content:
            return True
        named = self.release.running
        return bool(self.actor) and bool(named) and named <= release.running

    @property
    def told(self) -> str:
        """Why and for how long, in words."""
        return f"{self.reason}{until_text(self.until)}"


@dataclass(frozen=True, slots=True)
class Pin:
    """Stay on this release, by a person's word, until `unpin` or the moment `until`.

    Nothing else ships by itself meanwhile, and nothing goes before it.
    """

    release: Release
    actor: str
    reason: str
    since: datetime
    until: datetime | None = None

    def covers(self, release: Release) -> bool:
        """Whether a release is the one that the stage stays on, by whatever tag."""
        return self.release.content == release.content

    @property
    def told(self) -> str:
        """Who pinned the stage to what, why and for how long, in words."""
        by, until = name_actor(self.actor), until_text(self.until)
        return f"pinned to {self.release} by {by}{until}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Would:
    """What an observing stage would deploy, and since when."""

    release: Release
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Allowance:
    """A person's word that lets one release through although it was kept back."""

    content: str
    trigger: Trigger


def until_text(until: datetime | None) -> str:
    """Return when something ends by itself, behind a space; empty where it does not."""
    return "" if until is None else f" until {until:%Y-%m-%d %H:%M}Z"
