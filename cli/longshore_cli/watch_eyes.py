"""Look at a deployment: the ledger for what Longshore decided, ECS for what becomes of it.

The ledger must be read. What ECS and the log lines add is shown as far as it may be read: a missing
permission is told once, and the rest goes on.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from longshore.domain.deployments import DeploymentRecord
from longshore.domain.errors import NotPermitted, Refused, Throttled
from longshore.domain.places import ServiceRef
from longshore.domain.stages import StageSnapshot, TargetRecord
from longshore_cli.access import Access
from longshore_cli.log_tail import LogTail
from longshore_cli.picture import Picture, service_picture
from longshore_cli.stage_view import StageView


class Eyes:
    """Looks at one deployment after another of a stage."""

    def __init__(self, access: Access, lines: int) -> None:
        """Look with the caller's own credentials; `lines` is how many log lines are wanted."""
        self._ecs = access.ecs
        self._tail = LogTail(access, lines)
        self._seen: Mapping[ServiceRef, Mapping[str, Any]] = {}
        self._closed = False
        self._notes: list[str] = []
        self.slowed = False

    def look(self, snapshot: StageSnapshot, deployment: DeploymentRecord) -> Picture:
        """Return the deployment as it is now; raises what the ledger's adapters raise."""
        targets = _targets(snapshot, deployment)
        documents = self._describe([target.service for target in targets])
        since = deployment.started_at.replace(microsecond=0)
        services = [
            service_picture(target, documents.get(target.service), since) for target in targets
        ]
        logs = self._tail.read(snapshot, services, last=deployment.phase.terminal)
        notes = [*self._notes, *self._tail.notes]
        self._notes.clear()
        self._tail.notes.clear()
        view = StageView(snapshot, deployment)
        return Picture(datetime.now(UTC), view, deployment, services, logs, notes)

    def _describe(self, services: Sequence[ServiceRef]) -> Mapping[ServiceRef, Mapping[str, Any]]:
        """Ask ECS; where it is busy, what it said last stands. `slowed` says that it is."""
        self.slowed = False
        if self._closed or not services:
            return self._seen
        try:
            self._seen = self._ecs.service_documents(services)
        except Throttled:
            self.slowed = True
        except (NotPermitted, Refused) as error:
            self._closed = True
            self._notes.append(f"what ECS says of the services is not shown: {error}")
        return self._seen


def _targets(snapshot: StageSnapshot, deployment: DeploymentRecord) -> Sequence[TargetRecord]:
    """Return the targets as they stand in a deployment; a later one may have taken some over."""
    known = [snapshot.target(spec.service) for spec in snapshot.spec.targets]
    is_last = snapshot.stage.latest == deployment.number
    return [
        target.within(deployment.number)
        for target in known
        if is_last or target.deployment == deployment.number
    ]
