"""The announcer: sends what the outbox holds to the bus and to the queue of notices."""

import os

import longshore.runtime.cold_start  # noqa: F401  before anything else
from longshore.runtime.announcer import announce_batch
from longshore.runtime.batch import BatchAnswer, Event
from longshore.runtime.clock import Invocation
from longshore.runtime.observability import make_journal
from longshore.runtime.settings import AnnouncerSettings
from longshore.runtime.wiring.announcer import make_announcer


def handler(event: Event, context: Invocation) -> BatchAnswer:
    """Announce a batch of the table's stream; return the records that must come again."""
    journal = make_journal(context)
    settings = AnnouncerSettings.from_env(os.environ)
    ports = make_announcer(settings)
    return announce_batch(event, ports, journal)
