"""What the announcer is made of."""

from longshore.aws.outbox import DynamoOutboxStore
from longshore.aws.publishing import EventBridgePublisher, SqsNoticeQueue
from longshore.runtime.settings import AnnouncerSettings
from longshore.runtime.wiring.shared import make_clients, make_gate, make_table
from longshore.usecases.publishing_ports import AnnouncePorts


def make_announcer(settings: AnnouncerSettings) -> AnnouncePorts:
    """Return the announcer's ports."""
    gate, clients = make_gate(), make_clients()
    return AnnouncePorts(
        bus=EventBridgePublisher(gate, clients.events, settings.bus),
        notices=SqsNoticeQueue(gate, clients.sqs, settings.notices_url),
        outbox=DynamoOutboxStore(make_table(settings.table)),
    )
