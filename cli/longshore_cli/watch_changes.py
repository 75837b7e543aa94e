"""What changed since the last look: each thing is told once, and nothing twice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from longshore_cli.picture import Picture, Rollout, ServicePicture
from longshore_cli.stage_view import present_leg
from longshore_cli.wording import release_text, revision_text, trigger_text

SHORT_TASK = 8
"""Characters of a task's id that tell the tasks of a deployment apart."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed, for people and for programs."""

    at: datetime
    kind: str
    text: str
    more: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the change for programs."""
        return {"at": self.at.isoformat(), "kind": self.kind, "text": self.text, **self.more}


@dataclass(slots=True)
class Chronicle:
    """Remembers what was told."""

    _told: dict[object, object] = field(default_factory=dict)

    def news(self, picture: Picture) -> Sequence[Change]:
        """Return what a picture shows that was not told before, in the order of time."""
        return sorted(self._news(picture), key=lambda change: change.at)

    def _news(self, picture: Picture) -> Iterator[Change]:
        yield from self._deployment(picture)
        for service in picture.services:
            yield from self._service(picture, service)
        for line in picture.logs:
            where = f"{line.service} {line.container}/{line.task[:SHORT_TASK]}"
            more = {
                "service": str(line.service),
                "container": line.container,
                "task": line.task,
                "message": line.text,
            }
            yield Change(line.at, "log", f"{where} | {line.text}", more)
        for note in picture.notes:
            yield Change(picture.at, "note", note)

    def note(self, text: str, at: datetime) -> Iterator[Change]:
        """Yield a remark, unless it was the last one."""
        if self._is_new("note", text):
            yield Change(at, "note", text)

    def _deployment(self, picture: Picture) -> Iterator[Change]:
        deployment = picture.deployment
        name, failure = deployment.name, deployment.failure
        if self._is_new(name, name):
            begun = {"deployment": name}
            yield Change(deployment.started_at, "deployment", headline(picture), begun)
        phase = deployment.phase.value
        if self._is_new((name, "phase"), (phase, deployment.reason)):
            more = {"deployment": name, "phase": phase, "reason": deployment.reason}
            yield Change(picture.at, "phase", f"{name} {phase}: {deployment.reason}", more)
        if failure is None or failure.summary in deployment.reason:  # the phase has told it
            return
        if self._is_new((name, "failure"), failure):
            about = {"deployment": name, "service": failure.service}
            yield Change(picture.at, "failure", f"{name} fails: {failure.summary}", about)

    def _service(self, picture: Picture, service: ServicePicture) -> Iterator[Change]:
        name, deployment = str(service.service), picture.deployment.name
        leg = present_leg(service.target)
        way = "on the way back, " if service.target.backward else ""
        state = (way, leg.state.value, leg.revision, leg.reason)
        if self._is_new((deployment, name), state):
            reason = f": {leg.reason}" if leg.reason else ""
            revision = f" {revision_text(leg.revision)}" if leg.revision else ""
            more = {"service": name, "state": leg.state.value, "reason": leg.reason}
            text = f"{name} {way}{leg.state.value}{revision}{reason}"
            yield Change(picture.at, "service", text, more)
        for rollout in service.rollouts:
            if self._is_new((name, rollout.id), rollout):
                numbers = {"service": name, **rollout.as_json()}
                yield Change(picture.at, "rollout", f"{name} {counts(rollout)}", numbers)
        for event in service.events:
            if self._is_new((name, "event", event.id or event.message), event.at):
                more = {"service": name, "message": event.message}
                yield Change(event.at, "event", f"{name} ECS says: {event.message}", more)

    def _is_new(self, what: object, value: object) -> bool:
        known = self._told.get(what)
        self._told[what] = value
        return known != value


def headline(picture: Picture) -> str:
    """Return what a deployment brings, in the place of what, and by whom."""
    deployment = picture.deployment
    before, release = release_text(deployment.before), deployment.release
    return f"{deployment.name}: {before} -> {release}, by {trigger_text(deployment.trigger)}"


def counts(rollout: Rollout) -> str:
    """Return one of ECS's deployments in words."""
    state = f", {rollout.state}" if rollout.state else ""
    return (
        f"{rollout.revision} {rollout.status}{state}: {rollout.running} of {rollout.desired} "
        f"running, {rollout.pending} pending, {rollout.failed} failed"
    )
