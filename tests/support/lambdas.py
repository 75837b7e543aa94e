"""An installation on AWS as moto plays it: the real handlers, fed as Lambda feeds them.

Queues are received from and deleted from as an event source mapping does, the table's stream is
what the outbox holds. Every function has an environment of its own, as template.yaml gives it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from functions.announcer.app import handler as announcer
from functions.control.app import handler as control
from functions.notifier.app import handler as notifier
from functions.reconciler.app import handler as reconciler
from functions.router.app import handler as router
from longshore.aws.clients import Clients
from longshore.runtime import observability
from longshore.runtime.batch import BatchFailedError
from longshore.runtime.wiring import reconciler as reconciler_wiring
from longshore.runtime.wiring import shared
from longshore_local.awsjson.exchange import Exchange
from longshore_local.awsjson.server import JsonServer
from longshore_local.ecs.images import Conduct, ImageBehaviour, Runs
from longshore_local.ecs.server import ecs_stand_in
from longshore_local.ecs.world import EcsWorld
from tests.support.builders import HOME
from tests.support.ledgers import TABLE, create_table
from tests.support.runtime import FakeInvocation, stream_event, url_event

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
        observability._journal,  # noqa: SLF001  a new environment has a new journal
    ):
        made.cache_clear()


@dataclass
class Installation:
    """What template.yaml makes, and the ways between."""

    clients: Clients
    monkeypatch: pytest.MonkeyPatch
    answers: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        forget_environment()
        create_table(self.clients)
        fifo = {"FifoQueue": "true"}
        self.inbox = self._queue("inbox")
        self.work = self._queue("work.fifo", **fifo)
        self.notices = self._queue("notices.fifo", **fifo)
        self.mail = self._queue("mail")
        self.heard = self._queue("heard")
        self.topic = self.clients.sns.create_topic(Name="longshore")["TopicArn"]
        self.clients.sns.subscribe(
            TopicArn=self.topic, Protocol="sqs", Endpoint=self._arn(self.mail)
        )
        self.clients.events.create_event_bus(Name="longshore")
        self._listen()

    # ── what people and AWS do ──────────────────────────────────────────────────────────────

    def post(self, path: str, body: object) -> tuple[int, Any]:
        """Send a signed request to the Function URL."""
        home = {"PARTITION": "aws", "ACCOUNT": HOME.account}
        event = url_event(path, body)
        answered = self._invoke(control, event, "control", INBOX_URL=self.inbox, **home)
        return answered["statusCode"], json.loads(answered["body"])

    def send(self, body: object) -> None:
        """Put an event into the inbox, as a rule does."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.clients.sqs.send_message(QueueUrl=self.inbox, MessageBody=text)

    # ── the functions ───────────────────────────────────────────────────────────────────────

    def run(self) -> None:
        """Invoke every function until nothing is left to do."""
        while any((self.route(), self.reconcile(), self.announce(), self.notify())):
            pass

    def route(self) -> bool:
        """Bring the router what lies in the inbox."""
        home = {"PARTITION": "aws", "ACCOUNT": HOME.account}
        return self._consume(self.inbox, router, "router", WORK_URL=self.work, **home)

    def reconcile(self) -> bool:
        """Bring the reconciler what lies in the work queue."""
        home = {"PARTITION": "aws", "ACCOUNT": HOME.account}
        return self._consume(self.work, reconciler, "reconciler", INBOX_URL=self.inbox, **home)

    def announce(self) -> bool:
        """Bring the announcer what the outbox holds unconfirmed, as the stream shows it."""
        found = self.clients.dynamodb.scan(TableName=TABLE)["Items"]
        waiting = [i for i in found if i["kind"] == {"S": "outbox"} and "due_at" in i]
        waiting.sort(key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
        if waiting:
            bus = {"BUS": "longshore", "NOTICES_URL": self.notices}
            self._invoke(announcer, dict(stream_event(*waiting)), "announcer", **bus)
        return bool(waiting)

    def notify(self) -> bool:
        """Bring the notifier what lies among the notices."""
        return self._consume(self.notices, notifier, "notifier", TOPIC_ARN=self.topic)

    # ── what can be seen ────────────────────────────────────────────────────────────────────

    def received(self, url: str) -> list[Any]:
        """Take everything out of a queue, in JSON."""
        return [json.loads(message["Body"]) for message in self._receive(url, delete=True)]

    # ── how Lambda does it ──────────────────────────────────────────────────────────────────

    def _consume(
        self, url: str, handler: Callable[..., Any], name: str, **variables: str
    ) -> bool:
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
            if message["MessageId"] not in again:
                self.clients.sqs.delete_message(
                    QueueUrl=url, ReceiptHandle=message["ReceiptHandle"]
                )
        return True

    def _invoke(
        self, handler: Callable[..., Any], event: Mapping[str, Any], name: str, **variables: str
    ) -> Any:  # noqa: ANN401  whatever the handler returns
        environment = {
            "POWERTOOLS_SERVICE_NAME": f"{name}-{next(_runs)}",
            "LONGSHORE_TABLE": TABLE,
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

    def _queue(self, name: str, **attributes: str) -> str:
        return self.clients.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def _arn(self, url: str) -> str:
        reply = self.clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return reply["Attributes"]["QueueArn"]

    def _listen(self) -> None:
        """Let a rule on the bus put every event into a queue, as anybody may."""
        pattern = json.dumps({"source": ["longshore"]})
        self.clients.events.put_rule(Name="all", EventBusName="longshore", EventPattern=pattern)
        target = {"Id": "heard", "Arn": self._arn(self.heard)}
        self.clients.events.put_targets(Rule="all", EventBusName="longshore", Targets=[target])
