"""Figures and alarms, as CloudWatch has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from longshore_cli.doctor.reading import Answer, Reader

ALARMS_A_CALL = 100
"""What DescribeAlarms takes."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric, and what is made of its values."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str


def read_metric(
    reader: Reader, metric: Metric, now: datetime, *, span: timedelta, period: timedelta
) -> Sequence[Answer]:
    """Return the values of the time before `now`, in no order: `Timestamp` and the statistic."""
    answer = reader.ask(
        "cloudwatch",
        "get_metric_statistics",
        Namespace=metric.namespace,
        MetricName=metric.name,
        Dimensions=[{"Name": key, "Value": value} for key, value in metric.dimensions.items()],
        StartTime=now - span,
        EndTime=now,
        Period=int(period.total_seconds()),
        Statistics=[metric.statistic],
    )
    values: Sequence[Answer] = answer["Datapoints"]
    return values


def read_alarms(
    reader: Reader, names: Sequence[str], region: str | None = None
) -> Sequence[Answer]:
    """Return those of the named alarms that exist, composite ones among them."""
    found: list[Answer] = []
    for start in range(0, len(names), ALARMS_A_CALL):
        answer = reader.ask(
            "cloudwatch",
            "describe_alarms",
            region=region,
            AlarmNames=list(names[start : start + ALARMS_A_CALL]),
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
            MaxRecords=ALARMS_A_CALL,
        )
        found += [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
    return found
