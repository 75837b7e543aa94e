"""What keeps a stage, or one release of it, from moving by itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
    """No automatic move: of one release where `content` names it, else of any release."""

    kind: HoldKind
    reason: str
    since: datetime
    content: str | None = None
    release: Release | None = None

    def covers(self, release: Release) -> bool:
        """Whether this hold keeps a release back."""
        return self.content is None or self.content == release.content

    @property
    def told(self) -> str:
        """The hold in words, its kind first."""
        return f"held ({self.kind}): {self.reason}"


@dataclass(frozen=True, slots=True)
class Veto:
    """Never this release, by whatever tag, until a person says `retry`."""

    content: str
    release: Release
    reason: str
    since: datetime


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
