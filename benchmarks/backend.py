"""The one backend of both sides: an emulator of its own, and fresh services on it.

Services run no tasks (`desiredCount` 0), so a rollout is over at once and only calls are measured.
The emulator keeps every event of a service for ever, so each round has a service of its own.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import count, product
from pathlib import Path
from typing import Any

from longshore.aws.clients import Clients
from longshore.aws.configurations import DynamoConfigurationStore
from longshore.aws.gate import Gate
from longshore.aws.intents import DynamoIntentStore
from longshore.aws.queues import Queue, SqsWakeups
from longshore.aws.stop_switch import DynamoStopSwitch
from longshore.aws.table import Table
from longshore.runtime.clock import SystemClock
from longshore.usecases.accept_configuration import ConfigurationRequest, accept_configuration
from longshore.usecases.control_ports import ControlPorts
from longshore_local.cloud.emulator import Emulator, EmulatorSettings, free_port
from tests.support.builders import HOME
from tests.support.ledgers import LEDGER, TABLE, create_table
from tests.support.runtime import FakeInvocation

ROOT = Path(__file__).resolve().parent.parent
MINISTACK = ROOT / ".venvs/ministack/bin/ministack"
CLUSTER = "prod"
_LETTERS = "ghjkmnpqrstvwxyz"
"""Names are of these, so that no name is a part of a digest, and all are of one length."""


@dataclass(frozen=True, slots=True)
class Shop:
    """An application with one stage of one service, and what its names have in them."""

    mark: str

    @property
    def name(self) -> str:
        """Name the application, its repository, its service and its family alike."""
        return f"shop-{self.mark}"

    @property
    def repository(self) -> str:
        """Return how task definitions name its repository."""
        return f"{HOME.account}.dkr.ecr.{HOME.region}.amazonaws.com/{self.name}"

    def document(self) -> dict[str, Any]:
        """Return its longshore.yaml."""
        return {
            "apiVersion": "longshore/v1",
            "application": self.name,
            "images": {"web": {"repository": self.name, "select": {"tag": "main"}}},
            "stages": {"live": {"targets": [{"service": f"{CLUSTER}/{self.name}"}]}},
        }


class Backend:
    """An installation without its functions: table, queues, and shops that can be opened."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.clients = Clients()
        self._marks = map("".join, product(_LETTERS, repeat=4))
        self._images = count(1)
        create_table(self.clients)
        sqs = self.clients.sqs
        self.inbox = sqs.create_queue(QueueName="inbox")["QueueUrl"]
        ordered = sqs.create_queue(QueueName="work.fifo", Attributes={"FifoQueue": "true"})
        self.work = ordered["QueueUrl"]
        self.clients.ecs(HOME.region).create_cluster(clusterName=CLUSTER)

    def open_shop(self) -> Shop:
        """Create a repository, an image in it and a service that runs it; apply the shop."""
        shop = Shop(next(self._marks))
        self.clients.ecr(HOME.region).create_repository(repositoryName=shop.name)
        digest = self.push(shop)
        ecs = self.clients.ecs(HOME.region)
        ecs.register_task_definition(
            family=shop.name,
            containerDefinitions=[
                {"name": "web", "image": f"{shop.repository}@{digest}", "memory": 64}
            ],
        )
        ecs.create_service(
            cluster=CLUSTER, serviceName=shop.name, taskDefinition=shop.name, desiredCount=0
        )
        self._apply(shop)
        return shop

    def push(self, *shops: Shop) -> str:
        """Push one image to each of these shops; return its digest."""
        manifest = json.dumps({"schemaVersion": 2, "annotations": {"n": str(next(self._images))}})
        digest = f"sha256:{sha256(manifest.encode()).hexdigest()}"
        for shop in shops:
            self.clients.ecr(HOME.region).put_image(
                repositoryName=shop.name,
                imageManifest=manifest,
                imageManifestMediaType="application/vnd.oci.image.manifest.v1+json",
                imageDigest=digest,
                imageTag="main",
            )
        return digest

    def take(self, queue: str) -> list[dict[str, Any]]:
        """Take what lies in a queue, as records that Lambda hands to a function."""
        records: list[dict[str, Any]] = []
        ask = partial(self.clients.sqs.receive_message, QueueUrl=queue, MaxNumberOfMessages=10)
        while found := ask(AttributeNames=["All"]).get("Messages"):
            for message in found:
                handle = message["ReceiptHandle"]
                self.clients.sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
                records.append(_record(message))
        return records

    def _apply(self, shop: Shop) -> None:
        gate = Gate()
        table = Table(gate, self.clients.dynamodb, TABLE)
        ports = ControlPorts(
            DynamoConfigurationStore(table),
            DynamoIntentStore(table),
            DynamoStopSwitch(table),
            SqsWakeups(Queue(gate, self.clients.sqs, self.inbox)),
            SystemClock(FakeInvocation()),
            HOME,
            LEDGER,
        )
        request = ConfigurationRequest(shop.document(), deploy=False, base=0, actor="bench")
        accept_configuration(request, ports)


def push_told(shop: Shop, digest: str) -> dict[str, Any]:
    """Return the event of a push as the inbox brings it to the router."""
    event = {
        "version": "0",
        "id": f"push-{shop.mark}-{digest[-8:]}",
        "detail-type": "ECR Image Action",
        "source": "aws.ecr",
        "account": HOME.account,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": HOME.region,
        "resources": [],
        "detail": {
            "result": "SUCCESS",
            "repository-name": shop.name,
            "image-digest": digest,
            "action-type": "PUSH",
            "image-tag": "main",
        },
    }
    attributes = {"ApproximateReceiveCount": "1"}
    record = {"messageId": event["id"], "body": json.dumps(event), "attributes": attributes}
    return {"Records": [record]}


def environment(endpoint: str) -> dict[str, str]:
    """Return what botocore and the peers' commands need to speak to the emulator, and no other."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": HOME.region,
        "AWS_REGION": HOME.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }


def functions_environment(backend: Backend) -> dict[str, str]:
    """Return what template.yaml tells router and reconciler, with rates that never count."""
    return {
        "LONGSHORE_TABLE": TABLE,
        "LONGSHORE_PARTITION": HOME.partition,
        "LONGSHORE_ACCOUNT": HOME.account,
        "LONGSHORE_LEDGER": LEDGER,
        "LONGSHORE_INBOX_URL": backend.inbox,
        "LONGSHORE_WORK_URL": backend.work,
        "LONGSHORE_REGISTER_RATE": "1000/1000",
        "LONGSHORE_UPDATE_RATE": "1000/1000",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Longshore",
    }


@contextmanager
def backend() -> Iterator[Backend]:
    """Start an emulator, point this process at it, and leave nothing of it behind."""
    port = free_port()
    extra = {
        "AUTH": "false",
        "CLOUDTRAIL_RECORDING": "0",
        "MINISTACK_REGION": HOME.region,
        "MINISTACK_ACCOUNT_ID": HOME.account,
    }
    before = dict(os.environ)
    with Emulator(EmulatorSettings(MINISTACK, port, extra)) as emulator:
        emulator.wait_until_ready()
        os.environ.update(environment(emulator.endpoint))
        try:
            made = Backend(emulator.endpoint)
            os.environ.update(functions_environment(made))
            yield made
        finally:
            os.environ.clear()
            os.environ.update(before)


def _record(message: Any) -> dict[str, Any]:  # noqa: ANN401 - as botocore gives it
    return {
        "messageId": message["MessageId"],
        "body": message["Body"],
        "attributes": message["Attributes"],
    }
