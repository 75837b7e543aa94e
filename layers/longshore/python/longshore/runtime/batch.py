"""Batches that Lambda takes from queues and from the table's stream.

Records belong to groups. An unexpected exception fails its group and no other one: Lambda is told
which records must come again (`ReportBatchItemFailures`), the queue counts their receives and
keeps, after the last, what a person must look at among its dead letters. Malformed messages of our
own are ended by the caller and never come here as exceptions.

This is what Powertools' batch processors do, in a few lines that cost a cold start nothing: their
import takes half as long again as logger and metrics together.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from longshore.runtime.observability import WORK_FAILED, Journal

Event = Mapping[str, Any]
"""An invocation's event; Lambda itself made it, so its shape is relied on."""


class ItemFailure(TypedDict):
    """A record that must come again."""

    itemIdentifier: str


class BatchAnswer(TypedDict):
    """What Lambda reads of a batch's result."""

    batchItemFailures: list[ItemFailure]


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a queue; without a message group it is a group of its own."""

    id: str
    group: str
    body: str


class BatchFailedError(Exception):
    """Nothing of a batch succeeded: raised so that Lambda's own error metric shows it too."""


def messages_of(event: Event) -> Sequence[Message]:
    """Return the messages of a batch in their order."""
    return [
        Message(
            id=record["messageId"],
            group=record["attributes"].get("MessageGroupId", record["messageId"]),
            body=record["body"],
        )
        for record in event["Records"]
    ]


def run_groups(
    messages: Sequence[Message], work: Callable[[Sequence[Message]], None], journal: Journal
) -> BatchAnswer:
    """Work on each group as one piece, which succeeds or comes again as a whole."""
    failed: list[str] = []
    for group, members in _groups(messages).items():
        try:
            work(members)
        except Exception as error:  # noqa: BLE001  whatever it is must stay within its group
            failed += [message.id for message in members]
            _tell(journal, group, error, len(members))
    return answer_or_raise([message.id for message in messages], failed)


def failed_of_each(
    messages: Sequence[Message], work: Callable[[Message], None], journal: Journal
) -> Sequence[str]:
    """Work on messages one by one; behind one that fails the rest of its group waits with it.

    Return the ids of those that must come again.
    """
    failed: list[str] = []
    for group, members in _groups(messages).items():
        for position, message in enumerate(members):
            try:
                work(message)
            except Exception as error:  # noqa: BLE001  whatever it is must stay within its group
                failed += [waiting.id for waiting in members[position:]]
                _tell(journal, group, error, len(members) - position)
                break
    return failed


def run_each(
    messages: Sequence[Message], work: Callable[[Message], None], journal: Journal
) -> BatchAnswer:
    """Work on messages one by one, as `failed_of_each` does, and answer for all of them."""
    ids = [message.id for message in messages]
    return answer_or_raise(ids, failed_of_each(messages, work, journal))


def answer_or_raise(ids: Sequence[str], failed: Collection[str]) -> BatchAnswer:
    """Return which records must come again; raise BatchFailedError when it is all of them."""
    raise_if_all(ids, failed)
    return answer(ids, failed)


def raise_if_all(ids: Sequence[str], failed: Collection[str]) -> None:
    """Raise BatchFailedError when all records failed."""
    if failed and set(failed).issuperset(ids):
        raise BatchFailedError(f"all {len(ids)} records failed, the log lines before say why")


def answer(ids: Sequence[str], again: Collection[str]) -> BatchAnswer:
    """Return which records must come again."""
    return {"batchItemFailures": [{"itemIdentifier": each} for each in ids if each in again]}


def _groups(messages: Sequence[Message]) -> Mapping[str, Sequence[Message]]:
    groups: dict[str, list[Message]] = {}
    for message in messages:
        groups.setdefault(message.group, []).append(message)
    return groups


def _tell(journal: Journal, group: str, error: Exception, messages: int) -> None:
    kind = type(error).__name__
    journal.fail("work failed and comes again", error, group=group, kind=kind, messages=messages)
    journal.count(WORK_FAILED, messages, kind=kind)
