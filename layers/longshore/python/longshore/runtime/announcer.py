"""A batch of the table's stream: the announcements in it go out."""

from collections.abc import Iterator, Mapping
from typing import Any

from longshore.aws.outbox import announcement_of
from longshore.domain.errors import UnknownSchema
from longshore.domain.outcomes import Announcement
from longshore.runtime.batch import BatchAnswer, Event, answer_or_raise
from longshore.runtime.observability import ANNOUNCEMENTS_UNSENT, MESSAGES_REJECTED, Journal
from longshore.usecases.announce import Announcing, announce
from longshore.usecases.publishing_ports import AnnouncePorts


def announce_batch(event: Event, ports: AnnouncePorts, journal: Journal) -> BatchAnswer:
    """Announce what a batch of the stream holds; return the records that must come again.

    What still fails after Lambda's retries stays unconfirmed, and a tick sends it again.
    """
    read = {number: _read(number, image, journal) for number, image in _waiting(event)}
    found = {each.id: each for each in read.values() if isinstance(each, Announcement)}
    announcing = announce(list(found.values()), ports)
    _tell(announcing, journal)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
    return answer_or_raise(numbers, [n for n, each in read.items() if _is_left(each, announcing)])


def _waiting(event: Event) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the outbox items that nobody has confirmed, each with its sequence number.

    The event source filters the stream by the same rule. It is asked here again because what is
    confirmed changes the item too, and must not go out for it.
    """
    for record in event["Records"]:
        change = record["dynamodb"]
        image = change.get("NewImage", {})
        if image.get("kind") == {"S": "outbox"} and "due_at" in image:
            yield change["SequenceNumber"], image


def _read(
    number: str, image: Mapping[str, Any], journal: Journal
) -> Announcement | UnknownSchema | None:
    """Return the announcement in a record, None where there is none and no retry would mend it."""
    try:
        return announcement_of(image)
    except UnknownSchema as error:
        journal.fail("record of a newer version", error, record=number)
        return error
    except ValueError as error:
        journal.warn("record rejected", reason=str(error), record=number)
        journal.count(MESSAGES_REJECTED, reason=str(error))
        return None


def _is_left(read: Announcement | UnknownSchema | None, announcing: Announcing) -> bool:
    """Whether a record must come again: it did not go out, or a newer version must read it."""
    if isinstance(read, Announcement):
        return read.id in announcing.unsent
    return read is not None


def _tell(announcing: Announcing, journal: Journal) -> None:
    for name in announcing.confirmed:
        journal.note("announced", announcement=name)
    for name, reason in announcing.unsent.items():
        journal.warn("announcement unsent", announcement=name, reason=reason)
        journal.count(ANNOUNCEMENTS_UNSENT, reason=reason)
