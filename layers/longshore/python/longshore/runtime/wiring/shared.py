"""What the adapters of one invocation environment share."""

from functools import cache

from longshore.aws.clients import Clients
from longshore.aws.gate import Gate
from longshore.aws.queues import Queue, SqsWakeups
from longshore.aws.table import Table


@cache
def make_gate() -> Gate:
    """Return the gate that every call passes."""
    return Gate()


@cache
def make_clients() -> Clients:
    """Return the clients; each is built when first asked for."""
    return Clients()


@cache
def make_table(name: str) -> Table:
    """Return the ledger's table."""
    return Table(make_gate(), make_clients().dynamodb, name)


@cache
def make_queue(url: str) -> Queue:
    """Return a queue."""
    return Queue(make_gate(), make_clients().sqs, url)


@cache
def make_wakeups(inbox_url: str) -> SqsWakeups:
    """Return the way to a stage's next reconcile."""
    return SqsWakeups(make_queue(inbox_url))
