"""Tell people of one announcement, unless they know something newer of its subject already.

Telling comes before remembering. A crash between the two tells people twice, which is a nuisance;
the other way round they would never hear of it.
"""

from enum import StrEnum

from longshore.domain.outcomes import Announcement
from longshore.events.notices import compose_notice
from longshore.usecases.publishing_ports import NotifyPorts


class Notified(StrEnum):
    """What came of an announcement."""

    TOLD = "told"
    STALE = "stale"
    """This one has been told, or a later state of the same deployment."""


def notify(announcement: Announcement, ports: NotifyPorts) -> Notified:
    """Tell people of an announcement.

    Whatever the channel raises is passed on: the message stays in its queue, its subject waits
    with it, and it is tried again in order.
    """
    if announcement.sequence <= ports.told.last_told(announcement.thread):
        return Notified.STALE
    ports.channel.publish(compose_notice(announcement))
    ports.told.remember(announcement)
    return Notified.TOLD
