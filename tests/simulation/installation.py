"""The functions as they are composed: the real adapters and use cases, on the in-memory AWS.

This is what `longshore.runtime.wiring` does for Lambda. An environment is one sandbox: what it
remembers between invocations lives as long as it does, and its clock may be wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from longshore.aws.alarms import CloudWatchAlarms
from longshore.aws.artifacts import S3Artifacts
from longshore.aws.chat_memory import DynamoRoutes, DynamoThreadStore
from longshore.aws.clients import Clients
from longshore.aws.configurations import DynamoConfigurationStore
from longshore.aws.directory import DynamoDirectory
from longshore.aws.ecs import AwsEcs
from longshore.aws.gate import Gate, Passage
from longshore.aws.intents import DynamoIntentStore
from longshore.aws.job_ledger import DynamoJobLedger
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.outbox import DynamoOutboxStore
from longshore.aws.pipeline_jobs import CodePipelineJobs
from longshore.aws.publishing import (
    DynamoNoticeStore,
    EventBridgePublisher,
    SnsNoticePublisher,
    SqsChatQueue,
    SqsNoticeQueue,
)
from longshore.aws.pushes import (
    DynamoPushFollowers,
    DynamoPushRecords,
    SecretKeys,
    SqsPushQueue,
)
from longshore.aws.queues import Queue, SqsExecutionQueue, SqsWakeups, SqsWorkQueue
from longshore.aws.registry import EcrRegistry
from longshore.aws.secrets import Secret
from longshore.aws.starting import AwsStarter
from longshore.aws.stop_switch import DynamoStopSwitch
from longshore.aws.table import Table
from longshore.domain.errors import LongshoreError
from longshore.domain.places import Home
from longshore.domain.rates import PUBLISHED, Rates
from longshore.runtime.announcer import announce_batch
from longshore.runtime.batch import BatchFailedError
from longshore.runtime.control_api import answer_request
from longshore.runtime.notifier import notify_batch
from longshore.runtime.observability import Journal
from longshore.runtime.pipeline_job import answer_job
from longshore.runtime.pipeline_start import start_batch
from longshore.runtime.reconciler import reconcile_batch
from longshore.runtime.router import route_batch
from longshore.runtime.webhook_api import answer_delivery
from longshore.usecases.chat_ports import ChatPorts
from longshore.usecases.control_ports import ControlPorts
from longshore.usecases.job_ports import JobPorts
from longshore.usecases.ports import Clock
from longshore.usecases.publishing_ports import AnnouncePorts, NotifyPorts
from longshore.usecases.push_ports import ReceivePorts, StartPorts
from longshore.usecases.round import Ports
from longshore.usecases.route_event import RouterPorts
from tests.simulation.cloud.slack import NothingKnown, SimulatedSlack, Workspace

Event = Mapping[str, Any]
Handler = Callable[[Event, Clock], Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What the stack's resources are called."""

    table: str = "ledger"
    inbox: str = "inbox"
    work: str = "work.fifo"
    executions: str = "executions.fifo"
    notices: str = "notices.fifo"
    pushes: str = "pushes.fifo"
    git_secret: str = "longshore/git"
    bus: str = "longshore"
    topic: str = ""


@dataclass(slots=True)
class Stack:
    """What every environment of an installation is built from.

    `ledger` names the table and its epoch, as the stack of template.yaml does.
    """

    clients: Clients
    passage: Passage
    journal: Journal
    home: Home
    names: Names
    rates: Rates = PUBLISHED
    ledger: str = "ledger/1"
    slack: Workspace | None = None


