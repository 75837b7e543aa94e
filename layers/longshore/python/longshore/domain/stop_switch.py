"""The stop switch: a freeze of everything, of an application or of a stage, by a person's word."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from longshore.domain.actors import name_actor
from longshore.domain.holds import until_text
from longshore.domain.places import StageId

EVERYTHING = ""
"""The scope of a freeze of all stages of an installation."""

MOST_FROZEN = 100
"""Applications and stages that can be frozen by themselves at once: they lie in one item."""

_MOST_THAWED = 20
"""Ends of freezes that are remembered, so that a request which is sent again is known."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """A freeze of one scope, as it was turned last.

    `scope` is an application, or a stage as `application/stage`; that of everything is empty. While
    it is on no deployment begins there, but those that bring a stage back. `actor` is who signed
    the request. One with an end, `until`, is off from that moment on.
    """

    on: bool = False
    actor: str = ""
    reason: str = ""
    since: datetime | None = None
    scope: str = EVERYTHING
    until: datetime | None = None

    @property
    def told(self) -> str:
        """Who turned it last, when and why, in words."""
        if self.since is None:
            return f"nothing was ever frozen {f'of {self.scope}' if self.scope else 'here'}"
        what = self.scope or "everything"
        over = f"the freeze of {what} is over" if self.scope else "the freeze is over"
        if not self.on and self.until is not None:
            over = f"{what} was frozen{until_text(self.until)}"
        did = f"{what} is frozen{until_text(self.until)}" if self.on else over
        by, at = name_actor(self.actor), f"{self.since:%Y-%m-%d %H:%M}Z"
        return f"{did}, by {by} since {at}: {self.reason}"

    @property
    def arguments(self) -> str:
        """How a command names the scope."""
        return self.scope or "--everything"

    def at(self, moment: datetime) -> Self:
        """Return the freeze as it is at a moment: off where its end has come."""
        over = self.on and self.until is not None and self.until <= moment
        return replace(self, on=False) if over else self


@dataclass(frozen=True, slots=True)
class StopSwitch:
    """The one switch of an installation, as it was turned last, each scope by itself.

    The fields of the freeze of everything are its own, as they were before there were others.
    `version` is that of the item: 0 where nobody ever turned it.
    """

    on: bool = False
    actor: str = ""
    reason: str = ""
    since: datetime | None = None
    version: int = 0
    until: datetime | None = None
    scoped: tuple[Freeze, ...] = ()

    @property
    def everything(self) -> Freeze:
        """The freeze of everything."""
        return Freeze(self.on, self.actor, self.reason, self.since, EVERYTHING, self.until)

    @property
    def told(self) -> str:
        """Who turned everything last, when and why, in words."""
        return self.everything.told

    @property
    def freezes(self) -> tuple[Freeze, ...]:
        """What is frozen, the widest first."""
        narrow = sorted(self.scoped, key=lambda each: each.scope)
        return tuple(freeze for freeze in (self.everything, *narrow) if freeze.on)

    def of(self, scope: str) -> Freeze:
        """Return the freeze of just this scope, as it was turned last."""
        if scope == EVERYTHING:
            return self.everything
        known = (freeze for freeze in self.scoped if freeze.scope == scope)
        return next(known, Freeze(scope=scope))

    def over(self, stage: StageId) -> Freeze | None:
        """Return the widest freeze that a stage is under, None where there is none."""
        return next(iter(self._under(stage)), None)

    def ends(self, stage: StageId) -> tuple[datetime, ...]:
        """Return when the freezes that a stage is under end by themselves, in no order."""
        return tuple(each.until for each in self._under(stage) if each.until is not None)

    def _under(self, stage: StageId) -> list[Freeze]:
        """Return the freezes that a stage is under, the widest first."""
        scopes = (EVERYTHING, stage.application, str(stage))
        return [freeze for scope in scopes if (freeze := self.of(scope)).on]

    def at(self, moment: datetime) -> Self:
        """Return the switch as it is at a moment; it is no other version for that."""
        everything = self.everything.at(moment)
        scoped = tuple(freeze.at(moment) for freeze in self.scoped)
        return replace(self, on=everything.on, scoped=scoped)

    def turned(self, freeze: Freeze) -> Self:
        """Return the switch with one scope turned, in the place of how that was."""
        if freeze.scope == EVERYTHING:
            on, actor, reason, since = freeze.on, freeze.actor, freeze.reason, freeze.since
            return replace(self, on=on, actor=actor, reason=reason, since=since, until=freeze.until)
        others = (known for known in self.scoped if known.scope != freeze.scope)
        return replace(self, scoped=_remembered([freeze, *others]))


def _remembered(newest_first: Iterable[Freeze]) -> tuple[Freeze, ...]:
    """Return every freeze that is on, and the last ones that are not."""
    known = list(newest_first)
    thawed = [freeze for freeze in known if not freeze.on][:_MOST_THAWED]
    return tuple(freeze for freeze in known if freeze.on or freeze in thawed)


NEVER_TURNED = StopSwitch()
