"""The stop switch: a freeze of everything, by a person's word."""

from dataclasses import dataclass
from datetime import datetime

from longshore.domain.actors import name_actor


@dataclass(frozen=True, slots=True)
class StopSwitch:
    """The one switch of an installation, as it was turned last.

    While it is on no deployment begins in any stage, but those that bring a stage back. `actor` is
    who signed the request, `version` that of the item: 0 where nobody ever turned it.
    """

    on: bool = False
    actor: str = ""
    reason: str = ""
    since: datetime | None = None
    version: int = 0

    @property
    def told(self) -> str:
        """Who turned it last, when and why, in words."""
        if self.since is None:
            return "nothing was ever frozen here"
        did = "everything is frozen" if self.on else "the freeze is over"
        by, at = name_actor(self.actor), f"{self.since:%Y-%m-%d %H:%M}Z"
        return f"{did}, by {by} since {at}: {self.reason}"


NEVER_TURNED = StopSwitch()
