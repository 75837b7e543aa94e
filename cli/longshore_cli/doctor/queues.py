"""Queues and dead letters of an installation. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from longshore_cli.doctor.findings import Check, Finding
from longshore_cli.wording import count_of, span

NOT_BLINDLY = {"Pushes": " and what they were to start does not run (docs/runbook.md, Redriving)"}
"""Queues whose messages are no mere hints, with what to see to before they are given back."""

LONGEST_WAIT = timedelta(minutes=15)
"""As long as the alarm on the oldest work allows: what waits longer waits for something else."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue at one moment; `oldest` is None where CloudWatch has no figure of it.

    `source_of` names the queues whose dead letters it keeps: none where another service sends.
    """

    name: str
    url: str
    arn: str
    depth: int
    in_flight: int
    oldest: timedelta | None = None
    source_of: tuple[str, ...] = ()


def dead_letter_sources(attributes: Mapping[str, Mapping[str, str]]) -> Mapping[str, list[str]]:
    """Return the queues that give up into each queue, by its ARN, from the attributes of all."""
    found: dict[str, list[str]] = {}
    for name, queue in attributes.items():
        policy = json.loads(queue.get("RedrivePolicy", "{}"))
        if "deadLetterTargetArn" in policy:
            found.setdefault(policy["deadLetterTargetArn"], []).append(name)
    return found


def judge_queue(check: Check, queue: Queue, log_group: str, *, slack: bool = False) -> Finding:
    """Say whether what waits in a queue is dealt with; `slack` is whether it may wait for Slack."""
    or_slack = ", or Slack keeps it waiting (docs/runbook.md, Slack)" if slack else ""
    waiting = f"{queue.depth} waiting, {queue.in_flight} in flight"
    if queue.oldest is not None and queue.oldest > LONGEST_WAIT and queue.depth + queue.in_flight:
        return check.problem(
            f"{waiting}; the oldest has waited {span(queue.oldest)}: who reads the queue fails, is "
            f"throttled or is switched off{or_slack}",
            f"aws logs tail {log_group} --since 1h",
        )
    if queue.depth and queue.oldest is None:
        return check.ok(f"{waiting}; CloudWatch does not say yet for how long")
    if queue.depth and queue.oldest is not None:
        return check.ok(f"{waiting}; the oldest for {span(queue.oldest)}")
    return check.ok(waiting)


def judge_dead_letters(check: Check, queue: Queue) -> Finding:
    """Say whether messages were given up, and how they come back."""
    if queue.depth + queue.in_flight == 0:
        return check.ok("no dead letters")
    if queue.source_of:
        also = "".join(NOT_BLINDLY.get(each, "") for each in queue.source_of)
        return check.problem(
            f"given up after the last attempt: {count_of(queue.depth, 'message')}",
            f"when the cause is mended{also}: aws sqs start-message-move-task --source-arn "
            f"{queue.arn}",
        )
    return check.problem(
        f"not delivered: {count_of(queue.depth, 'message')}; the sweep and the tick have repeated "
        "what they were about, so they need no redrive",
        "read why (ERROR_CODE, or responseContext): aws sqs receive-message --queue-url "
        f"{queue.url} --message-attribute-names All; then: aws sqs purge-queue --queue-url "
        f"{queue.url}",
    )
