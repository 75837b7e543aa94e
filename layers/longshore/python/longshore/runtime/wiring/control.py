"""What the control function is made of."""

from longshore.aws.configurations import DynamoConfigurationStore
from longshore.aws.intents import DynamoIntentStore
from longshore.aws.stop_switch import DynamoStopSwitch
from longshore.runtime.clock import Invocation, SystemClock
from longshore.runtime.settings import ControlSettings, PipelineJobSettings
from longshore.runtime.wiring.shared import make_table, make_wakeups
from longshore.usecases.control_ports import ControlPorts


def make_control(
    settings: ControlSettings | PipelineJobSettings, invocation: Invocation
) -> ControlPorts:
    """Return what takes intents, for one invocation."""
    table = make_table(settings.table)
    return ControlPorts(
        configurations=DynamoConfigurationStore(table),
        intents=DynamoIntentStore(table),
        switch=DynamoStopSwitch(table),
        wakeups=make_wakeups(settings.inbox_url),
        clock=SystemClock(invocation),
        home=settings.home,
        ledger=settings.ledger,
    )
