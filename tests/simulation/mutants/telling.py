"""Weak ways of telling what happened, and of remembering that it was told."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from longshore.aws import items
from longshore.aws.directory import DynamoDirectory
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.publishing import SqsNoticeQueue
from longshore.domain.chat import Telling, Thread
from longshore.domain.errors import LongshoreError
from longshore.domain.outcomes import Announcement, EventOutcome
from longshore.domain.routes import Route
from longshore.domain.stages import StageSnapshot
from longshore.events.messages import encode_announcement
from longshore.events.notices import compose_notice
from longshore.runtime.batch import BatchAnswer, Message, run_groups
from longshore.runtime.observability import Journal
from longshore.usecases.announce import Announcing
from longshore.usecases.chat_ports import ChatPorts
from longshore.usecases.notify import Notified
from longshore.usecases.ports import Changes
from longshore.usecases.publishing_ports import AnnouncePorts, NotifyPorts
from longshore.usecases.tell_chat import Owed, tell_chat
from tests.simulation.mutants.mutant import Mutant, replacing, together

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_commit = DynamoStageLedger.commit


def _commit_then_announce(
    self: DynamoStageLedger, snapshot: StageSnapshot, changes: Changes
) -> StageSnapshot:
    """Write a transition first and what is told of it afterwards."""
    after = _commit(self, snapshot, replace(changes, announcements=()))
    for told in changes.announcements:
        put: TransactWriteItemTypeDef = {
            "Put": {"TableName": self._table.name, "Item": items.outbox_item(told)}
        }
        self._table.transact([put])
    return after


def _confirm_then_send(announcements: Sequence[Announcement], ports: AnnouncePorts) -> Announcing:
    """Take announcements off the list before they are sent; what is off it is not sent again."""
    for announcement in announcements:
        ports.outbox.confirm(announcement)
    with suppress(LongshoreError):
        ports.bus.publish(announcements)
        for announcement in announcements:
            ports.notices.put(announcement)
    return Announcing(tuple(each.id for each in announcements), {})


def _resend_nothing(self: DynamoDirectory, now: datetime) -> int:
    del self, now
    return 0


def _remember_then_tell(announcement: Announcement, ports: NotifyPorts) -> Notified:
    if announcement.sequence <= ports.told.last_told(announcement.subject):
        return Notified.STALE
    ports.told.remember(announcement)
    ports.channel.publish(compose_notice(announcement))
    return Notified.TOLD


def _tell_whatever_comes(announcement: Announcement, ports: NotifyPorts) -> Notified:
    """Tell what comes, even if something newer has been told."""
    ports.channel.publish(compose_notice(announcement))
    ports.told.remember(announcement)
    return Notified.TOLD


def _edit_whatever_comes(
    route: Route, announcement: Announcement, _: Callable[[], Telling], ports: ChatPorts
) -> None:
    """Tell a channel what comes, even if its message shows something newer."""
    message = ports.threads.thread(announcement.thread, route.slack).message
    telling = Telling(announcement)
    if message is None:
        message = ports.chat.open(route.slack, telling)
    else:
        ports.chat.edit(message, telling)
    shown = Thread(message, announcement.sequence, announcement.sequence)
    ports.threads.keep(announcement, route.slack, shown)


def _keep_then_open(route: Route, telling: Telling, ports: ChatPorts) -> None:
    """Remember a message as told before it is posted."""
    announcement = telling.announcement
    told = Thread(None, announcement.sequence, announcement.sequence)
    ports.threads.keep(announcement, route.slack, told)
    posted = ports.chat.open(route.slack, telling)
    ports.threads.keep(announcement, route.slack, replace(told, message=posted))


def _owe_nothing(announcement: Announcement, ports: ChatPorts, away: set[str]) -> tuple[Owed, ...]:
    """Tell the channels, and forget those that could not be told."""
    del away
    tell_chat(announcement, ports, set())
    return ()


def _put_alone(self: SqsNoticeQueue, announcement: Announcement) -> None:
    """Put each announcement into a group of its own: nothing keeps their order."""
    self._gate.call(
        self._client.send_message,
        QueueUrl=self._url,
        MessageBody=encode_announcement(announcement),
        MessageGroupId=announcement.id,
        MessageDeduplicationId=announcement.id,
    )


def _report_no_failure(
    messages: Sequence[Message], work: Callable[[Sequence[Message]], None], journal: Journal
) -> BatchAnswer:
    """Say that every group succeeded."""

    def attempt(group: Sequence[Message]) -> None:
        with suppress(LongshoreError):
            work(group)

    run_groups(messages, attempt, journal)
    return {"batchItemFailures": []}


def _overwrite(table: str, outcome: EventOutcome) -> "TransactWriteItemTypeDef":
    return {"Put": {"TableName": table, "Item": items.outcome_item(outcome)}}


MUTANTS = (
    Mutant(
        "outbox-outside-the-transaction",
        "what is told of a transition is written after it",
        replacing("longshore.aws.ledger.DynamoStageLedger.commit", _commit_then_announce),
    ),
    Mutant(
        "confirmed-before-sent",
        "an announcement is taken off the list before it is sent",
        replacing("longshore.runtime.announcer.announce", _confirm_then_send),
    ),
    Mutant(
        "overdue-never-sent-again",
        "an announcement that the stream gave up is lost",
        replacing(
            "longshore.aws.directory.DynamoDirectory.resend_overdue_announcements", _resend_nothing
        ),
    ),
    Mutant(
        "remembered-before-told",
        "a notice counts as told before the channel has taken it",
        replacing("longshore.runtime.notifier.notify", _remember_then_tell),
    ),
    Mutant(
        "stale-notice-told",
        "people are told what is older than what they know",
        replacing("longshore.runtime.notifier.notify", _tell_whatever_comes),
    ),
    Mutant(
        "stale-message-shown",
        "a channel's message shows what comes, even if that is older",
        replacing("longshore.usecases.tell_chat._tell", _edit_whatever_comes),
    ),
    Mutant(
        "message-kept-before-posted",
        "a channel counts as told before the message stands there",
        replacing("longshore.usecases.tell_chat._open", _keep_then_open),
    ),
    Mutant(
        "channel-owed-nothing",
        "what a channel could not be told is forgotten",
        replacing("longshore.runtime.notifier.tell_chat", _owe_nothing),
    ),
    Mutant(
        "notices-in-no-order",
        "each notice is a message group of its own",
        replacing("longshore.aws.publishing.SqsNoticeQueue.put", _put_alone),
    ),
    Mutant(
        "batch-failures-swallowed",
        "work that failed is reported as done",
        replacing("longshore.runtime.reconciler.run_groups", _report_no_failure),
    ),
    Mutant(
        "outcome-overwritten",
        "a later end of an event replaces the first",
        together(
            replacing("longshore.aws.transactions.outcome_write", _overwrite),
            replacing("longshore.aws.ledger.outcome_write", _overwrite),
        ),
    ),
)
