"""Moments, people and releases as people talk of them."""

from datetime import datetime, timedelta

from longshore.domain.actors import name_actor
from longshore.domain.deployments import DeploymentRecord, Trigger, TriggerKind
from longshore.domain.releases import Release

NOTHING = "-"

_STEPS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))


def span(duration: timedelta) -> str:
    """Return a duration in its largest fitting unit: `3 min`, `2 h`, `5 d`."""
    for unit, length in _STEPS:
        if duration >= length:
            return f"{duration // length} {unit}"
    return f"{max(0, int(duration.total_seconds()))} s"


def count_of(number: int, thing: str, things: str = "") -> str:
    """Return `1 push`, `2 pushes`; the plural is given where an `s` does not make it."""
    return f"{number} {thing if number == 1 else things or thing + 's'}"


def age(moment: datetime, now: datetime) -> str:
    """Return how long ago something was."""
    return f"{span(now - moment)} ago"


def took(deployment: DeploymentRecord, now: datetime) -> str:
    """Return how long a deployment took, or for how long it has been under way."""
    if deployment.finished_at is None:
        return f"{span(now - deployment.started_at)} so far"
    return span(deployment.finished_at - deployment.started_at)


def release_text(release: Release | None) -> str:
    """Return a release by tag and short digest."""
    return NOTHING if release is None else str(release)


def trigger_text(trigger: Trigger) -> str:
    """Return what made a deployment begin."""
    words = {
        TriggerKind.PUSH: "a push",
        TriggerKind.RETRY: "retry",
        TriggerKind.APPLY: "apply --deploy",
        TriggerKind.SWEEP: "the sweep",
        TriggerKind.DEPLOY: "deploy",
        TriggerKind.ROLLBACK: "rollback",
        TriggerKind.PIN: "pin",
        TriggerKind.PIPELINE: "a pipeline",
    }[trigger.kind]
    if trigger.origin is not None and trigger.origin.told:
        return trigger.origin.told
    return f"{words} by {name_actor(trigger.actor)}" if trigger.actor else words


def revision_text(arn: str | None) -> str:
    """Return a task definition as `family:revision`."""
    return NOTHING if arn is None else arn.rpartition("/")[2]
