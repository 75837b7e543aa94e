"""The reconciler: brings each stage that was woken one round further."""

import os

import longshore.runtime.cold_start  # noqa: F401  before anything else
from longshore.runtime.batch import BatchAnswer, Event
from longshore.runtime.clock import Invocation
from longshore.runtime.observability import make_journal
from longshore.runtime.reconciler import reconcile_batch
from longshore.runtime.settings import ReconcilerSettings
from longshore.runtime.wiring.reconciler import make_reconciler


def handler(event: Event, context: Invocation) -> BatchAnswer:
    """Reconcile the stages of a batch; return the messages that must come again."""
    journal = make_journal(context)
    settings = ReconcilerSettings.from_env(os.environ)
    ports = make_reconciler(settings, context)
    return reconcile_batch(event, ports, journal)
