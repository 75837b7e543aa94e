"""The events Longshore publishes: what the detail of each says.

The bus's `source` is `longshore`, the `detail-type` is the name of the event. Keys are only ever
added within one schema, so that rules which other people wrote go on matching. Every key is there
in every event of its kind, null where there is nothing to say.
"""

from collections.abc import Mapping
from datetime import datetime

from longshore.domain.deployments import DeploymentRecord, Trigger
from longshore.domain.failures import Failure
from longshore.domain.holds import Hold, Pin, Would
from longshore.domain.origins import Origin
from longshore.domain.outcomes import Announcement
from longshore.domain.places import StageId
from longshore.domain.releases import Release
from longshore.domain.stages import StageRecord
from longshore.domain.stop_switch import Freeze

SOURCE = "longshore"
SCHEMA = 1


def deployment_detail(deployment: DeploymentRecord) -> dict[str, object]:
    """Return what is told of a deployment; `seconds` is how long it took, null before its end."""
    return {
        **_heading(deployment.stage),
        "deployment": deployment.name,
        "number": deployment.number,
        "phase": deployment.phase.value,
        "reason": deployment.reason,
        "release": _release(deployment.release),
        "before": _release(deployment.before),
        "failure": _failure(deployment.failure),
        "trigger": _trigger(deployment.trigger),
        "started_at": deployment.started_at.isoformat(),
        "seconds": seconds_between(deployment.started_at, deployment.finished_at),
    }


def stage_detail(stage: StageRecord, reason: str) -> dict[str, object]:
    """Return what is told of a stage that no deployment is about: what it runs, what holds it."""
    return {
        **_heading(stage.id),
        "reason": reason,
        "live": _release(stage.live),
        "stable": _release(stage.stable),
        "hold": _hold(stage.hold),
        "paused": _hold(stage.paused),
        "pin": pin_detail(stage.pin) if stage.pin else None,
        "observing": stage.observed,
    }


def pin_detail(pin: Pin) -> dict[str, object]:
    """Return what is told of a pin: the release that stays, by whom, why and for how long."""
    return {
        "release": _release(pin.release),
        "actor": pin.actor,
        "reason": pin.reason,
        "since": pin.since.isoformat(),
        "until": _moment(pin.until),
    }


def would_detail(would: Would, before: Release | None) -> dict[str, object]:
    """Return what is told besides of what an observing stage would deploy."""
    return {
        "release": _release(would.release),
        "before": _release(before),
        "why": would.reason,
        "since": would.since.isoformat(),
    }


def freeze_detail(freeze: Freeze) -> dict[str, object]:
    """Return what is told of a freeze: who turned it last, when and why, and when it ends."""
    return {
        "frozen": freeze.on,
        "scope": freeze.scope or "everything",
        "actor": freeze.actor or None,
        "reason": freeze.reason or None,
        "since": freeze.since.isoformat() if freeze.since else None,
        "until": _moment(freeze.until),
        "told": freeze.told,
    }


def event_detail(announcement: Announcement) -> dict[str, object]:
    """Return the detail as it goes to the bus.

    `id` is the same however often the event is delivered, as the bus delivers at least once;
    `sequence` orders the events of one deployment (or stage), which arrive in any order.
    """
    return {
        **announcement.detail,
        "id": announcement.id,
        "sequence": announcement.sequence,
    }


def _heading(stage: StageId) -> dict[str, object]:
    return {"schema": SCHEMA, "application": stage.application, "stage": stage.stage}


def _release(release: Release | None) -> dict[str, object] | None:
    return None if release is None else release_detail(release)


def release_detail(release: Release) -> dict[str, object]:
    """Return what is told of a release: its images by alias."""
    return {
        image.alias: {
            "repository": image.repository.uri,
            "tag": image.tag,
            "digest": image.digest,
        }
        for image in release.images
    }


def _failure(failure: Failure | None) -> Mapping[str, object] | None:
    if failure is None:
        return None
    return {
        "summary": failure.summary,
        "service": failure.service,
        "container": failure.container,
        "exit_code": failure.exit_code,
        "stopped_reason": failure.stopped_reason,
        "last_event": failure.last_event,
        "task": failure.task,
        "task_definition": failure.revision,
    }


def _trigger(trigger: Trigger) -> dict[str, object]:
    return {
        "kind": trigger.kind.value,
        "actor": trigger.actor,
        "events": list(trigger.events),
        "origin": _origin(trigger.origin),
    }


def _origin(origin: Origin | None) -> dict[str, object] | None:
    """Return where a release comes from: what leads from what runs back to the push."""
    if origin is None:
        return None
    return {
        "pipeline": origin.pipeline,
        "execution": origin.execution,
        "commit": origin.commit,
        "url": origin.url,
        "author": origin.author,
        "trigger": origin.trigger,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _hold(hold: Hold | None) -> dict[str, object] | None:
    if hold is None:
        return None
    return {
        "kind": hold.kind.value,
        "reason": hold.reason,
        "since": hold.since.isoformat(),
        "until": _moment(hold.until),
        "release": _release(hold.release),
    }


def seconds_between(start: datetime | None, end: datetime | None) -> int | None:
    """Return how long something took, None before its end."""
    if start is None or end is None:
        return None
    return max(0, round((end - start).total_seconds()))
