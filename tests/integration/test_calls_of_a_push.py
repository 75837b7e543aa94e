"""What a push costs: every AWS call from the event to UpdateService, router included."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

import pytest
from moto import mock_aws

from longshore.aws.alarms import CloudWatchAlarms
from longshore.aws.clients import Clients
from longshore.aws.gate import Gate
from longshore.aws.queues import Queue, SqsWakeups, SqsWorkQueue
from longshore.aws.registry import EcrRegistry
from longshore.domain.policies import SemverPolicy
from longshore.domain.wakeups import Hint, Wakeup
from longshore.usecases.reconcile import reconcile
from longshore.usecases.round import Ports
from longshore.usecases.route_event import RouterPorts, route
from longshore_local.ecs import EcsWorld, ImageBehaviour
from tests.support.builders import HOME, REPOSITORY, SERVICE, STAGE, make_configuration, make_spec
from tests.support.ecs import CountedEcs, ecs_over
from tests.support.fakes import FakeClock
from tests.support.harbour import push_event
from tests.support.ledgers import DynamoWorld
from tests.support.watch_fakes import InMemoryLooks

MOST_CALLS = 14
MOST_ECS_CALLS = 4
MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {
        "mediaType": "application/vnd.oci.image.config.v1+json",
        "digest": "sha256:" + "c" * 64,
        "size": 2,
    },
    "layers": [],
}


@dataclass
class Yard:
    """Adapters on moto and on the ECS stand-in, all calls of Longshore recorded in order."""

    dynamo: DynamoWorld
    ecs: CountedEcs
    router: RouterPorts
    ports: Ports
    clients: Clients

    def push(self, tag: str, mark: str) -> str:
        manifest = json.dumps({**MANIFEST, "annotations": {"mark": mark}})
        digest = f"sha256:{sha256(manifest.encode()).hexdigest()}"
        self.clients.ecr(HOME.region).put_image(
            repositoryName=REPOSITORY.name,
            imageManifest=manifest,
            imageDigest=digest,
            imageTag=tag,
        )
        return digest

    def handle(self, digest: str, tag: str) -> None:
        """Route the push's event and reconcile the stage, as the two functions do."""
        event = push_event(digest, tag, self.ports.clock.now())
        route(json.dumps(event), "message-1", self.router)
        hints = frozenset({Hint.REGISTRY})
        reconcile(STAGE, [Wakeup(STAGE, hints, ("event",))], self.ports)

    def forget_calls(self) -> None:
        self.dynamo.calls.calls.clear()
        self.ecs.calls.calls.clear()

    def actions(self) -> list[str]:
        """Return every call, in order."""
        return [call.action for call in self.dynamo.calls.calls]


def make_yard(clients: Clients, *, semver: bool) -> Yard:
    spec = make_spec()
    if semver:
        spec = replace(spec, images=(replace(spec.images[0], selection=SemverPolicy("^1")),))
    clock = FakeClock()
    dynamo = DynamoWorld(clients)
    dynamo.install(make_configuration(spec))
    gate = Gate(dynamo.calls)
    clients.ecr(HOME.region).create_repository(repositoryName=REPOSITORY.name)
    world = EcsWorld(clock=clock.now, images=lambda _: ImageBehaviour(), home=HOME)
    ecs = ecs_over(world, dynamo.calls)
    inbox = clients.sqs.create_queue(QueueName="inbox")["QueueUrl"]
    work = clients.sqs.create_queue(QueueName="work.fifo", Attributes={"FifoQueue": "true"})[
        "QueueUrl"
    ]
    ports = Ports(
        dynamo.fresh_ledger(),
        EcrRegistry(gate, clients),
        ecs.port,
        SqsWakeups(Queue(gate, clients.sqs, inbox)),
        clock,
        CloudWatchAlarms(gate, clients),
    )
    queue = SqsWorkQueue(Queue(gate, clients.sqs, work))
    router = RouterPorts(dynamo.directory, queue, clock, HOME, InMemoryLooks())
    yard = Yard(dynamo, ecs, router, ports, clients)
    _open_service(yard, world, "1.0.0" if semver else "main")
    clock.advance(timedelta(minutes=5))
    reconcile(STAGE, [Wakeup(STAGE, frozenset({Hint.PERSON}))], ports)
    yard.ports = replace(ports, ledger=dynamo.fresh_ledger())  # a cold invocation environment
    return yard


def _open_service(yard: Yard, world: EcsWorld, tag: str) -> None:
    digest = yard.push(tag, "first")
    container = {"name": "web", "image": f"{REPOSITORY.uri}@{digest}", "memory": 64}
    world.call("CreateCluster", {"clusterName": SERVICE.cluster})
    family = {"family": SERVICE.name, "containerDefinitions": [container]}
    world.call("RegisterTaskDefinition", family)
    service = {"cluster": SERVICE.cluster, "serviceName": SERVICE.name, "desiredCount": 1}
    world.call("CreateService", {**service, "taskDefinition": SERVICE.name})


@pytest.mark.parametrize("semver", [False, True])
def test_a_cold_push_stays_within_its_budget(*, semver: bool) -> None:
    with mock_aws():
        yard = make_yard(Clients(), semver=semver)
        tag = "1.1.0" if semver else "main"
        digest = yard.push(tag, "second")
        yard.forget_calls()

        yard.handle(digest, tag)

    actions = yard.actions()
    up_to_update = actions[: actions.index("ecs:UpdateService") + 1]
    assert yard.ecs.writes() == ["RegisterTaskDefinition", "UpdateService"]
    assert len(yard.ecs.calls.calls) <= MOST_ECS_CALLS
    assert actions.count("ecr:DescribeImages") == 1
    assert len(up_to_update) <= MOST_CALLS, up_to_update


def test_a_duplicate_event_writes_no_more_than_its_own_end() -> None:
    with mock_aws():
        yard = make_yard(Clients(), semver=False)
        digest = yard.push("main", "second")
        yard.handle(digest, "main")
        yard.forget_calls()

        yard.handle(digest, "main")

    assert yard.ecs.writes() == []
    assert yard.actions().count("dynamodb:TransactWriteItems") == 1
