"""What the notifier is made of."""

from longshore.aws.publishing import DynamoNoticeStore, SnsNoticePublisher
from longshore.runtime.settings import NotifierSettings
from longshore.runtime.wiring.shared import make_clients, make_gate, make_table
from longshore.usecases.publishing_ports import NotifyPorts


def make_notifier(settings: NotifierSettings) -> NotifyPorts:
    """Return the notifier's ports."""
    return NotifyPorts(
        channel=SnsNoticePublisher(make_gate(), make_clients().sns, settings.topic_arn),
        told=DynamoNoticeStore(make_table(settings.table)),
    )
