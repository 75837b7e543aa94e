"""People who keep stages where they are, or end what is under way: as the command lets them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from longshore.aws.codec import decode
from longshore.domain.releases import Release
from longshore.domain.stages import StageRecord
from tests.simulation.plan import Action
from tests.simulation.ways import ways_back
from tests.simulation.world import World

LASTS = (timedelta(minutes=3), timedelta(minutes=16), timedelta(minutes=45), timedelta(minutes=90))
"""How long people have something last; every other time it is without an end."""

NOBODY = "0123456789ab"
"""The id of a release that no stage knows."""


class Asking(Protocol):
    """Asks something of a stage, by an action of the plan."""

    def __call__(self, kind: str, action: Action, **more: object) -> None: ...


class Turning(Protocol):
    """Turns a scope of the stop switch."""

    def __call__(self, action: Action, *, frozen: bool, **more: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Keepers:
    """Pins, vetoes, aborts and freezes: each stands on what the ledger shows at that moment.

    `images` are those of a repository that an action names.
    """

    world: World
    stage: Callable[[Action], str]
    images: Callable[[Action], Sequence[Mapping[str, object]]]
    wish: Asking
    turn: Turning

    def act(self, action: Action) -> None:
        """Do one thing of the plan."""
        verb: Callable[[Action], None] = getattr(self, action.verb)
        verb(action)

    def pin(self, action: Action) -> None:
        """Have a stage stay where it is, on what was verified before, or on an image by name."""
        stage = self.stage(action)
        there, ways = ways_back(self.world.watch.ledger, stage)
        pinned, ends = self._pinned(stage), self._end(action)
        seen = {"leaving": there.id if there else None, "pinned": pinned.id if pinned else None}
        match action.how % 4:
            case 0 if ways:
                to = ways[action.whom % len(ways)]
                self.wish("pin", action, to=to.id, **seen, **ends)
            case 1:
                self.wish("pin", action, images=self.images(action), **seen, **ends)
            case _:
                self.wish("pin", action, to=there.id if there else NOBODY, **seen, **ends)

    def unpin(self, action: Action) -> None:
        """Let a stage move on; now and then by a look from before it was pinned to something."""
        pinned = self._pinned(self.stage(action))
        self.wish("unpin", action, pinned=pinned.id if pinned else NOBODY)

    def veto(self, action: Action) -> None:
        """Keep an image from a stage: one that never came, or did, or is there."""
        self.world.truth.went_back.add(self.stage(action))
        self.wish("veto", action, images=self.images(action), **self._end(action))

    def unveto(self, action: Action) -> None:
        """Lift a veto of a stage, whoever gave it."""
        record = self._record(self.stage(action))
        if record is None or not record.vetoes:
            return
        release = record.vetoes[action.whom % len(record.vetoes)].release
        images = [{"alias": i.alias, "digest": i.digest, "tag": i.tag} for i in release.images]
        self.wish("unveto", action, images=images)

    def abort(self, action: Action) -> None:
        """End what is under way; where nothing is, what was last."""
        stage = self.stage(action)
        record = self._record(stage)
        self.world.truth.went_back.add(stage)
        number = (record.current or record.latest) if record else 0
        self.wish("abort", action, number=max(number, 1))

    def go_back(self, action: Action) -> None:
        """Bring a stage back, wherever that is: people name no release."""
        stage = self.stage(action)
        there, ways = ways_back(self.world.watch.ledger, stage)
        if ways:
            self.world.truth.went_back.add(stage)
            more = {"leaving": there.id if there else None, "to": ways[0].id, "named": False}
            self.wish("rollback", action, **more)

    def pause_for(self, action: Action) -> None:
        """Pause a stage for a while."""
        self.wish("pause", action, **self._end(action, always=True))

    def freeze_some(self, action: Action) -> None:
        """Freeze an application, a stage or everything, mostly for a while."""
        self.turn(action, frozen=True, **self._scope(action), **self._end(action))

    def unfreeze_some(self, action: Action) -> None:
        """End a freeze of the same."""
        self.turn(action, frozen=False, **self._scope(action))

    def _scope(self, action: Action) -> Mapping[str, object]:
        stage = self.stage(action)
        return {"scope": (stage, stage.partition("/")[0], None)[action.whom % 3]}

    def _end(self, action: Action, *, always: bool = False) -> Mapping[str, object]:
        if not always and action.whom % 2:
            return {}
        until = self.world.kernel.now + LASTS[action.how % len(LASTS)]
        return {"until": until.isoformat()}

    def _pinned(self, stage: str) -> Release | None:
        record = self._record(stage)
        return record.pin.release if record and record.pin else None

    def _record(self, stage: str) -> StageRecord | None:
        entry = self.world.watch.ledger.stage(stage)
        return decode(entry.text, StageRecord) if entry else None
