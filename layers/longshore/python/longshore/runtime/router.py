"""A batch of the inbox, routed message by message."""

from collections.abc import Mapping

from longshore.runtime.batch import BatchAnswer, Event, Message, messages_of, run_each
from longshore.runtime.observability import (
    MESSAGES_IGNORED,
    MESSAGES_REJECTED,
    SWEEP_COMPLETED,
    Journal,
)
from longshore.usecases.route_event import Routed, RouterPorts, route

_COUNTED: Mapping[str, str] = {
    "ignored": MESSAGES_IGNORED,
    "rejected": MESSAGES_REJECTED,
    "sweep": SWEEP_COMPLETED,
}


def route_batch(event: Event, ports: RouterPorts, journal: Journal) -> BatchAnswer:
    """Wake the stages that each message concerns; return the messages that must come again."""

    def work(message: Message) -> None:
        _tell(route(message.body, message.id, ports), message, journal)

    return run_each(messages_of(event), work, journal)


def _tell(routed: Routed, message: Message, journal: Journal) -> None:
    """What concerns no stage leaves this line and a count, and nothing in the ledger."""
    stages = [str(stage) for stage in routed.stages]
    executions = {"executions": list(routed.executions)} if routed.executions else {}
    journal.note(
        "routed",
        outcome=routed.kind,
        reason=routed.reason,
        stages=stages,
        message_id=message.id,
        **executions,
    )
    if routed.kind in _COUNTED:
        journal.count(_COUNTED[routed.kind], reason=routed.reason)
