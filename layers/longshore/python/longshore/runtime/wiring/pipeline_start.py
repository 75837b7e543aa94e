"""What the starter of pipelines is made of."""

from functools import cache

from longshore.aws.clients import STARTS, Clients
from longshore.aws.pushes import DynamoPushFollowers, DynamoPushRecords
from longshore.aws.starting import AwsStarter
from longshore.aws.table import Table
from longshore.runtime.clock import Invocation, SystemClock
from longshore.runtime.settings import PipelineStartSettings
from longshore.runtime.wiring.shared import make_gate
from longshore.usecases.push_ports import StartPorts


def make_pipeline_start(settings: PipelineStartSettings, invocation: Invocation) -> StartPorts:
    """Return the starter's ports for one invocation."""
    table = _table(settings.table)
    return StartPorts(
        followers=_followers(settings.table),
        records=DynamoPushRecords(table),
        starter=AwsStarter(make_gate(), _clients()),
        clock=SystemClock(invocation),
    )


@cache
def _clients() -> Clients:
    return Clients(reads=STARTS)


@cache
def _table(name: str) -> Table:
    return Table(make_gate(), _clients().dynamodb, name)


@cache
def _followers(table: str) -> DynamoPushFollowers:
    """Return who follows; it remembers configurations, so it lives as long as the environment."""
    return DynamoPushFollowers(_table(table))
