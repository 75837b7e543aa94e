"""What the webhook is made of."""

from functools import cache

from longshore.aws.clients import ANSWERS, Clients
from longshore.aws.pushes import DynamoPushFollowers, DynamoPushRecords, SecretKeys, SqsPushQueue
from longshore.aws.secrets import Secret
from longshore.aws.table import Table
from longshore.runtime.clock import Invocation, SystemClock
from longshore.runtime.settings import WebhookSettings
from longshore.runtime.wiring.shared import make_gate
from longshore.usecases.push_ports import ReceivePorts

_HOLDS = '{"github": "...", "gitlab": "whsec_...", "bitbucket": "..."}'


def make_webhook(settings: WebhookSettings, invocation: Invocation) -> ReceivePorts:
    """Return the webhook's ports for one invocation."""
    gate, clients = make_gate(), _clients()
    table = Table(gate, clients.dynamodb, settings.table)
    return ReceivePorts(
        keys=SecretKeys(_secret(settings.git_secret), plain_tokens=settings.plain_tokens),
        followers=DynamoPushFollowers(table),
        records=DynamoPushRecords(table),
        queue=SqsPushQueue(gate, clients.sqs, settings.pushes_url),
        clock=SystemClock(invocation),
    )


@cache
def _clients() -> Clients:
    return Clients(reads=ANSWERS)


@cache
def _secret(arn: str) -> Secret:
    return Secret(make_gate(), _clients().secrets, arn, holds=_HOLDS)
