"""Count on behind what a ledger has used already, where a backup was written back into it.

Items that are newer than the backup stay then: the deployments and announcements whose numbers the
copy of the stage would give out again. Whoever did that would meet its own past for ever.
"""

from dataclasses import replace

from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.outcomes import EventName
from longshore.usecases.outbox import announce_deployment
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round

_LOST = "the ledger was restored from a backup that does not know of it"


def count_on(round_: Round) -> None:
    """Bring the numbers of a restored stage behind all that were used; write only what differs."""
    ledger, stage, flight = round_.ports.ledger, round_.stage, round_.snapshot.deployment
    newest = ledger.newest_deployment(stage.id)
    latest = max(stage.latest, newest.number if newest else 0)
    notices = max(stage.notices, ledger.newest_announcement(str(stage.id)))
    told = max(flight.announced, ledger.newest_announcement(flight.name)) if flight else 0
    if newest is not None and newest.number > stage.latest and not newest.phase.terminal:
        _end_lost(round_, newest)
    if (latest, notices) != (stage.latest, stage.notices) or (flight and told > flight.announced):
        counted = replace(flight, announced=told) if flight else None
        behind = replace(stage, latest=latest, notices=notices)
        round_.commit(Changes(stage=behind, deployment=counted))


def _end_lost(round_: Round, lost: DeploymentRecord) -> None:
    """End what was under way after the backup: nobody is at it any more."""
    ended = replace(lost, phase=Phase.ABORTED, reason=_LOST, finished_at=round_.now)
    ended, told = announce_deployment(ended, EventName.DEPLOYMENT_ABORTED, round_.now)
    round_.commit(Changes(finished=ended, announcements=(told,)))
