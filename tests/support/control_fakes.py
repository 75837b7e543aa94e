"""What `apply` and intents are kept in, in memory; and a store that fails or stops on purpose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from longshore.domain.configuration import Configuration, Follower
from longshore.domain.errors import Conflict
from longshore.domain.intents import Intent
from longshore.domain.pipelines import PipelineFollower, PipelineRef
from longshore.domain.places import RepositoryRef, ServiceRef, StageId
from longshore.domain.projects import ProjectId
from longshore.domain.stop_switch import NEVER_TURNED, StopSwitch
from longshore.domain.triggers import PushFollower
from longshore.usecases.control_ports import ConfigurationStore, Owner, Pointer
from longshore.usecases.lookups import Lookups
from tests.support.fakes import kept


@dataclass
class ControlState:
    """What the ledger holds of configurations and intents."""

    pointers: dict[str, Pointer] = field(default_factory=dict)
    configurations: dict[tuple[str, int], Configuration] = field(default_factory=dict)
    owners: dict[ServiceRef, Owner] = field(default_factory=dict)
    followers: dict[tuple[RepositoryRef, StageId], tuple[Follower, int]] = field(
        default_factory=dict
    )
    stages: dict[StageId, int] = field(default_factory=dict)
    pipelines: dict[tuple[PipelineRef, str], tuple[PipelineFollower, int]] = field(
        default_factory=dict
    )
    git: dict[PushFollower, int] = field(default_factory=dict)
    projects: dict[ProjectId, int] = field(default_factory=dict)

    def in_force(self, application: str) -> Configuration | None:
        """Return an application's configuration in force."""
        pointer = self.pointers.get(application)
        return self.configurations[application, pointer.number] if pointer else None


class InMemoryConfigurationStore:
    """Configurations with the adapter's conditions."""

    def __init__(self, state: ControlState | None = None) -> None:
        self.state = state or ControlState()

    def pointer(self, application: str) -> Pointer:
        return self.state.pointers.get(application, Pointer(application))

    def configuration(self, application: str, number: int) -> Configuration | None:
        return self.state.configurations.get((application, number))

    def configurations(self, application: str, first: int, end: int) -> Sequence[Configuration]:
        found = self.state.configurations.items()
        return [each for (of, n), each in sorted(found) if of == application and first <= n < end]

    def write(self, configuration: Configuration) -> None:
        key = (configuration.application, configuration.number)
        _check(key not in self.state.configurations)
        self.state.configurations[key] = kept(configuration)

    def switch(self, pointer: Pointer, number: int, owners: Sequence[Owner]) -> Pointer:
        _check(self.pointer(pointer.application) == pointer)
        _check(all(self._version(owner.service) == owner.version for owner in owners))
        for owner in owners:
            self.state.owners[owner.service] = replace(owner, version=owner.version + 1)
        switched = replace(pointer, number=number, base=pointer.number, version=pointer.version + 1)
        self.state.pointers[pointer.application] = switched
        return switched

    def mark_tidied(self, pointer: Pointer) -> None:
        if self.state.pointers.get(pointer.application) == pointer:
            tidied = replace(pointer, tidied=pointer.number, version=pointer.version + 1)
            self.state.pointers[pointer.application] = tidied

    def owner(self, service: ServiceRef) -> Owner | None:
        return self.state.owners.get(service)

    def claim(self, owner: Owner) -> Owner:
        _check(self._version(owner.service) == owner.version)
        claimed = replace(owner, version=owner.version + 1)
        self.state.owners[owner.service] = claimed
        return claimed

    def release(self, service: ServiceRef, application: str, before: int) -> None:
        owner = self.state.owners.get(service)
        if owner and owner.stage.application == application and owner.number < before:
            del self.state.owners[service]

    def write_lookups(self, lookups: Lookups, number: int) -> None:
        for way, follower in lookups.followers.items():
            if self.state.followers.get(way, (follower, 0))[1] <= number:
                self.state.followers[way] = (follower, number)
        for served, pipeline in lookups.pipelines.items():
            if self.state.pipelines.get(served, (pipeline, 0))[1] <= number:
                self.state.pipelines[served] = (pipeline, number)
        for stage in lookups.stages:
            self.state.stages[stage] = max(number, self.state.stages.get(stage, 0))
        for pushes in lookups.git:
            self.state.git[pushes] = max(number, self.state.git.get(pushes, 0))
        for project in lookups.projects:
            self.state.projects[project] = max(number, self.state.projects.get(project, 0))

    def remove_lookups(self, lookups: Lookups, before: int) -> None:
        for way in lookups.followers:
            if way in self.state.followers and self.state.followers[way][1] < before:
                del self.state.followers[way]
        for served in lookups.pipelines:
            if served in self.state.pipelines and self.state.pipelines[served][1] < before:
                del self.state.pipelines[served]
        for stage in lookups.stages:
            if self.state.stages.get(stage, before) < before:
                del self.state.stages[stage]
        self.state.git = {
            pushes: number
            for pushes, number in self.state.git.items()
            if pushes not in lookups.git or number >= before
        }
        self.state.projects = {
            project: number
            for project, number in self.state.projects.items()
            if project not in lookups.projects or number >= before
        }

    def _version(self, service: ServiceRef) -> int:
        owner = self.state.owners.get(service)
        return owner.version if owner else 0


class InMemoryIntentStore:
    """Intents, and the ids of those that a reconcile has consumed."""

    def __init__(self) -> None:
        self.intents: dict[tuple[StageId, str], Intent] = {}
        self.consumed: set[tuple[StageId, str]] = set()

    def put_once(self, intent: Intent) -> bool:
        key = (intent.stage, intent.id)
        if key in self.intents or key in self.consumed:
            return False
        self.intents[key] = kept(intent)
        return True

    def waiting(self, stage: StageId, intent_id: str) -> Intent | None:
        return self.intents.get((stage, intent_id))

    def consume(self, intent: Intent) -> None:
        """Take an intent away, as a reconcile does that hears it."""
        del self.intents[intent.stage, intent.id]
        self.consumed.add((intent.stage, intent.id))


class InMemoryStopSwitch:
    """The stop switch, with the adapter's condition."""

    def __init__(self) -> None:
        self.switch = NEVER_TURNED

    def read(self) -> StopSwitch:
        return self.switch

    def turn(self, switch: StopSwitch) -> StopSwitch:
        _check(switch.version == self.switch.version)
        self.switch = kept(replace(switch, version=switch.version + 1))
        return self.switch


class CrashError(Exception):
    """The function was killed here."""


class Interrupted:
    """A store in front of another that lets something happen around each of its calls."""

    def __init__(
        self, inner: ConfigurationStore, around: Callable[[str, Callable[[], object]], object]
    ) -> None:
        self._inner = inner
        self._around = around

    def __getattr__(self, name: str) -> Callable[..., object]:
        method: Callable[..., object] = getattr(self._inner, name)
        return lambda *arguments: self._around(name, lambda: method(*arguments))


def _check(holds: bool) -> None:  # noqa: FBT001  one condition, nothing to name
    if not holds:
        raise Conflict("another writer was first")
