"""People who apply configurations to a ledger in memory, and what must hold of it then."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from longshore.domain.configuration import Configuration
from longshore.domain.places import ServiceRef
from longshore.usecases.accept_configuration import (
    Accepted,
    ConfigurationRequest,
    accept_configuration,
)
from longshore.usecases.control_ports import ConfigurationStore, ControlPorts
from longshore.usecases.lookups import lookups_of, services_of
from tests.support.builders import HOME
from tests.support.control_fakes import (
    ControlState,
    CrashError,
    InMemoryConfigurationStore,
    InMemoryIntentStore,
    InMemoryStopSwitch,
    Interrupted,
)
from tests.support.fakes import FakeClock, InMemoryWakeups

Document = dict[str, Any]
Around = Callable[[str, Callable[[], object]], object]

ME = "arn:aws:iam::123456789012:user/me"


def make_document(application: str = "checkout", **stages: list[str]) -> Document:
    """Return a configuration whose stages have these services, all of one repository.

    Each stage has a pipeline of its name.
    """
    return {
        "pipelines": [*stages],
        "apiVersion": "longshore/v1",
        "application": application,
        "images": {"app": {"repository": application, "select": {"semver": "^1.4"}}},
        "stages": {
            name: {"targets": [{"service": f"prod/{service}"} for service in services]}
            for name, services in stages.items()
        },
    }


def make_service(name: str) -> ServiceRef:
    return ServiceRef(HOME, "prod", name)


@dataclass
class Applying:
    """A ledger, and a function that takes requests; each request may be interrupted."""

    state: ControlState = field(default_factory=ControlState)
    wakeups: InMemoryWakeups = field(default_factory=InMemoryWakeups)
    clock: FakeClock = field(default_factory=FakeClock)

    @property
    def store(self) -> InMemoryConfigurationStore:
        return InMemoryConfigurationStore(self.state)

    def apply(
        self,
        wanted: object,
        base: int = 0,
        *,
        deploy: bool = False,
        actor: str = ME,
        around: Around | None = None,
    ) -> Accepted:
        store: ConfigurationStore = self.store
        if around is not None:
            store = cast("ConfigurationStore", Interrupted(store, around))
        intents, switch = InMemoryIntentStore(), InMemoryStopSwitch()
        ports = ControlPorts(store, intents, switch, self.wakeups, self.clock, HOME)
        return accept_configuration(ConfigurationRequest(wanted, deploy, base, actor), ports)

    def in_force(self, application: str = "checkout") -> Configuration | None:
        return self.state.in_force(application)

    def check_lookups(self) -> None:
        """Every stage of a configuration in force is found, every service has its one owner."""
        for application in self.state.pointers:
            configuration = self.in_force(application)
            assert configuration is not None
            for way, follower in lookups_of(configuration).followers.items():
                assert set(follower.images) <= set(self.state.followers[way][0].images)
            assert lookups_of(configuration).stages <= self.state.stages.keys()
            assert lookups_of(configuration).pipelines.keys() <= self.state.pipelines.keys()
            assert lookups_of(configuration).git <= self.state.git.keys()
            for target, stage in services_of(configuration).items():
                assert self.state.owners[target].stage == stage

    def check_tidy(self) -> None:
        """Nothing is left of what is not in force."""
        configurations = [c for a in self.state.pointers if (c := self.in_force(a))]
        wanted = lookups_of(*configurations)
        assert {way: f for way, (f, _) in self.state.followers.items()} == wanted.followers
        assert self.state.stages.keys() == wanted.stages
        assert {way: f for way, (f, _) in self.state.pipelines.items()} == wanted.pipelines
        assert self.state.git.keys() == wanted.git
        owners = {s: stage for each in configurations for s, stage in services_of(each).items()}
        assert {s: owner.stage for s, owner in self.state.owners.items()} == owners


def crash_at(name: str) -> Around:
    """Return what ends a function at its call of this name."""

    def around(called: str, call: Callable[[], object]) -> object:
        if called == name:
            raise CrashError
        return call()

    return around


@dataclass
class CrashAfter:
    """Ends the function before or after its n-th call."""

    calls: int
    effect: bool
    count: int = 0

    def __call__(self, _: str, call: Callable[[], object]) -> object:
        self.count += 1
        if self.count == self.calls:
            if self.effect:
                call()
            raise CrashError
        return call()
