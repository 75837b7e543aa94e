"""What the notifier is made of."""

from longshore.aws.publishing import DynamoNoticeStore, SnsNoticePublisher
from longshore.runtime.clock import Invocation
from longshore.runtime.settings import NotifierSettings
from longshore.runtime.wiring.shared import make_clients, make_gate, make_table
from longshore.usecases.chat_ports import ChatPorts
from longshore.usecases.publishing_ports import NotifyPorts


def make_notifier(settings: NotifierSettings, invocation: Invocation) -> NotifyPorts:
    """Return the notifier's ports."""
    return NotifyPorts(
        channel=SnsNoticePublisher(make_gate(), make_clients().sns, settings.topic_arn),
        told=DynamoNoticeStore(make_table(settings.table)),
        chat=_chat(settings, invocation),
    )


def _chat(settings: NotifierSettings, invocation: Invocation) -> ChatPorts | None:
    """Return the way to Slack; its import costs a cold start nothing where there is none."""
    if not settings.slack_secret:
        return None
    from longshore.runtime.wiring.chat import make_chat  # noqa: PLC0415  as said above

    return make_chat(settings, invocation)
