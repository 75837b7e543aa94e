"""The notifier's way to Slack."""

from functools import cache

from longshore.aws.chat_memory import DynamoRoutes, DynamoThreadStore
from longshore.aws.clients import LOOK_UPS, Clients
from longshore.aws.downloads import download
from longshore.aws.image_sources import EcrSources
from longshore.aws.publishing import SqsChatQueue
from longshore.aws.secrets import Secret
from longshore.aws.task_logs import CloudWatchTaskLogs
from longshore.chatops.credentials import SlackBySecret
from longshore.runtime.clock import Invocation, SystemClock
from longshore.runtime.settings import NotifierSettings
from longshore.runtime.wiring.shared import make_clients, make_gate, make_table
from longshore.usecases.chat_ports import ChatPorts


def make_chat(settings: NotifierSettings, invocation: Invocation) -> ChatPorts:
    """Return what telling Slack needs; what can be remembered lives as long as the environment."""
    return ChatPorts(
        chat=SlackBySecret(_secret(settings.slack_secret), settings.slack_api_url),
        queue=SqsChatQueue(make_gate(), make_clients().sqs, settings.notices_url),
        routes=_routes(settings.table),
        threads=DynamoThreadStore(make_table(settings.table)),
        sources=_sources(),
        logs=CloudWatchTaskLogs(make_gate(), _look_ups()),
        clock=SystemClock(invocation),
    )


@cache
def _secret(arn: str) -> Secret:
    return Secret(make_gate(), make_clients().secrets, arn)


@cache
def _routes(table: str) -> DynamoRoutes:
    return DynamoRoutes(make_table(table))


@cache
def _sources() -> EcrSources:
    return EcrSources(make_gate(), _look_ups(), download)


@cache
def _look_ups() -> Clients:
    return Clients(reads=LOOK_UPS)
