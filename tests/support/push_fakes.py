"""What pushes are kept in and started by, in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from longshore.domain.errors import Conflict
from longshore.domain.pushes import (
    GitRepository,
    Provider,
    Push,
    PushLink,
    PushRecord,
    Startable,
)
from longshore.domain.triggers import PushTrigger
from longshore.events.git.messages import encode_push
from longshore.events.git.signatures import Keys
from longshore.usecases.push_ports import ReceivePorts, StartPorts
from tests.support.deliveries import KEYS
from tests.support.fakes import FakeClock, kept

SHOP = GitRepository(Provider.GITHUB, "acme/checkout")
ON_MAIN = PushTrigger(SHOP, Startable.PIPELINE, "checkout", branches=("main",))


@dataclass
class InMemoryKeys:
    """Keys, and those that are found when they are read anew."""

    keys: Mapping[Provider, Keys] = field(default_factory=lambda: KEYS)
    later: Mapping[Provider, Keys] | None = None
    renewed: int = 0

    def of(self, provider: Provider) -> Keys:
        return self.keys[provider]

    def renew(self) -> bool:
        self.renewed += 1
        if self.later is None:
            return False
        self.keys, self.later = self.later, None
        return True


@dataclass
class InMemoryFollowers:
    """The triggers of what is in force."""

    found: Sequence[PushTrigger] = (ON_MAIN,)
    all_known: bool = False

    def are_there(self, repository: GitRepository) -> bool:
        return self.all_known or bool(self.triggers(repository))

    def triggers(self, repository: GitRepository) -> Sequence[PushTrigger]:
        return [trigger for trigger in self.found if trigger.repository == repository]


@dataclass
class InMemoryRecords:
    """Records with the adapter's conditions."""

    records: dict[str, PushRecord] = field(default_factory=dict)
    links: list[PushLink] = field(default_factory=list)

    def put_new(self, record: PushRecord) -> PushRecord | None:
        known = self.records.get(record.hash)
        if known is None:
            self.records[record.hash] = kept(replace(record, version=1))
        return known

    def read(self, name: str) -> PushRecord | None:
        return self.records.get(name)

    def keep(self, record: PushRecord, link: PushLink | None = None) -> PushRecord:
        known = self.records.get(record.hash)
        if (known.version if known else 0) != record.version:
            raise Conflict("another writer was first")
        self.records[record.hash] = kept(replace(record, version=record.version + 1))
        self.links += [] if link is None else [kept(link)]
        return self.records[record.hash]


@dataclass
class InMemoryQueue:
    """What was queued and not yet taken."""

    messages: list[tuple[str, str]] = field(default_factory=list)
    failure: Exception | None = None

    def put(self, name: str, push: Push) -> None:
        if self.failure is not None:
            raise self.failure
        self.messages.append((name, encode_push(name, push)))

    def take(self) -> list[tuple[str, str]]:
        taken, self.messages = self.messages, []
        return taken


@dataclass
class InMemoryStarter:
    """Starts that AWS would make: one a token."""

    calls: list[tuple[str, str, str, Mapping[str, str]]] = field(default_factory=list)
    started: dict[str, str] = field(default_factory=dict)
    failing: Callable[[str], Exception | None] = lambda _: None

    def start_pipeline(
        self, name: str, source: str, commit: str, token: str, variables: Mapping[str, str]
    ) -> str:
        return self._start(f"{name}@{source}", commit, token, variables)

    def start_build(
        self, project: str, commit: str, token: str, environment: Mapping[str, str]
    ) -> str:
        return f"{project}:{self._start(project, commit, token, environment)}"

    def _start(self, what: str, commit: str, token: str, told: Mapping[str, str]) -> str:
        error = self.failing(what)
        if error is not None:
            raise error
        self.calls.append((what, commit, token, told))
        return self.started.setdefault(token, f"execution-{len(self.started) + 1}")


@dataclass
class PushWorld:
    """The webhook and the starter over one memory."""

    keys: InMemoryKeys = field(default_factory=InMemoryKeys)
    followers: InMemoryFollowers = field(default_factory=InMemoryFollowers)
    records: InMemoryRecords = field(default_factory=InMemoryRecords)
    queue: InMemoryQueue = field(default_factory=InMemoryQueue)
    starter: InMemoryStarter = field(default_factory=InMemoryStarter)
    clock: FakeClock = field(default_factory=FakeClock)

    @property
    def receiving(self) -> ReceivePorts:
        return ReceivePorts(self.keys, self.followers, self.records, self.queue, self.clock)

    @property
    def starting(self) -> StartPorts:
        return StartPorts(self.followers, self.records, self.starter, self.clock)
