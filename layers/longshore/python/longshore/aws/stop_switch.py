"""The stop switch, on DynamoDB: one item for the whole installation."""

from contextlib import suppress
from dataclasses import replace

from longshore.aws import items, keys
from longshore.aws.table import Table
from longshore.aws.transactions import over
from longshore.domain.errors import Throttled
from longshore.domain.stop_switch import StopSwitch

_TRIES = 6
"""Deployments that begin look at the switch in their transactions, which refuse it meanwhile. Who
stops everything must not be told to come again for that."""


class DynamoStopSwitch:
    """Reads the switch and turns it."""

    def __init__(self, table: Table) -> None:
        """Keep it in `table`."""
        self._table = table

    def read(self) -> StopSwitch:
        """Return the switch as it is, read consistently."""
        return items.switch_in(self._table.get(keys.stop_switch()))

    def turn(self, switch: StopSwitch) -> StopSwitch:
        """Write the switch over the version it was read with; raise Conflict when it moved."""
        turned = replace(switch, version=switch.version + 1)
        put = over(self._table.name, items.switch_item(turned), switch.version)
        for _ in range(_TRIES - 1):
            with suppress(Throttled):
                self._table.gate.call(self._table.client.put_item, **put)
                return turned
        self._table.gate.call(self._table.client.put_item, **put)
        return turned
