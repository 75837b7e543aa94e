"""An installation on AWS as moto plays it: the real handlers, fed as Lambda feeds them.

Queues are received from and deleted from as an event source mapping does, the table's stream is
what the outbox holds. Every function has an environment of its own, as template.yaml gives it.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine

from functions.announcer.app import handler as announcer
from functions.control.app import handler as control
from functions.notifier.app import handler as notifier
from functions.pipeline_watch.app import handler as pipeline_watch
from functions.reconciler.app import handler as reconciler
from functions.router.app import handler as router
from longshore.aws.clients import Clients
from longshore.runtime import observability
from longshore.runtime.batch import BatchFailedError
from longshore.runtime.wiring import pipeline_start as pipeline_start_wiring
from longshore.runtime.wiring import reconciler as reconciler_wiring
from longshore.runtime.wiring import shared
from longshore.runtime.wiring import webhook as webhook_wiring
from longshore_local.awsjson.exchange import Exchange
from longshore_local.awsjson.server import JsonServer
from longshore_local.ecs.images import Conduct, ImageBehaviour, Runs
from longshore_local.ecs.server import ecs_stand_in
from longshore_local.ecs.world import EcsWorld
from tests.support.builders import HOME, make_digest
from tests.support.harbour import push_event
from tests.support.ledgers import TABLE, create_table
from tests.support.runtime import FakeInvocation, stream_event, url_event

MANIFEST = "application/vnd.oci.image.manifest.v1+json"

Event = dict[str, Any]

_runs = count(1)


def forget_environment() -> None:
    """Begin a new invocation environment: nothing that was made before is left."""
    for made in (
        shared.make_gate,
        shared.make_clients,
        shared.make_table,
        shared.make_queue,
        shared.make_wakeups,
        reconciler_wiring.make_ledger,
        reconciler_wiring.make_ecs,
        webhook_wiring._clients,  # noqa: SLF001  what lives as long as the environment
        webhook_wiring._secret,  # noqa: SLF001  as above
        pipeline_start_wiring._clients,  # noqa: SLF001  as above
        pipeline_start_wiring._table,  # noqa: SLF001  as above
        pipeline_start_wiring._followers,  # noqa: SLF001  as above
        observability._journal,  # noqa: SLF001  a new environment has a new journal
    ):
        made.cache_clear()


@dataclass
class Harbour:
    """The services: ECS as its stand-in plays it; `time` moves for it and the functions alike."""

    time: time_machine.Traveller
    conduct: dict[str, Conduct] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = EcsWorld(
            clock=self.now, images=self._behaviour, emit=self.events.append, home=HOME
        )
        self.server = JsonServer(Exchange([ecs_stand_in(self.world)]))

    def now(self) -> datetime:
        """Return the time, which is that of the functions too."""
        return datetime.now(UTC)

    def open_service(self, cluster: str, name: str, image: str) -> None:
        """Create a service with a circuit breaker, and let it come up."""
        call = self.world.call
        call("CreateCluster", {"clusterName": cluster})
        container = {"name": "web", "image": image, "essential": True, "memory": 64}
        call("RegisterTaskDefinition", {"family": name, "containerDefinitions": [container]})
        breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
        service = {"cluster": cluster, "serviceName": name, "taskDefinition": name}
        more = {"desiredCount": 1, "deploymentConfiguration": breaker}
        call("CreateService", {**service, **more})
        self.pass_time(minutes=5)

    def pass_time(self, *, minutes: int) -> list[Event]:
        """Let time pass; return the events that ECS sent meanwhile."""
        self.time.shift(timedelta(minutes=minutes))
        self.world.settle()
        events = [*self.events]
        self.events.clear()
        return events

    def image_of(self, cluster: str, name: str) -> str:
        """Return the image of the revision that a service uses."""
        found: Any = self.world.call("DescribeServices", {"cluster": cluster, "services": [name]})
        revision = found["services"][0]["taskDefinition"]
        described: Any = self.world.call("DescribeTaskDefinition", {"taskDefinition": revision})
        return str(described["taskDefinition"]["containerDefinitions"][0]["image"])

    def _behaviour(self, reference: str) -> ImageBehaviour:
        digest = reference.partition("@")[2] or None
        return ImageBehaviour(digest, self.conduct.get(digest or "", Runs()))


@dataclass
class Installation:
    """What template.yaml makes, and the ways between."""

    clients: Clients
    monkeypatch: pytest.MonkeyPatch
    harbour: Harbour
    answers: list[object] = field(default_factory=list)
    _handles: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        forget_environment()
        create_table(self.clients)
        self.inbox = self._queue("inbox")
        self.work = self._queue("work.fifo")
        self.executions = self._queue("executions.fifo")
        self.notices = self._queue("notices.fifo")
        self.mail = self._queue("mail")
        self.heard = self._queue("heard")
        self.topic = self.clients.sns.create_topic(Name="longshore")["TopicArn"]
        self.subscribe_mail()
        self.clients.events.create_event_bus(Name="longshore")
        self.listen()

    # ── what people and AWS do ──────────────────────────────────────────────────────────────

    def post(self, path: str, body: object) -> tuple[int, Any]:
        """Send a signed request to the Function URL."""
        home = {"PARTITION": "aws", "ACCOUNT": HOME.account}
        own = {"INBOX_URL": self.inbox, "LEDGER": "ledger/1", **home}
        answered = self._invoke(control, url_event(path, body), "control", **own)
        return answered["statusCode"], json.loads(answered["body"])

    def push(self, tag: str, number: int) -> str:
        """Push an image and let ECR tell of it; return its reference."""
        ecr, digest = self.clients.ecr(HOME.region), make_digest(number)
        with suppress(ecr.exceptions.RepositoryAlreadyExistsException):
            ecr.create_repository(repositoryName="checkout")
        with suppress(ecr.exceptions.ImageAlreadyExistsException):
            ecr.put_image(
                repositoryName="checkout",
                imageManifest=json.dumps({"mediaType": MANIFEST, "config": {"digest": digest}}),
                imageManifestMediaType=MANIFEST,
                imageTag=tag,
                imageDigest=digest,
            )
        self.send(push_event(digest, tag, datetime.now(UTC)))
        return f"{HOME.account}.dkr.ecr.{HOME.region}.amazonaws.com/checkout@{digest}"

    def send(self, body: object) -> None:
        """Put an event into the inbox, as a rule does."""
        text = body if isinstance(body, str) else json.dumps(body, default=str)
        self.clients.sqs.send_message(QueueUrl=self.inbox, MessageBody=text)

    def listen(self) -> None:
        """Let a rule on the bus put every event into a queue, as anybody may."""
        pattern = json.dumps({"source": ["longshore"]})
        self.clients.events.put_rule(Name="all", EventBusName="longshore", EventPattern=pattern)
        self.clients.events.put_targets(
            Rule="all",
            EventBusName="longshore",
            Targets=[{"Id": "heard", "Arn": self._arn(self.heard)}],
        )

    def subscribe_mail(self) -> None:
        """Let the topic put every notice into a queue, as into anybody's mailbox."""
        endpoint = self._arn(self.mail)
        self.clients.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=endpoint)

    def make_visible(self, url: str) -> None:
        """Let the visibility timeouts of a queue run out."""
        for handle in self._handles.pop(url, []):
            self.clients.sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0
            )

    # ── the functions ───────────────────────────────────────────────────────────────────────

    def run(self) -> None:
        """Invoke every function until nothing is left to do."""
        while any((self.route(), self.reconcile(), self.watch(), self.announce(), self.notify())):
            pass

    def route(self) -> bool:
        """Bring the router what lies in the inbox."""
        home = {"PARTITION": "aws", "ACCOUNT": HOME.account}
        queues = {"WORK_URL": self.work, "EXECUTIONS_URL": self.executions}
        return self._consume(self.inbox, router, "router", **queues, **home)

    def watch(self) -> bool:
        """Bring the watch over pipelines what lies in the queue of executions."""
        own = {"INBOX_URL": self.inbox}
        return self._consume(self.executions, pipeline_watch, "pipeline-watch", **own)

    def reconcile(self) -> bool:
        """Bring the reconciler what lies in the work queue."""
        home = {"PARTITION": "aws", "ACCOUNT": HOME.account}
        rates = {"REGISTER_RATE": "20/1", "UPDATE_RATE": "50/5"}
        own = {"INBOX_URL": self.inbox, "LEDGER": "ledger/1", **rates, **home}
        return self._consume(self.work, reconciler, "reconciler", **own)

    def announce(self) -> bool:
        """Bring the announcer what the outbox holds unconfirmed, as the stream shows it."""
        waiting = [item for item in self.outbox() if "due_at" in item]
        if waiting:
            bus = {"BUS": "longshore", "NOTICES_URL": self.notices}
            self._invoke(announcer, dict(stream_event(*waiting)), "announcer", **bus)
        return bool(waiting)

    def notify(self) -> bool:
        """Bring the notifier what lies among the notices."""
        return self._consume(
            self.notices, notifier, "notifier", TOPIC_ARN=self.topic, NOTICES_URL=self.notices
        )

    # ── what can be seen ────────────────────────────────────────────────────────────────────

    def received(self, url: str) -> list[Any]:
        """Take everything out of a queue, in JSON."""
        return [json.loads(message["Body"]) for message in self._receive(url, delete=True)]

    def outbox(self) -> list[Event]:
        """Return what lies in the outbox, confirmed or not, in the order of each subject."""
        found: list[Any] = self.clients.dynamodb.scan(TableName=TABLE)["Items"]
        outbox = [item for item in found if item["kind"] == {"S": "outbox"}]
        return sorted(outbox, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

    def put(self, item: Event) -> None:
        """Write an item over whatever the ledger has in its place."""
        self.clients.dynamodb.put_item(TableName=TABLE, Item=item)

    # ── how Lambda does it ──────────────────────────────────────────────────────────────────

    def _consume(self, url: str, handler: Callable[..., Any], name: str, **variables: str) -> bool:
        """Invoke a function with a batch; delete the messages that it does not want again."""
        messages = self._receive(url)
        if not messages:
            return False
        event = {"Records": [self._record(url, message) for message in messages]}
        again = {message["MessageId"] for message in messages}
        try:
            answered = self._invoke(handler, event, name, **variables)
            again = {failure["itemIdentifier"] for failure in answered["batchItemFailures"]}
        except BatchFailedError as error:
            self.answers.append(error)
        for message in messages:
            if message["MessageId"] in again:
                self._handles.setdefault(url, []).append(message["ReceiptHandle"])
            else:
                self.clients.sqs.delete_message(
                    QueueUrl=url, ReceiptHandle=message["ReceiptHandle"]
                )
        return True

    def invoke(
        self, handler: Callable[..., Any], event: Mapping[str, Any], name: str, **variables: str
    ) -> Any:  # noqa: ANN401  whatever the handler returns
        """Invoke a function with an environment of its own."""
        return self._invoke(handler, event, name, **variables)

    def consume(self, url: str, handler: Callable[..., Any], name: str, **variables: str) -> bool:
        """Bring a function a batch of a queue; tell whether there was any."""
        return self._consume(url, handler, name, **variables)

    def queue(self, name: str) -> str:
        """Make a queue; return its address."""
        return self._queue(name)

    def _invoke(
        self, handler: Callable[..., Any], event: Mapping[str, Any], name: str, **variables: str
    ) -> Any:  # noqa: ANN401  whatever the handler returns
        environment = {
            "POWERTOOLS_SERVICE_NAME": f"{name}-{next(_runs)}",
            "LONGSHORE_TABLE": TABLE,
            "AWS_ENDPOINT_URL_ECS": self.harbour.server.endpoint_url,
            **{f"LONGSHORE_{key}": value for key, value in variables.items()},
        }
        with self.monkeypatch.context() as patched:
            for key, value in environment.items():
                patched.setenv(key, value)
            observability._journal.cache_clear()  # noqa: SLF001  each function has its own journal
            answered = handler(event, FakeInvocation(left=90_000))
        json.dumps(answered)  # Lambda writes it as JSON
        self.answers.append(answered)
        return answered

    def _receive(self, url: str, *, delete: bool = False) -> list[Any]:
        found: list[Any] = []
        while reply := self.clients.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], VisibilityTimeout=600
        ).get("Messages"):
            found += reply
            if not delete:
                break
            for message in reply:
                self.clients.sqs.delete_message(
                    QueueUrl=url, ReceiptHandle=message["ReceiptHandle"]
                )
        return found

    def _record(self, url: str, message: Mapping[str, Any]) -> Event:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn(url),
            "awsRegion": HOME.region,
        }

    def _queue(self, name: str) -> str:
        fifo = name.endswith(".fifo")
        reply = self.clients.sqs.create_queue(
            QueueName=name, Attributes={"FifoQueue": "true"} if fifo else {}
        )
        return reply["QueueUrl"]

    def _arn(self, url: str) -> str:
        reply = self.clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return reply["Attributes"]["QueueArn"]
