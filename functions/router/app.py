"""The router: finds the stages that each message of the inbox concerns, and wakes them."""

import os

import longshore.runtime.cold_start  # noqa: F401  before anything else
from longshore.runtime.batch import BatchAnswer, Event
from longshore.runtime.clock import Invocation
from longshore.runtime.observability import make_journal
from longshore.runtime.router import route_batch
from longshore.runtime.settings import RouterSettings
from longshore.runtime.wiring.router import make_router


def handler(event: Event, context: Invocation) -> BatchAnswer:
    """Route a batch of the inbox; return the messages that must come again."""
    journal = make_journal(context)
    settings = RouterSettings.from_env(os.environ)
    ports = make_router(settings, context)
    return route_batch(event, ports, journal)
