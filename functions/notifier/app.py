"""The notifier: tells people what happened, in order within a deployment."""

import os

import longshore.runtime.cold_start  # noqa: F401  before anything else
from longshore.runtime.batch import BatchAnswer, Event
from longshore.runtime.clock import Invocation
from longshore.runtime.notifier import notify_batch
from longshore.runtime.observability import make_journal
from longshore.runtime.settings import NotifierSettings
from longshore.runtime.wiring.notifier import make_notifier


def handler(event: Event, context: Invocation) -> BatchAnswer:
    """Tell people of a batch of announcements; return the messages that must come again."""
    journal = make_journal(context)
    settings = NotifierSettings.from_env(os.environ)
    ports = make_notifier(settings, context)
    return notify_batch(event, ports, journal)
