"""One stage, and everything that can happen to it, in any order and any number of times."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, multiple, rule

from longshore.domain.errors import Conflict
from longshore.domain.outcomes import EventOutcome, Outcome
from longshore.domain.stages import StageSnapshot
from longshore.domain.wakeups import Hint
from longshore.usecases.ports import Changes
from tests.simulation.machine import scenery
from tests.simulation.machine.adverse_ecs import make_task
from tests.simulation.machine.facts import EcsFacts, PeopleFacts, RegistryFacts
from tests.simulation.machine.scenery import FAIR, REPOSITORY_OF, Look
from tests.support.builders import REPOSITORY, STAGE, make_digest


class StageMachine(RegistryFacts, EcsFacts, PeopleFacts):
    """Every fact of the world, and workers that look at it and write in turns."""

    seen: ClassVar[Counter[str]] = Counter()

    snapshots: Bundle[StageSnapshot] = Bundle("snapshots")

    @initialize(
        spec=scenery.first_specs,
        pinned=st.booleans(),
        desired=st.sampled_from([2, 2, 2, 0]),
        come=st.sampled_from([2, 1, 0]),
    )
    def it_begins(self, spec: str, desired: int, come: int, *, pinned: bool) -> None:
        """Begin with a stage that is not known yet, adopted, or on its way to something new."""
        digest = make_digest(1)
        for service, repository in REPOSITORY_OF.items():
            self.registry.arrive(repository, digest, "main", "1.0.0")
            self.ecs.running[service] = {"web": digest}
            self.ecs.open(
                service, f"{repository.uri}{f'@{digest}' if pinned else ':main'}", desired
            )
        self.clock.advance(timedelta(minutes=1))
        self.install(spec)
        if come:
            self.look(FAIR)
        self.clock.advance(timedelta(minutes=1))
        if come > 1:
            self.registry.arrive(REPOSITORY, make_digest(2), "main", "1.1.0")
            self.look(FAIR)

    @rule(look=scenery.looks)
    def somebody_looks(self, look: Look) -> None:
        self.look(look)

    @rule()
    def the_timer_goes_off(self) -> None:
        due_at = self.witness.last.stage.due_at
        if due_at is not None:
            self.clock.moment = max(due_at, self.clock.moment)
            self.look(Look(Hint.TIMER))

    @rule(target=snapshots)
    def somebody_reads(self) -> Any:
        snapshot = self.vault.worker().read_stage(STAGE)
        return multiple() if snapshot is None else snapshot

    @rule(snapshot=snapshots, whole=st.booleans(), parts=st.booleans(), event=st.integers(1, 3))
    def somebody_writes(
        self, snapshot: StageSnapshot, *, whole: bool, parts: bool, event: int
    ) -> None:
        """Write on what was read at any time before: of two that touch the same, one may."""
        if snapshot.ledger != self.vault.name:
            return  # nobody writes to a restored ledger who read the one before
        trouble = f"trouble {snapshot.stage.version}"
        end = EventOutcome(f"event-{event}", STAGE, Outcome.APPLIED, trouble, self.clock.now())
        stopped = make_task(f"after {snapshot.stage.version}")
        changes = Changes(
            stage=replace(snapshot.stage, trouble=trouble) if whole else None,
            targets=tuple(replace(t, stopped=stopped) for t in snapshot.targets if parts),
            outcomes=(end,),
        )
        with suppress(Conflict):
            self.worker().commit(snapshot, changes)

    @rule()
    def two_write_at_once(self) -> None:
        """Write twice on one version, by two workers: the second changes nothing."""
        snapshot = self.vault.worker().read_stage(STAGE)
        if snapshot is None:
            return
        trouble = f"trouble {snapshot.stage.version}"
        changes = Changes(stage=replace(snapshot.stage, trouble=trouble))
        self.worker().commit(snapshot, changes)
        with pytest.raises(Conflict):
            self.worker().commit(snapshot, changes)

    def teardown(self) -> None:
        """Count what was reached, so that a machine which reaches nothing shows."""
        StageMachine.seen.update(self.witness.seen.keys())
