"""What the stages of an installation tell of images, each read once however often it is asked."""

from collections.abc import Iterator, Sequence

from longshore.domain.deployments import DeploymentRecord
from longshore.domain.places import StageId
from longshore.domain.stages import StageSnapshot
from longshore_cli.ledger_view import LedgerView
from longshore_cli.origin.sightings import Sighting, sighting_of

NEWEST = 200
"""Deployments of a stage among which the one is looked for that brought an image."""


class Stages:
    """Reads a stage when it is asked for the first time: a task may have many images."""

    def __init__(self, ledger: LedgerView) -> None:
        """Prepare to look; nothing is read yet."""
        self._ledger = ledger
        self._ids: Sequence[StageId] | None = None
        self._snapshots: dict[StageId, StageSnapshot | None] = {}
        self._histories: dict[StageId, Sequence[DeploymentRecord]] = {}

    def sighting(self, stage: StageId) -> Sighting:
        """Return what one stage tells; its history alone where no configuration has it."""
        snapshot, history = self._snapshot(stage), self._history(stage)
        return (
            sighting_of(snapshot, history) if snapshot else Sighting(stage, history=tuple(history))
        )

    def knowing(self, digest: str) -> Iterator[Sighting]:
        """Yield what the stages tell that know a digest; only of those the history is read."""
        if self._ids is None:
            self._ids = self._ledger.stages()
        for stage in self._ids:
            snapshot = self._snapshot(stage)
            if snapshot is not None and any(sighting_of(snapshot, ()).images(digest)):
                yield sighting_of(snapshot, self._history(stage))

    def _snapshot(self, stage: StageId) -> StageSnapshot | None:
        if stage not in self._snapshots:
            self._snapshots[stage] = self._ledger.snapshot(stage)
        return self._snapshots[stage]

    def _history(self, stage: StageId) -> Sequence[DeploymentRecord]:
        if stage not in self._histories:
            self._histories[stage] = self._ledger.deployments(stage, NEWEST)
        return self._histories[stage]
