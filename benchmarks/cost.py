"""What Longshore costs: of recorded calls and list prices, with what had to be assumed.

`python -m benchmarks.cost` writes the tables of docs/cost.md; a test holds the page to them.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks import prices
from benchmarks.backend import ROOT
from benchmarks.figures import Figure, Part
from benchmarks.meter import Meter, Metered, measure
from benchmarks.pages import table, written
from tests.contract.template import ALARM, QUEUE, resource, resources

PAGE = ROOT / "docs/cost.md"
DEPLOYMENTS = 1_000
MOST = 0.10

MEMORY_GB = 0.5
A_CALL, BESIDE = 0.02, 0.05
"""Assumed seconds of an invocation: for each call that it makes, and beside. Nothing of it was
measured on AWS."""
COLD = 0.8
"""Assumed seconds that a function takes to start, billed: once a deployment, for each but the
router, which the ticks keep warm."""
LOG_BYTES = 2_000
"""Assumed bytes that an invocation logs, Lambda's own lines among them."""

MINUTES = 30 * 24 * 60
SWEEPS = MINUTES // 15
POLLS = 5 * 3
"""Assumed requests a minute by which Lambda polls an empty queue: five pollers, 20 s each."""
STAGES = 10
METRICS = 3
"""Assumed custom metrics that are there all the time: the heartbeat, and what is ignored."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a bill, in USD."""

    what: str
    amount: str
    price: float


def of_deployments(meter: Meter, deployments: int = DEPLOYMENTS) -> list[Item]:
    """Return the bill of so many deployments like the one that was metered."""
    invocations = meter.invocations()
    cold = len(invocations.keys() - {"router"}) * COLD
    once = [*_of_calls(meter, cold=cold), *_of_notices(meter)]
    return [Item(each.what, each.amount, each.price * deployments) for each in once]


def of_options(meter: Meter, deployments: int = DEPLOYMENTS) -> list[Item]:
    """Return what more is billed for what a stack may have or not: traces, and e-mails."""
    traces, notices = meter.invocations().total(), meter.units["notices"]
    once = [
        Item("X-Ray, where every invocation is traced", f"{traces}", traces * prices.XRAY_TRACE),
        Item("e-mails, where an address is set", f"{notices:g}", notices * prices.SNS_EMAIL),
    ]
    return [Item(each.what, each.amount, each.price * deployments) for each in once]


def of_a_month(metered: Metered, stages: int = STAGES) -> list[Item]:
    """Return the bill of a month in which nothing is deployed."""
    queues = [name for name in _always(QUEUE) if not name.endswith("DeadLetters")]
    fifo = [name for name in queues if resources(QUEUE)[name].get("FifoQueue")]
    polls = MINUTES * POLLS
    polling = (len(queues) - len(fifo)) * polls * prices.SQS_STANDARD
    polling += len(fifo) * polls * prices.SQS_FIFO
    tick = sum(each.price for each in _of_calls(metered.tick)) * MINUTES
    sweep = sum(each.price for each in _of_calls(metered.sweep)) * SWEEPS
    traces = MINUTES * metered.tick.invocations().total()
    traces += SWEEPS * stages * metered.sweep.invocations().total()
    alarms = len(_always(ALARM))
    scheduled = (MINUTES + SWEEPS) * prices.EVENTBRIDGE_EVENT
    storage = prices.DYNAMODB_GB_MONTH + prices.DYNAMODB_BACKUP_GB_MONTH
    return [
        Item("alarms", f"{alarms}", alarms * prices.ALARM_MONTH),
        Item("KMS key, where the stack makes one", "1", prices.KMS_KEY_MONTH),
        Item("custom metrics", f"{METRICS}", METRICS * prices.METRIC_MONTH),
        Item("polling of empty queues", f"{len(queues)} × {polls:,} requests", polling),
        Item("ticks: router, reads, messages", f"{MINUTES:,}", tick),
        Item("traces of both, where X-Ray is on", f"{traces:,}", traces * prices.XRAY_TRACE),
        Item(f"sweeps of {stages} stages", f"{SWEEPS:,} each", sweep * stages),
        Item("scheduled events, as if they were custom ones", f"{MINUTES + SWEEPS:,}", scheduled),
        Item("ledger, 0.1 GB with its backups", "0.1 GB", 0.1 * storage),
    ]


