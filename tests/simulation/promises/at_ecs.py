"""What Longshore may do to ECS: promises 1 to 3, 5, 6 and 8, at the moment of each write."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from longshore_local.worlds.surroundings import Clock
from tests.simulation.climate import MOST_STALE
from tests.simulation.plan import Plan, Service
from tests.simulation.promises.broken import Say, Tell
from tests.simulation.promises.ledger_view import Body, LedgerView
from tests.simulation.truth import Truth

SECRET = "canary-4f1d"
"""Stands in the environment of every container; it may show up nowhere else."""

TEAM = "shop"
"""The value of a tag that every revision has which people register."""

ALLOWED = frozenset({"cluster", "service", "taskDefinition"})
READS = ("Describe", "List")


@dataclass
class EcsWatch:
    """Looks at every call that Longshore makes to ECS."""

    plan: Plan
    truth: Truth
    ledger: LedgerView
    say: Say
    tell: Tell
    home_key: str
    clock: Clock
    effective: Counter[tuple[str, str, int, bool]] = field(default_factory=Counter)
    revisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    newest: dict[str, int] = field(default_factory=dict)
    forward_at: dict[tuple[str, int], datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._owners = {
            str(service): (application.name, stage.name, service)
            for application in self.plan.applications
            for stage in application.stages
            for service in stage.services
        }
        self._repositories = {
            repository.name for each in self.plan.applications for repository in each.repositories
        }

    def check_call(self, operation: str) -> None:
        """Nothing is ever deregistered, deleted or run: promise 8."""
        if operation not in {
            "RegisterTaskDefinition",
            "UpdateService",
        } and not operation.startswith(READS):
            self.say("promise 8", f"ecs:{operation} was called")

    # ── RegisterTaskDefinition ──────────────────────────────────────────────────────────────

    def registered(self, request: Mapping[str, Any], earlier: list[Mapping[str, Any]]) -> None:
        """Check what was registered against every earlier revision of its family."""
        tags = {tag["key"]: tag["value"] for tag in request.get("tags", ())}
        self.tell(request["family"], "has one more revision, by Longshore")
        for container in request["containerDefinitions"]:
            self._check_pinned(container["image"])
        if not any(self._is_made_from(request, before) for before in earlier):
            self.say("promise 2", f"{request['family']} differs from every revision before it")
        if tags.get("team") != TEAM:
            self.say("promise 2", f"{request['family']} lost the tags of the revision before it")
        key = request["family"], tags.get("longshore:fingerprint", "none")
        self.revisions[key] += 1
        if self.revisions[key] > 1:
            self.say("promise 7", f"{key[0]} was registered twice with the same content")

    def _is_made_from(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
        """Whether two definitions are the same but for the versions of the managed images."""
        return self._without_versions(one) == self._without_versions(other)

    def _without_versions(self, definition: Mapping[str, Any]) -> object:
        containers = [
            {**container, "image": self._without_version(container["image"])}
            for container in definition["containerDefinitions"]
        ]
        return {k: v for k, v in definition.items() if k in _REGISTERED}, containers

    def _without_version(self, image: str) -> str:
        repository, _ = _repository_and_digest(image)
        return repository if repository in self._repositories else image

    def _check_pinned(self, image: str) -> None:
        repository, digest = _repository_and_digest(image)
        if repository not in self._repositories:
            return
        if not digest:
            self.say("promise 1", f"{image} was registered by its tag")
        elif (repository, digest) not in self.truth.pushed_at:
            self.say("promise 1", f"{image} was registered and never existed")

    # ── UpdateService ───────────────────────────────────────────────────────────────────────

    def updated(
        self,
        request: Mapping[str, Any],
        images: Collection[str],
        since: datetime,
        *,
        effective: bool,
        theirs: bool,
    ) -> None:
        """Check one UpdateService as it took effect.

        `images` are those of the revision, `since` is when the worker that made it began, `theirs`
        whether the service had what another hand brought.
        """
        name = f"{request['cluster']}/{request['service']}"
        owner = self._owners.get(name)
        if request.keys() - ALLOWED:
            self.say("promise 3", f"UpdateService of {name} carries {sorted(request)}")
        if owner is None:
            self.say("promise 3", f"UpdateService of {name}, which no stage owns")
            return
        stage, service = owner[0] + "/" + owner[1], owner[2]
        entry = self.ledger.target(stage, f"{self.home_key}:{service}")
        target: Body = entry.body if entry else {}
        back = _is_calling(target.get("backward"), request)
        number = target.get("deployment") or 0
        if back:
            self._check_way_back(service, target["stable"], images)
            self._check_not_twice(stage, service, number)
        elif not _is_calling(target.get("forward"), request):
            self.say("promise 6", f"{service} was moved to what the ledger does not intend")
        self._check_number(stage, service, number)
        what = request["taskDefinition"].rpartition("/")[2]
        did = "is moved" if effective else "is told again to move"
        self.tell(str(service), f"{did} {'back ' if back else ''}to {what} for {stage}#{number}")
        if effective:
            self._count(stage, str(service), number, back=back)
            self._check_hands(str(service), number, since, back=back and theirs)
            if not back:
                self.forward_at[str(service), number] = self.clock()

    def _check_hands(self, service: str, number: int, since: datetime, *, back: bool) -> None:
        """What another hand brought during a rollout is theirs: the way back leaves it alone."""
        if not back:
            return
        began, moved = self.forward_at.get((service, number)), self.truth.moved.get(service)
        if began and moved and began < moved < since - MOST_STALE:
            self.say("promise 3", f"{service} was moved back from what another hand brought")

    def owner(self, service: str) -> str | None:
        """Return the stage that a service belongs to."""
        found = self._owners.get(service)
        return f"{found[0]}/{found[1]}" if found else None

    def _check_way_back(self, service: Service, stable: Body, images: Collection[str]) -> None:
        """What a service is brought back to is what was verified on it, whatever tags name now."""
        verified = {digest for _, digest in stable["digests"]}
        for repository, digest in map(_repository_and_digest, images):
            if repository == service.repository and verified and digest not in verified:
                self.say("promise 1", f"{service} was moved back to what was never verified on it")

    def _check_not_twice(self, stage: str, service: Service, number: int) -> None:
        entry = self.ledger.deployment(stage, number)
        if entry is not None and entry.body["trigger"]["kind"] == "rollback":
            self.say("promise 3", f"{service}: the rollback {stage}#{number} was rolled back")

    def _check_number(self, stage: str, service: Service, number: int) -> None:
        entry = self.ledger.stage(stage)
        current = entry.body["current"] if entry else None
        if number != current:
            what = f"{service} was moved for {stage}#{number}, the stage is at #{current}"
            self.say("promise 6", what)
        if number < self.newest.get(str(service), 0):
            self.say("promise 5", f"{service} was moved for {stage}#{number}, after a later one")
        self.newest[str(service)] = max(number, self.newest.get(str(service), 0))

    def _count(self, stage: str, service: str, number: int, *, back: bool) -> None:
        key = stage, service, number, back
        self.effective[key] += 1
        if self.effective[key] > 1:
            way = "back" if back else "forward"
            self.say("promise 3", f"{service} was moved {way} twice for {stage}#{number}")

    def forget(self) -> None:
        """Begin to count anew: the ledger was restored, its numbers are given out again."""
        self.effective.clear()
        self.newest.clear()
        self.forward_at.clear()
        self.revisions.clear()


def _is_calling(leg: Mapping[str, Any] | None, request: Mapping[str, Any]) -> bool:
    return (
        leg is not None
        and leg["state"] == "calling"
        and leg["revision"] == request["taskDefinition"]
    )


def _repository_and_digest(image: str) -> tuple[str, str]:
    name, _, digest = image.rpartition("/")[2].partition("@")
    return name.partition(":")[0], digest


_REGISTERED = frozenset(
    {"family", "taskRoleArn", "executionRoleArn", "networkMode", "volumes", "cpu", "memory"}
)
