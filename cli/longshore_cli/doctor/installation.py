"""The checks of an installation itself, which a stack's list of resources leads to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from longshore import __version__
from longshore.domain.errors import Refused
from longshore_cli.doctor import health
from longshore_cli.doctor.cloudwatch import Metric, read_alarms, read_metric
from longshore_cli.doctor.findings import Check, Finding, attempt
from longshore_cli.doctor.queues import (
    Queue,
    dead_letter_sources,
    judge_dead_letters,
    judge_queue,
)
from longshore_cli.doctor.reading import Reader
from longshore_cli.doctor.stack import Resource, Stack
from longshore_cli.installation import Installation
from longshore_cli.ledger_view import LedgerView

SWEEP_COMPLETED = "SweepCompleted"
"""The metric that the router writes after each sweep."""

_KEPT = timedelta(days=14)
"""In quarters of an hour about as many values as GetMetricStatistics returns at once."""
READERS = {
    "Inbox": "router",
    "Work": "reconciler",
    "Notices": "notifier",
    "Executions": "pipeline-watch",
    "Pushes": "pipeline-start",
}
"""Whose log says what becomes of a queue's messages: the last part of its log group's name."""

_TOLD_TO_SLACK = "Notices"
_GONE = frozenset({"ResourceNotFoundException", "QueueDoesNotExist"}) | {
    "AWS.SimpleQueueService.NonExistentQueue"
}


class InstallationChecks:
    """Looks at one installation; every check is made whatever became of the others."""

    def __init__(self, reader: Reader, installation: Installation, now: datetime) -> None:
        """Prepare to look at what is at the moment `now`."""
        self._reader = reader
        self._installation = installation
        self._subject = f"installation {installation.name}"
        self._now = now

    def findings(self, stack: Stack | None, ledger: LedgerView) -> Iterator[Finding]:
        """Yield what was found; without a stack only what the ledger and the parameter tell."""
        version = self._installation.version
        yield health.judge_version(self._check("version"), version, __version__)
        yield from self._overdue("timers", "stage", ledger, health.judge_timers)
        yield from self._overdue(
            "execution-timers", "execution", ledger, health.judge_execution_timers
        )
        yield from self._overdue("outbox", "outbox", ledger, health.judge_outbox)
        if stack is None:
            return
        yield from self._functions(stack)
        yield from self._queues(stack)
        yield from attempt(self._check("sweep"), lambda: [self._sweep(stack)])
        yield from attempt(self._check("alarms"), lambda: self._alarms(stack))

    def _check(self, id_: str) -> Check:
        return Check(id_, self._subject)

    def _overdue(
        self,
        id_: str,
        kind: str,
        ledger: LedgerView,
        judge: Callable[[Check, Sequence[datetime], datetime], Finding],
    ) -> Iterable[Finding]:
        check = self._check(id_)
        read = partial(ledger.overdue, kind, self._now - health.LATE)
        return attempt(check, lambda: [judge(check, read(), self._now)])

    def _functions(self, stack: Stack) -> Iterator[Finding]:
        for function in stack.of("AWS::Lambda::Function"):
            check = self._check(f"function.{function.logical}")
            yield from self._unless_gone(check, function, self._function)
        for mapping in stack.of("AWS::Lambda::EventSourceMapping"):
            check = self._check(f"event-source.{mapping.logical}")
            yield from self._unless_gone(check, mapping, self._mapping)
        for rule in stack.of("AWS::Events::Rule"):
            yield from self._unless_gone(self._check(f"rule.{rule.logical}"), rule, self._rule)

    def _function(self, check: Check, name: str) -> Iterator[Finding]:
        found = self._reader.ask("lambda", "get_function_configuration", FunctionName=name)
        limit = self._reader.ask("lambda", "get_function_concurrency", FunctionName=name)
        reserved = limit.get("ReservedConcurrentExecutions")
        yield health.judge_function(check, name, found, reserved)

    def _mapping(self, check: Check, uuid: str) -> Iterator[Finding]:
        found = self._reader.ask("lambda", "get_event_source_mapping", UUID=uuid)
        yield health.judge_mapping(check, found)

    def _rule(self, check: Check, name: str) -> Iterator[Finding]:
        yield health.judge_rule(check, self._reader.ask("events", "describe_rule", Name=name))

    def _unless_gone(
        self,
        check: Check,
        resource: Resource,
        judge: Callable[[Check, str], Iterable[Finding]],
    ) -> Sequence[Finding]:
        """Judge a resource; one that somebody deleted behind the stack's back is a problem."""

        def judged() -> Sequence[Finding]:
            try:
                return list(judge(check, resource.physical))
            except Refused as error:
                if error.code not in _GONE:
                    raise
                gone = f"{resource.physical} was deleted, though the stack has it"
                return [check.problem(gone, "deploy the stack again: sam deploy")]

        return attempt(check, judged)

    def _queues(self, stack: Stack) -> Iterator[Finding]:
        """Read all queues before judging one: which are dead letters stands in the others."""
        found: dict[str, Mapping[str, str]] = {}
        for queue in stack.of("AWS::SQS::Queue"):
            read = partial(self._keep_attributes, found, queue.logical)
            yield from self._unless_gone(self._check(f"queue.{queue.logical}"), queue, read)
        sources = dead_letter_sources(found)
        for name, attributes in found.items():
            check = self._check(f"queue.{name}")
            givers = tuple(sources.get(attributes["QueueArn"], ()))
            yield from attempt(check, partial(self._queue, check, name, attributes, givers))

    def _keep_attributes(
        self, found: dict[str, Mapping[str, str]], name: str, _: Check, url: str
    ) -> Iterable[Finding]:
        answer = self._reader.ask(
            "sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["All"]
        )
        found[name] = {**answer["Attributes"], "url": url}
        return ()

    def _queue(
        self, check: Check, name: str, attributes: Mapping[str, str], givers: tuple[str, ...]
    ) -> Iterator[Finding]:
        keeps_dead_letters = name.endswith("DeadLetters")
        arn = attributes["QueueArn"]
        queue = Queue(
            name=name,
            url=attributes["url"],
            arn=arn,
            depth=int(attributes.get("ApproximateNumberOfMessages", 0)),
            in_flight=int(attributes.get("ApproximateNumberOfMessagesNotVisible", 0)),
            oldest=None if keeps_dead_letters else self._oldest(arn),
            source_of=givers,
        )
        if keeps_dead_letters:
            yield judge_dead_letters(check, queue)
            return
        log = f"/longshore/{self._installation.name}/{READERS.get(name, name.lower())}"
        slack = self._installation.slack and name == _TOLD_TO_SLACK
        yield judge_queue(check, queue, log, slack=slack)

    def _oldest(self, arn: str) -> timedelta | None:
        """Return how long the oldest message has waited; None where CloudWatch has no figure."""
        metric = Metric(
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
            {"QueueName": arn.rpartition(":")[2]},
            statistic="Maximum",
        )
        lately = timedelta(minutes=10)
        values = read_metric(self._reader, metric, self._now, span=lately, period=lately)
        newest = max(values, key=lambda each: each["Timestamp"], default=None)
        return None if newest is None else timedelta(seconds=newest["Maximum"])

    def _sweep(self, stack: Stack) -> Finding:
        metric = Metric("Longshore", SWEEP_COMPLETED, {"service": f"{stack.name}-router"}, "Sum")
        quarter = timedelta(minutes=15)
        values = read_metric(self._reader, metric, self._now, span=_KEPT, period=quarter)
        ends = [each["Timestamp"] + quarter for each in values if each["Sum"] >= 1]
        last = min(max(ends), self._now) if ends else None
        return health.judge_sweep(self._check("sweep"), last, stack.since, self._now)

    def _alarms(self, stack: Stack) -> Sequence[Finding]:
        names = [alarm.physical for alarm in stack.of("AWS::CloudWatch::Alarm")]
        found = read_alarms(self._reader, names)
        return health.judge_alarms(self._check("alarms"), names, found, self._now)
