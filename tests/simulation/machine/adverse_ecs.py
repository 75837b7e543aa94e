"""An ECS that may show anything at any time: less consistent than any real one.

Services change by the hand of whoever drives it. What holds is only that a deployment's id means
one revision for ever, and that what it is asked to do it does once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from longshore.domain.errors import Refused
from longshore.domain.failures import StoppedContainer, StoppedTask
from longshore.domain.observations import (
    DescribedRevision,
    EcsDeployment,
    EcsService,
    RolloutState,
    TaskDefinition,
)
from longshore.domain.places import Home, ServiceRef
from tests.support.builders import HOME

_READ_ONLY = frozenset({"taskDefinitionArn", "status", "revision"})
_MOST_SHOWN = 4

Shown = EcsService | None


class AdverseEcs:
    """The port, and the verbs of those who play ECS and its other users.

    `used` and `completed` are what it has shown so far: which revisions a service was on, and which
    deployments were completed, each with whether any task was wanted then.
    """

    def __init__(self, stale: Callable[[], bool]) -> None:
        self.services: dict[ServiceRef, Shown] = {}
        self.known: dict[ServiceRef, list[EcsDeployment]] = {}
        self.revisions: dict[str, DescribedRevision] = {}
        self.running: dict[ServiceRef, dict[str, str]] = {}
        self.completed: set[tuple[ServiceRef, str, bool]] = set()
        self.used: set[tuple[ServiceRef, str]] = set()
        self.on_register: Callable[[TaskDefinition], None] = lambda _: None
        self.on_update: Callable[[ServiceRef, str], None] = lambda _, __: None
        self._before: dict[ServiceRef, Shown] = {}
        self._stale = stale

    # ── what happens to services ────────────────────────────────────────────────────────────

    def open(self, service: ServiceRef, image: str, desired: int = 2) -> None:
        """Create a service that runs an image, and has settled."""
        revision = self.add_revision(service.name, image)
        first = EcsDeployment(
            self._next_id(), revision, primary=True, rollout=RolloutState.COMPLETED
        )
        self.known.setdefault(service, []).append(first)
        self.services[service] = EcsService("ACTIVE", "ECS", "ROLLING", desired, revision, (first,))

    def show(self, service: ServiceRef, shown: Shown) -> None:
        """Let a service look like this from now on."""
        self._before[service] = self.services.get(service)
        self.services[service] = shown

    def begin(self, service: ServiceRef, revision: str) -> None:
        """Begin a rollout; what was primary is not any more."""
        shown = self.services[service]
        assert shown is not None
        begun = EcsDeployment(
            self._next_id(), revision, primary=True, rollout=RolloutState.IN_PROGRESS
        )
        self.known[service].append(begun)
        others = tuple(replace(each, primary=False) for each in shown.deployments)
        deployments = (begun, *others)[:_MOST_SHOWN]
        self.show(service, replace(shown, task_definition=revision, deployments=deployments))

    def add_revision(
        self, family: str, image: str, more: Mapping[str, object] | None = None
    ) -> str:
        """Register a definition of one container, as people do."""
        definition: dict[str, object] = {"containerDefinitions": [{"name": "web", "image": image}]}
        return self._register({"family": family, **definition, **(more or {})})

    def deregister(self, revision: str) -> None:
        """Take a revision out of use."""
        found = self.revisions[revision]
        gone = {**found.definition, "status": "INACTIVE"}
        self.revisions[revision] = replace(found, definition=gone)

    # ── the port ────────────────────────────────────────────────────────────────────────────

    def describe_services(self, services: Sequence[ServiceRef]) -> Mapping[ServiceRef, EcsService]:
        shown = {service: self._seen(service) for service in services}
        return {service: found for service, found in shown.items() if found is not None}

    def describe_revision(self, home: Home, name: str) -> DescribedRevision:
        assert home == HOME
        found = self.revisions.get(name) or self._newest(name)
        if found is None:
            raise Refused(f"there is no task definition {name}", "ClientException")
        return found

    def read_only_fields(self) -> frozenset[str]:
        return _READ_ONLY

    def register(self, home: Home, definition: TaskDefinition) -> str:
        assert home == HOME
        self.on_register(definition)
        return self._register(definition)

    def find_registered(self, home: Home, family: str, tag: tuple[str, str]) -> str | None:
        assert home == HOME
        if self._stale():
            return None
        found = (r for r in self.revisions.values() if _is_of(r, family) and tag in r.tags)
        return next((r.arn for r in found if r.definition["status"] == "ACTIVE"), None)

    def update_service(self, service: ServiceRef, revision: str) -> EcsService:
        self.on_update(service, revision)
        shown = self.services.get(service)
        if shown is None or not shown.active:
            raise Refused(f"{service} is not there", "ServiceNotFoundException")
        if shown.primary is None or shown.primary.task_definition != revision:
            self.begin(service, revision)
        return self._seen(service) or shown

    def stopped_tasks(self, service: ServiceRef, ecs_deployment_id: str) -> Sequence[StoppedTask]:
        return [make_task(ecs_deployment_id)] if service in self.running else []

    def running_digests(self, service: ServiceRef, revision: str) -> Mapping[str, str]:
        del revision
        return self.running.get(service, {})

    # ── inside ──────────────────────────────────────────────────────────────────────────────

    def _seen(self, service: ServiceRef) -> Shown:
        """Return what a look shows, and remember what may be concluded from it."""
        now = self.services.get(service)
        shown = self._before.get(service, now) if self._stale() else now
        if shown is not None:
            done = [d for d in shown.deployments if d.rollout is RolloutState.COMPLETED]
            self.used.add((service, shown.task_definition))
            self.used.update((service, each.task_definition) for each in done)
            self.completed.update((service, each.id, shown.desired_count > 0) for each in done)
        return shown

    def _newest(self, family: str) -> DescribedRevision | None:
        found = [r for r in self.revisions.values() if _is_of(r, family)]
        active = [r for r in found if r.definition["status"] == "ACTIVE"]
        return active[-1] if active else None

    def _register(self, definition: TaskDefinition) -> str:
        family, number = definition["family"], len(self.revisions) + 1
        arn = f"arn:aws:ecs:{HOME.region}:{HOME.account}:task-definition/{family}:{number}"
        given = {key: value for key, value in definition.items() if key != "tags"}
        own = {"taskDefinitionArn": arn, "status": "ACTIVE", "revision": number}
        self.revisions[arn] = DescribedRevision(arn, {**given, **own}, _tags(definition))
        return arn

    def _next_id(self) -> str:
        return f"ecs-svc/{sum(map(len, self.known.values())) + 1}"


def make_task(ecs_deployment_id: str) -> StoppedTask:
    """Return a task that crashed."""
    container = StoppedContainer("web", 1)
    return StoppedTask(f"task of {ecs_deployment_id}", None, "Essential container", (container,))


def images_of(definition: TaskDefinition) -> list[str]:
    """Return the images of all containers."""
    containers = definition["containerDefinitions"]
    assert isinstance(containers, list)
    return [str(container["image"]) for container in containers]


def _is_of(revision: DescribedRevision, family: str) -> bool:
    return revision.definition["family"] == family


def _tags(definition: TaskDefinition) -> tuple[tuple[str, str], ...]:
    tags = definition.get("tags", [])
    assert isinstance(tags, list)
    return tuple((str(tag["key"]), str(tag["value"])) for tag in tags)
