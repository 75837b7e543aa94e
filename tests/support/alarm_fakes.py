"""CloudWatch's alarms in memory: what tests say of them is what DescribeAlarms shows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from longshore.domain.alarms import Alarm, AlarmState
from longshore.domain.places import Home

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient


class _Clock(Protocol):
    def now(self) -> datetime: ...


def put_alarm(cloudwatch: "CloudWatchClient", name: str) -> None:
    """Make an alarm of a metric that nobody writes."""
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Shop",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )


class InMemoryAlarms:
    """Alarms that keep their history; `refusal`, if there is one, is what every read raises."""

    def __init__(self, clock: _Clock) -> None:
        self.clock = clock
        self.reads = 0
        self.histories: list[tuple[str, ...]] = []
        self.refusal: Exception | None = None
        self._alarms: dict[str, Alarm] = {}
        self._left: dict[str, datetime] = {}

    def turn(self, name: str, state: AlarmState, reason: str = "") -> None:
        """Bring an alarm to a state, making it if need be."""
        was = self._alarms.get(name)
        if was is not None and was.state is AlarmState.ALARM and state is not was.state:
            self._left[name] = self.clock.now()
        self._alarms[name] = Alarm(name, state, reason, self.clock.now())

    def delete(self, name: str) -> None:
        del self._alarms[name]

    def alarms(self, home: Home, names: Sequence[str]) -> Mapping[str, Alarm]:
        self._read(home)
        return {name: self._alarms[name] for name in names if name in self._alarms}

    def left_alarm(self, home: Home, names: Sequence[str], since: datetime) -> frozenset[str]:
        self._read(home)
        self.histories.append(tuple(names))
        return frozenset(n for n in names if n in self._left and self._left[n] >= since)

    def _read(self, home: Home) -> None:
        assert home.region
        self.reads += 1
        if self.refusal is not None:
            raise self.refusal
