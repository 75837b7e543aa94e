"""The world's memory and its ports: all that ECS holds in one account and region."""

from dataclasses import dataclass, field
from datetime import datetime

from longshore.domain.places import Home
from longshore_local.ecs import errors
from longshore_local.ecs.images import Images
from longshore_local.ecs.names import Names, last_part
from longshore_local.ecs.pace import Pace
from longshore_local.ecs.state import ClusterState, RevisionState, ServiceState, Tag
from longshore_local.worlds.agenda import Agenda, Timed
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.params import Params, text
from longshore_local.worlds.surroundings import Emit

DEFAULT_CLUSTER = "default"


@dataclass(slots=True)
class Region(Timed):
    """Clusters, task definitions and tags, and the time up to which everything has happened.

    `heard` are the statuses of tasks that somebody listens to; None means all.
    """

    home: Home
    images: Images
    emit: Emit
    pace: Pace
    ids: Ids
    now: datetime
    heard: frozenset[str] | None = None
    agenda: Agenda = field(default_factory=Agenda)
    clusters: dict[str, ClusterState] = field(default_factory=dict)
    families: dict[str, list[RevisionState]] = field(default_factory=dict)
    tags: dict[str, list[Tag]] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        """How this region's resources are called."""
        return Names(self.home)

    def cluster(self, params: Params) -> ClusterState:
        """Return the cluster that parameters name; raise ClusterNotFoundException without one."""
        name = last_part(text(params, "cluster") or DEFAULT_CLUSTER)
        cluster = self.clusters.get(name)
        if cluster is None or not cluster.active:
            raise errors.cluster_not_found()
        return cluster

    def service(self, params: Params, member: str = "service") -> ServiceState:
        """Return the service that parameters name; raise ServiceNotFoundException without one."""
        service = self.find_service(self.cluster(params), text(params, member) or "")
        if service is None:
            raise errors.service_not_found()
        return service

    def find_service(self, cluster: ClusterState, name: str) -> ServiceState | None:
        """Return a service by name or ARN, also a deleted one until ECS forgets it."""
        service = cluster.services.get(last_part(name))
        if service is None or (name.startswith("arn:") and name != service.arn):
            return None
        forgotten = service.gone_at is not None and (
            service.gone_at + self.pace.remembering <= self.now
        )
        return None if forgotten else service

    def all_services(self) -> list[ServiceState]:
        """Return every service of every cluster."""
        return [s for cluster in self.clusters.values() for s in cluster.services.values()]

    def find_definition(self, name: str) -> RevisionState | None:
        """Return a revision by ARN or `family:revision`, or a family's newest ACTIVE one."""
        bare = last_part(name)
        family, colon, number = bare.partition(":")
        revisions = self.families.get(family, [])
        if not colon:
            return next((r for r in reversed(revisions) if r.active), None)
        found = next((r for r in revisions if str(r.revision) == number), None)
        if found is None or (name.startswith("arn:") and name != found.arn):
            return None
        return found

    def runnable_definition(self, name: str) -> RevisionState:
        """Return a revision that a deployment may use; raise ClientException otherwise."""
        found = self.find_definition(name)
        if found is None:
            raise errors.task_definition_not_found()
        if not found.active:
            raise errors.task_definition_inactive()
        return found
