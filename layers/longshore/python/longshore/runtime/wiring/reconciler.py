"""What the reconciler is made of."""

from functools import cache

from longshore.aws.alarms import CloudWatchAlarms
from longshore.aws.ecs import AwsEcs
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.registry import EcrRegistry
from longshore.runtime.clock import Invocation, SystemClock
from longshore.runtime.settings import ReconcilerSettings
from longshore.runtime.wiring.shared import make_clients, make_gate, make_table, make_wakeups
from longshore.usecases.round import Ports


@cache
def make_ledger(table: str, name: str) -> DynamoStageLedger:
    """Return the ledger; it remembers configurations, so it lives as long as the environment."""
    return DynamoStageLedger(make_table(table), name)


@cache
def make_ecs() -> AwsEcs:
    """Return ECS; it remembers which fields cannot be registered."""
    return AwsEcs(make_gate(), make_clients())


def make_reconciler(settings: ReconcilerSettings, invocation: Invocation) -> Ports:
    """Return the reconciler's ports for one invocation."""
    ecs = make_ecs()
    ecs.begin()
    return Ports(
        ledger=make_ledger(settings.table, settings.ledger),
        registry=EcrRegistry(make_gate(), make_clients()),
        ecs=ecs,
        wakeups=make_wakeups(settings.inbox_url),
        clock=SystemClock(invocation),
        alarms=CloudWatchAlarms(make_gate(), make_clients()),
        rates=settings.rates,
    )