def _always(kind: str) -> list[str]:
    """Return the resources of a type that every stack has."""
    return [name for name in resources(kind) if "Condition" not in resource(name)]


def _of_calls(meter: Meter, *, cold: float = 0.0) -> Iterator[Item]:
    units, invocations = meter.units, meter.invocations()
    total = invocations.total()
    seconds = A_CALL * meter.calls + BESIDE * total + cold
    # Lambda receives and deletes each batch; what reaches the router a rule sent, or we ourselves.
    routed, ordered = invocations["router"], invocations["reconciler"] + invocations["notifier"]
    standard = units["sqs standard"] + 3 * routed
    fifo = units["sqs fifo"] + 2 * ordered
    listed = ", ".join(f"{name} {number}" for name, number in sorted(invocations.items()))
    yield Item("Lambda, invocations", listed, total * prices.LAMBDA_REQUEST)
    duration = f"{seconds:.1f} s of {MEMORY_GB} GB, assumed"
    yield Item("Lambda, duration", duration, seconds * MEMORY_GB * prices.LAMBDA_GB_SECOND)
    yield Item("DynamoDB, writes", f"{units['writes']:.0f} units", units["writes"] * _WRITE)
    yield Item(
        "DynamoDB, reads", f"{units['reads']:.1f} units", units["reads"] * prices.DYNAMODB_READ
    )
    sqs = standard * prices.SQS_STANDARD + fifo * prices.SQS_FIFO
    yield Item("SQS", f"{standard:g} requests, {fifo:g} of FIFO queues", sqs)
    yield Item(
        "CloudWatch Logs",
        f"{total * LOG_BYTES / 1000:.0f} KB, assumed",
        total * LOG_BYTES / 1e9 * prices.LOGS_GB,
    )


def _of_notices(meter: Meter) -> Iterator[Item]:
    events, notices = meter.units["custom events"], meter.units["notices"]
    yield Item("EventBridge, published events", f"{events:g}", events * prices.EVENTBRIDGE_EVENT)
    yield Item("SNS, notices", f"{notices:g}", notices * prices.SNS_PUBLISH)
    yield Item("KMS, as if every notice asked", f"{notices:g}", notices * prices.KMS_REQUEST)


_WRITE = prices.DYNAMODB_WRITE


def told(metered: Metered) -> Part:
    """Return the figures."""
    deployments = sum(each.price for each in of_deployments(metered.deployment))
    month = sum(each.price for each in of_a_month(metered))
    traced = deployments + of_options(metered.deployment)[0].price
    return Part(
        "Cost",
        [
            Figure(
                f"{DEPLOYMENTS:,} deployments", deployments, f"${deployments:.3f}", MOST, "≤ $0.10"
            ),
            Figure("the same with X-Ray, beyond its free 100,000 traces", traced, f"${traced:.3f}"),
            Figure("a month in which nothing is deployed", month, f"${month:.2f}"),
        ],
        notes=[
            (
                f"List prices of {prices.REGION} as known on {prices.AS_OF}; [cost.md](cost.md) "
                f"has each line. Assumed, not measured on AWS: {_assumed()}."
            )
        ],
    )


def _assumed() -> str:
    return (
        f"durations ({A_CALL * 1000:g} ms for each call that an invocation makes and "
        f"{BESIDE * 1000:g} ms beside; {COLD} s more for the start of each function but the "
        f"router, once a deployment) and {LOG_BYTES / 1000:g} KB of logs an invocation"
    )


def page(metered: Metered) -> str:
    """Return docs/cost.md with its tables as they are computed now."""
    deployments, month = of_deployments(metered.deployment), of_a_month(metered)
    text = PAGE.read_text()
    text = written(text, "deployments", _bill(deployments, "of one deployment"))
    text = written(text, "month", _bill(month, "in a month"))
    text = written(text, "options", _bill(of_options(metered.deployment), "of one deployment"))
    return written(text, "assumed", f"Assumed: {_assumed()}.")


def _bill(bill: Sequence[Item], of: str) -> str:
    rows = [(each.what, each.amount, f"{each.price:.4f}") for each in bill]
    total = ("**together**", "", f"**{sum(each.price for each in bill):.4f}**")
    return table(("what", of, "USD"), [*rows, total])


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(measure()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
