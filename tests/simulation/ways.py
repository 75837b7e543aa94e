"""The releases to which people may go back, as `longshore rollback` finds them in the ledger."""

from collections.abc import Sequence

from longshore.aws.codec import decode
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.releases import Release
from longshore.domain.stages import StageRecord
from tests.simulation.promises.ledger_view import LedgerView


def ways_back(ledger: LedgerView, stage: str) -> tuple[Release | None, Sequence[Release]]:
    """Return the release that a stage is on, or on its way to, and those to go back to."""
    entry = ledger.stage(stage)
    if entry is None:
        return None, ()
    record = decode(entry.text, StageRecord)
    there = record.live
    if record.current is not None and (flight := ledger.deployment(stage, record.current)):
        there = decode(flight.text, DeploymentRecord).release
    others = [known for known in record.verified if there is None or known.content != there.content]
    return there, [known for known in others if not record.veto_of(known)]
