"""Send what lies in the outbox: to the bus, to the queue of notices, then take it off the list.

Nothing is confirmed before both have it, so a crash or an outage means that an announcement goes
out again, never that it is lost: consumers of the bus know repeats by `detail.id`, the queue and
the notifier by the sequence number. Bus and queue do not wait for each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longshore.domain.errors import LongshoreError
from longshore.domain.outcomes import Announcement
from longshore.usecases.publishing_ports import AnnouncePorts


@dataclass(frozen=True, slots=True)
class Announcing:
    """What came of a batch: the ids that are out, and the reason for each that has to go again."""

    confirmed: tuple[str, ...]
    unsent: Mapping[str, str]


def announce(announcements: Sequence[Announcement], ports: AnnouncePorts) -> Announcing:
    """Send announcements and confirm those that bus and queue have taken.

    What AWS refuses is a reason in the result, not an exception: one announcement must not keep
    the others.
    """
    if not announcements:
        return Announcing((), {})
    unsent = {**_publish(announcements, ports), **_queue(announcements, ports)}
    for announcement in announcements:
        if announcement.id not in unsent:
            unsent |= _confirm(announcement, ports)
    confirmed = tuple(each.id for each in announcements if each.id not in unsent)
    return Announcing(confirmed, unsent)


def _publish(announcements: Sequence[Announcement], ports: AnnouncePorts) -> Mapping[str, str]:
    try:
        return ports.bus.publish(announcements)
    except LongshoreError as error:
        return {announcement.id: str(error) for announcement in announcements}


def _queue(announcements: Sequence[Announcement], ports: AnnouncePorts) -> Mapping[str, str]:
    """Queue in order: behind one that was not taken, the rest of its subject waits with it."""
    reasons: dict[str, str] = {}
    waiting: set[str] = set()
    for announcement in announcements:
        if announcement.subject in waiting:
            reasons[announcement.id] = f"waits for an earlier one of {announcement.subject}"
            continue
        try:
            ports.notices.put(announcement)
        except LongshoreError as error:
            reasons[announcement.id] = str(error)
            waiting.add(announcement.subject)
    return reasons


def _confirm(announcement: Announcement, ports: AnnouncePorts) -> Mapping[str, str]:
    try:
        ports.outbox.confirm(announcement)
    except LongshoreError as error:
        return {announcement.id: f"sent, but not confirmed: {error}"}
    return {}
