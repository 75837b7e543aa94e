"""Amazon ECS."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from longshore.aws.clients import Clients
from longshore.aws.ecs_views import agreed_digests, service_of, stopped_at, stopped_task
from longshore.aws.gate import Gate
from longshore.domain.errors import Refused
from longshore.domain.failures import StoppedTask
from longshore.domain.observations import DescribedRevision, EcsService, TaskDefinition
from longshore.domain.places import Home, ServiceRef

if TYPE_CHECKING:
    from botocore.model import StructureShape
    from mypy_boto3_ecs.literals import DesiredStatusType
    from mypy_boto3_ecs.type_defs import (
        FailureTypeDef,
        ListTasksRequestTypeDef,
        RegisterTaskDefinitionRequestTypeDef,
        ServiceTypeDef,
        TaskTypeDef,
    )

SERVICES_A_CALL = 10
"""What DescribeServices takes."""

NEWEST_REVISIONS = 10
"""How far back a revision is looked for whose registration got no answer."""

_GONE = frozenset(
    {"ClusterNotFoundException", "ServiceNotActiveException", "ServiceNotFoundException"}
)


class AwsEcs:
    """ECS, in every region that services are configured in."""

    def __init__(self, gate: Gate, clients: Clients) -> None:
        """Call ECS through `gate`."""
        self._gate = gate
        self._clients = clients
        self._read_only: frozenset[str] | None = None
        self._revisions: dict[str, DescribedRevision] | None = None

    def describe_services(self, services: Sequence[ServiceRef]) -> Mapping[ServiceRef, EcsService]:
        """Return the services that exist, up to ten a cluster in one call.

        A service that is missing, or whose cluster is, is absent; any other failure raises.
        """
        documents = self.service_documents(services)
        return {service: service_of(document) for service, document in documents.items()}

    def service_documents(
        self, services: Sequence[ServiceRef]
    ) -> "Mapping[ServiceRef, ServiceTypeDef]":
        """Return the same services with all that ECS tells: counts, and what it says of them."""
        clusters: dict[tuple[Home, str], dict[str, ServiceRef]] = defaultdict(dict)
        for service in services:
            clusters[service.home, service.cluster][service.name] = service
        found: dict[ServiceRef, ServiceTypeDef] = {}
        for (home, cluster), refs in clusters.items():
            names = list(refs)
            for start in range(0, len(names), SERVICES_A_CALL):
                described = self._describe(home, cluster, names[start : start + SERVICES_A_CALL])
                found |= {refs[each["serviceName"]]: each for each in described}
        return found

    def _describe(self, home: Home, cluster: str, names: list[str]) -> "Sequence[ServiceTypeDef]":
        client = self._clients.ecs(home.region)
        try:
            reply = self._gate.call(client.describe_services, cluster=cluster, services=names)
        except Refused as error:
            if error.code == "ClusterNotFoundException":
                return ()
            raise
        _check_failures(reply["failures"], cluster)
        return reply["services"]

    def begin(self) -> None:
        """Begin an invocation: which revisions were described in the one before is forgotten.

        Within one, many services may run the same revision, in many stages.
        """
        self._revisions = {}

    def describe_revision(self, home: Home, name: str) -> DescribedRevision:
        """Return a revision by ARN, `family:revision`, or a family's newest ACTIVE one."""
        known = self._revisions.get(name) if self._revisions else None
        if known is not None:
            return known
        described = self._describe_revision(home, name)
        if self._revisions is not None and name == described.arn:
            self._revisions[name] = described
        return described

    def _describe_revision(self, home: Home, name: str) -> DescribedRevision:
        reply = self._gate.call(
            self._clients.ecs(home.region).describe_task_definition,
            taskDefinition=name,
            include=["TAGS"],
        )
        definition = reply["taskDefinition"]
        tags = tuple((tag.get("key", ""), tag.get("value", "")) for tag in reply.get("tags", ()))
        return DescribedRevision(
            arn=definition["taskDefinitionArn"],
            definition=cast("TaskDefinition", definition),
            tags=tags,
        )

    def read_only_fields(self) -> frozenset[str]:
        """Return the fields of a described task definition that cannot be registered.

        They come from the service model shipped with this code: a field that both directions
        learn together needs no change here.
        """
        if self._read_only is None:
            model = self._clients.service_model("ecs")
            described = cast("StructureShape", model.shape_for("TaskDefinition"))
            request = model.shape_for("RegisterTaskDefinitionRequest")
            registered = cast("StructureShape", request)
            self._read_only = frozenset(described.members) - frozenset(registered.members)
        return self._read_only

    def register(self, home: Home, definition: TaskDefinition) -> str:
        """Register a definition (tags included) and return its ARN; never retried by itself.

        Raises:
            UnknownReply: it may be registered.
            Refused: botocore or ECS does not accept the definition.
        """
        request = cast("RegisterTaskDefinitionRequestTypeDef", definition)
        client = self._clients.ecs_writer(home.region)
        reply = self._gate.call(client.register_task_definition, **request)
        return reply["taskDefinition"]["taskDefinitionArn"]

    def find_registered(self, home: Home, family: str, tag: tuple[str, str]) -> str | None:
        """Return a recent ACTIVE revision of a family that carries a tag."""
        reply = self._gate.call(
            self._clients.ecs(home.region).list_task_definitions,
            familyPrefix=family,
            status="ACTIVE",
            sort="DESC",
            maxResults=NEWEST_REVISIONS,
        )
        own = [arn for arn in reply["taskDefinitionArns"] if _family_of(arn) == family]
        return next((arn for arn in own if tag in self.describe_revision(home, arn).tags), None)

    def update_service(self, service: ServiceRef, revision: str) -> EcsService:
        """Bring a service to a revision and change nothing else; never retried by itself.

        Raises:
            UnknownReply: the service may have been updated.
            Refused: the service or its cluster is gone, or ECS does not accept the revision.
        """
        reply = self._gate.call(
            self._clients.ecs_writer(service.home.region).update_service,
            cluster=service.cluster,
            service=service.name,
            taskDefinition=revision,
        )
        return service_of(reply["service"])

    def stopped_tasks(self, service: ServiceRef, ecs_deployment_id: str) -> Sequence[StoppedTask]:
        """Return the tasks of an ECS deployment that stopped within the last hour, newest first."""
        mine = (
            task
            for task in self.tasks(service, "STOPPED")
            if task.get("startedBy") == ecs_deployment_id
        )
        return [stopped_task(task) for task in sorted(mine, key=stopped_at, reverse=True)]

    def running_digests(self, service: ServiceRef, revision: str) -> Mapping[str, str]:
        """Return the digest that each container of a revision's running tasks was started from.

        `revision` is its ARN. A container whose tasks run different digests is absent.
        """
        tasks = self.tasks(service, "RUNNING")
        return agreed_digests(task for task in tasks if task.get("taskDefinitionArn") == revision)

    def tasks(self, service: ServiceRef, status: "DesiredStatusType") -> "Iterator[TaskTypeDef]":
        """Yield a service's tasks; a service that is gone has none."""
        client, cluster = self._clients.ecs(service.home.region), service.cluster
        for page in self._task_pages(service, status):
            reply = self._gate.call(client.describe_tasks, cluster=cluster, tasks=page)
            yield from reply["tasks"]

    def _task_pages(self, service: ServiceRef, status: "DesiredStatusType") -> Iterator[list[str]]:
        client = self._clients.ecs(service.home.region)
        request: ListTasksRequestTypeDef = {
            "cluster": service.cluster,
            "serviceName": service.name,
            "desiredStatus": status,
        }
        while True:
            try:
                reply = self._gate.call(client.list_tasks, **request)
            except Refused as error:
                if error.code in _GONE:
                    return
                raise
            if reply["taskArns"]:
                yield reply["taskArns"]
            if not reply.get("nextToken"):
                return
            request["nextToken"] = reply["nextToken"]


def _check_failures(failures: "Sequence[FailureTypeDef]", cluster: str) -> None:
    """Raise unless every failure only says that a service is missing."""
    for failure in failures:
        reason = failure.get("reason", "UNKNOWN")
        if reason != "MISSING":
            message = f"ecs:DescribeServices in {cluster} failed on {failure.get('arn')}: {reason}"
            raise Refused(message, reason)


def _family_of(revision: str) -> str:
    return revision.rpartition("/")[2].partition(":")[0]
