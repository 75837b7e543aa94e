"""What the functions logged, for whoever has to find out why something failed."""

import json
from collections.abc import Iterator

from longshore_local.cloud.clients import Cloud

MOST_LINES = 15
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
    for message in [text for text in map(shortened, told) if text][-MOST_LINES:]:
        yield f"{function}: {message}"


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