@dataclass
class Environment:
    """One sandbox of one function."""

    stack: Stack
    skew: timedelta = timedelta()
    gate: Gate = field(init=False)
    table: Table = field(init=False)

    def __post_init__(self) -> None:
        self.gate = Gate(self.stack.passage)
        self.table = Table(self.gate, self.stack.clients.dynamodb, self.stack.names.table)
        self.ledger = DynamoStageLedger(self.table, self.stack.ledger)
        self.ecs = AwsEcs(self.gate, self.stack.clients)
        self.routes = DynamoRoutes(self.table)
        self.push_followers = DynamoPushFollowers(self.table)
        self.git_secret: Secret | None = None

    def route(self, event: Event, clock: Clock) -> Any:
        work = SqsWorkQueue(self._queue(self.stack.names.work))
        executions = SqsExecutionQueue(self._queue(self.stack.names.executions))
        ports = RouterPorts(DynamoDirectory(self.table), work, clock, self.stack.home, executions)
        return route_batch(event, ports, self.stack.journal)

    def reconcile(self, event: Event, clock: Clock) -> Any:
        self.ecs.begin()
        registry = EcrRegistry(self.gate, self.stack.clients)
        alarms = CloudWatchAlarms(self.gate, self.stack.clients)
        wakeups, rates = self._wakeups(), self.stack.rates
        ports = Ports(self.ledger, registry, self.ecs, wakeups, clock, alarms, rates)
        return reconcile_batch(event, ports, self.stack.journal)

    def announce(self, event: Event, _: Clock) -> Any:
        clients, names = self.stack.clients, self.stack.names
        ports = AnnouncePorts(
            bus=EventBridgePublisher(self.gate, clients.events, names.bus),
            notices=SqsNoticeQueue(self.gate, clients.sqs, names.notices),
            outbox=DynamoOutboxStore(self.table),
        )
        return announce_batch(event, ports, self.stack.journal)

    def notify(self, event: Event, clock: Clock) -> Any:
        channel = SnsNoticePublisher(self.gate, self.stack.clients.sns, self.stack.names.topic)
        ports = NotifyPorts(channel, DynamoNoticeStore(self.table), self._chat(clock))
        return notify_batch(event, ports, self.stack.journal)

    def _chat(self, clock: Clock) -> ChatPorts | None:
        if self.stack.slack is None:
            return None
        return ChatPorts(
            chat=SimulatedSlack(self.stack.passage, self.stack.slack),
            queue=SqsChatQueue(self.gate, self.stack.clients.sqs, self.stack.names.notices),
            routes=self.routes,
            threads=DynamoThreadStore(self.table),
            sources=NothingKnown(),
            logs=NothingKnown(),
            clock=clock,
        )

    def control(self, event: Event, clock: Clock) -> Any:
        return answer_request(event, self._control(clock), self.stack.journal)

    def _control(self, clock: Clock) -> ControlPorts:
        return ControlPorts(
            configurations=DynamoConfigurationStore(self.table),
            intents=DynamoIntentStore(self.table),
            switch=DynamoStopSwitch(self.table),
            wakeups=self._wakeups(),
            clock=clock,
            home=self.stack.home,
            ledger=self.stack.ledger,
        )

    def pipeline_job(self, event: Event, clock: Clock) -> Any:
        clients = self.stack.clients
        ports = JobPorts(
            pipelines=CodePipelineJobs(self.gate, clients),
            artifacts=S3Artifacts(self.gate, clients),
            registry=EcrRegistry(self.gate, clients),
            ledger=DynamoJobLedger(self.table),
            control=self._control(clock),
        )
        try:
            answer_job(event, ports, self.stack.journal)
        except LongshoreError as error:
            raise BatchFailedError(str(error)) from error  # as Lambda sees it: it failed
        return "answered"

    def webhook(self, event: Event, clock: Clock) -> Any:
        clients, names = self.stack.clients, self.stack.names
        if self.git_secret is None:
            seconds = partial(_seconds_of, clock)
            self.git_secret = Secret(self.gate, clients.secrets, names.git_secret, seconds=seconds)
        ports = ReceivePorts(
            keys=SecretKeys(self.git_secret, plain_tokens=False),
            followers=self.push_followers,
            records=DynamoPushRecords(self.table),
            queue=SqsPushQueue(self.gate, clients.sqs, names.pushes),
            clock=clock,
        )
        return answer_delivery(event, ports, self.stack.journal)

    def pipeline_start(self, event: Event, clock: Clock) -> Any:
        ports = StartPorts(
            followers=self.push_followers,
            records=DynamoPushRecords(self.table),
            starter=AwsStarter(self.gate, self.stack.clients),
            clock=clock,
        )
        return start_batch(event, ports, self.stack.journal)

    def _queue(self, url: str) -> Queue:
        return Queue(self.gate, self.stack.clients.sqs, url)

    def _wakeups(self) -> SqsWakeups:
        return SqsWakeups(self._queue(self.stack.names.inbox))


def _seconds_of(clock: Clock) -> float:
    return clock.now().timestamp()
