"""What the functions logged, for whoever has to find out why something failed."""

import json
from collections.abc import Iterator, Sequence

from longshore_local.cloud.clients import Cloud

MOST_LINES = 15
MOST_ERRORS = 3
OF_LAMBDA = ("START ", "END ", "REPORT ")


def last_logs(cloud: Cloud) -> list[str]:
    """Return the last lines of each function's log group, those of Lambda and metrics left out."""
    return [
        line
        for group in cloud.logs.describe_log_groups()["logGroups"]
        for line in _of_group(cloud, group.get("logGroupName", ""))
    ]


def _of_group(cloud: Cloud, group: str) -> Iterator[str]:
    events = cloud.logs.filter_log_events(logGroupName=group)["events"]
    messages = [event.get("message", "").strip() for event in events]
    told = [message for message in messages if message and not message.startswith(OF_LAMBDA)]
    function = group.rpartition("/")[2]
    for line in worst_or_last([text for text in map(shortened, told) if text]):
        yield f"{function}: {line}"


def worst_or_last(lines: Sequence[str]) -> Sequence[str]:
    """Return the last errors of a function, the last lines of one that has none."""
    errors = [line for line in lines if line.startswith("ERROR ")]
    return errors[-MOST_ERRORS:] or lines[-MOST_LINES:]


def shortened(message: str) -> str:
    """Return a structured line as its level, message and reason, any other line as it is."""
    try:
        document = json.loads(message)
    except ValueError:
        return message
    if not isinstance(document, dict) or "_aws" in document:
        return ""
    kept = ("level", "message", "stage", "reason", "exception")
    return " ".join(str(document[key]) for key in kept if document.get(key))
