"""What Longshore may do to ECS: promises 1 to 3, 5, 6 and 8, at the moment of each write."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.plan import Plan, Service
from tests.simulation.promises.broken import Say, Tell
from tests.simulation.promises.ledger_view import LedgerView
from tests.simulation.truth import Truth

SECRET = "canary-4f1d"
"""Stands in the environment of every container; it may show up nowhere else."""

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
    effective: Counter[tuple[str, str, int, bool]] = field(default_factory=Counter)
    revisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    newest: dict[str, int] = field(default_factory=dict)

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
        if not any(_same_but_images(request, before) for before in earlier):
            self.say("promise 2", f"{request['family']} differs from every revision before it")
        key = request["family"], tags.get("longshore:fingerprint", "none")
        self.revisions[key] += 1
        if self.revisions[key] > 1:
            self.say("promise 7", f"{key[0]} was registered twice with the same content")

    def _check_pinned(self, image: str) -> None:
        name, _, digest = image.rpartition("/")[2].partition("@")
        repository = name.partition(":")[0]
        if repository not in self._repositories:
            return
        if not digest:
            self.say("promise 1", f"{image} was registered by its tag")
        elif (repository, digest) not in self.truth.pushed_at:
            self.say("promise 1", f"{image} was registered and never existed")

    # ── UpdateService ───────────────────────────────────────────────────────────────────────

    def updated(self, request: Mapping[str, Any], *, effective: bool) -> None:
        """Check one UpdateService as it took effect."""
        name = f"{request['cluster']}/{request['service']}"
        owner = self._owners.get(name)
        if request.keys() - ALLOWED:
            self.say("promise 3", f"UpdateService of {name} carries {sorted(request)}")
        if owner is None:
            self.say("promise 3", f"UpdateService of {name}, which no stage owns")
            return
        self._check_intent(owner[0] + "/" + owner[1], owner[2], request, effective=effective)

    def _check_intent(
        self, stage: str, service: Service, request: Mapping[str, Any], *, effective: bool
    ) -> None:
        entry = self.ledger.target(stage, f"{self.home_key}:{service}")
        body: Mapping[str, Any] = entry.body if entry else {}
        back = _is_calling(body.get("backward"), request)
        number = body.get("deployment") or 0
        if not back and not _is_calling(body.get("forward"), request):
            self.say("promise 6", f"{service} was moved to what the ledger does not intend")
        if number < self.newest.get(str(service), 0):
            self.say("promise 5", f"{service} was moved for {stage}#{number}, after a later one")
        self.newest[str(service)] = max(number, self.newest.get(str(service), 0))
        what = request["taskDefinition"].rpartition("/")[2]
        did = "is moved" if effective else "is told again to move"
        self.tell(str(service), f"{did} {'back ' if back else ''}to {what} for {stage}#{number}")
        if effective:
            self._count(stage, str(service), number, back=back)

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
        self.revisions.clear()


def _is_calling(leg: Mapping[str, Any] | None, request: Mapping[str, Any]) -> bool:
    return (
        leg is not None
        and leg["state"] == "calling"
        and leg["revision"] == request["taskDefinition"]
    )


def _same_but_images(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return _without_images(one) == _without_images(other)


def _without_images(definition: Mapping[str, Any]) -> object:
    containers = [
        {key: value for key, value in container.items() if key != "image"}
        for container in definition["containerDefinitions"]
    ]
    rest = {k: v for k, v in definition.items() if k in _REGISTERED}
    return rest, containers


_REGISTERED = frozenset(
    {"family", "taskRoleArn", "executionRoleArn", "networkMode", "volumes", "cpu", "memory"}
)
