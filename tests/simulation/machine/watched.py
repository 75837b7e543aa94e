"""A ledger whose every write is held against what a conditional write must do."""

from collections.abc import Sequence
from datetime import datetime

from longshore.domain.deployments import DeploymentRecord
from longshore.domain.errors import Conflict, Paced
from longshore.domain.outcomes import EventOutcome
from longshore.domain.places import Home, StageId
from longshore.domain.stages import StageSnapshot
from longshore.usecases.ports import Changes, StageLedger, Token
from tests.simulation.machine.vault import View
from tests.simulation.machine.witness import Witness


class WatchedLedger:
    """A worker's ledger; the witness looks at it after each write."""

    def __init__(self, inner: StageLedger, witness: Witness) -> None:
        self._inner = inner
        self._witness = witness

    def read_stage(self, stage: StageId) -> StageSnapshot | None:
        return self._inner.read_stage(stage)

    def commit(self, snapshot: StageSnapshot, changes: Changes) -> StageSnapshot:
        stale = is_stale(self._witness.last, snapshot, changes)
        try:
            result = self._inner.commit(snapshot, changes)
        except Paced:
            # A worker that knows its bucket is empty does not ask the ledger whether it is late.
            self._refused("Paced")
            raise
        except Conflict:
            assert stale, "what was read is what the ledger holds"
            self._refused("Conflict")
            raise
        assert not stale, f"written over what is newer than {snapshot.stage}"
        self._witness.step(snapshot.spec)
        self._is_what_a_reading_shows(result, changes)
        return result

    def expect_tokens(self, token: Token, tokens: int, *, waited: bool) -> None:
        self._inner.expect_tokens(token, tokens, waited=waited)

    def stand_in_line(self, token: Token, first: datetime, tokens: int) -> datetime:
        return self._inner.stand_in_line(token, first, tokens)

    def record_outcomes(self, outcomes: Sequence[EventOutcome]) -> None:
        self._inner.record_outcomes(outcomes)
        self._witness.step()

    def silence(self, stage: StageId) -> None:
        self._inner.silence(stage)
        self._witness.step()

    def end_wishes(self, stage: StageId, reason: str, at: datetime) -> None:
        self._inner.end_wishes(stage, reason, at)
        self._witness.step()

    def known_revision(self, home: Home, family: str, fingerprint: str) -> str | None:
        return self._inner.known_revision(home, family, fingerprint)

    def newest_deployment(self, stage: StageId) -> DeploymentRecord | None:
        return self._inner.newest_deployment(stage)

    def newest_announcement(self, subject: str) -> int:
        return self._inner.newest_announcement(subject)

    def _refused(self, why: str) -> None:
        self._witness.nothing()
        self._witness.seen[why] += 1

    def _is_what_a_reading_shows(self, result: StageSnapshot, changes: Changes) -> None:
        read = self._inner.read_stage(result.stage.id)
        if read is None:  # the stage was taken out of the configuration after it was read
            return
        assert (result.stage, result.deployment) == (read.stage, read.deployment)
        for target in changes.targets:
            assert result.target(target.service) == read.target(target.service)


def is_stale(now: View, snapshot: StageSnapshot, changes: Changes) -> bool:
    """Whether a transition stands on anything that is not so any more."""
    stage = changes.stage or snapshot.stage
    if stage.version != now.stage.version:
        return True
    for record in (changes.deployment, changes.finished):
        if record is not None:
            found = now.deployments.get(record.number)
            if record.version != (found.version if found else 0):
                return True
    kept = {service: target.version for service, target in now.targets.items()}
    return any(t.version != kept.get(t.service, 0) for t in changes.targets)
