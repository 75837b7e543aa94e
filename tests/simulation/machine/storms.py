"""What may happen to any one call of a port, and the ports that it happens to."""

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, TypeVar

from longshore.domain.errors import NotPermitted, Refused, Throttled, UnknownReply
from tests.support.harbour import WorkerDied

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")


class Squall(Enum):
    """What happens to one call; where it cannot, the call passes."""

    STALE = auto()
    """It shows what was there before the last change."""
    BUSY = auto()
    """AWS is busy, and nothing takes effect."""
    BUSY_LATE = auto()
    """The write takes effect; then AWS, or the network, gives up."""
    DENIED = auto()
    REFUSED = auto()
    LOST = auto()
    """No reply to a call that cannot be repeated, and no effect."""
    LOST_LATE = auto()
    DIES = auto()
    """The worker dies before the call."""
    DIES_LATE = auto()
    RIVAL = auto()
    """Another worker looks at the stage first, and goes all the way."""

    @property
    def late(self) -> bool:
        """Whether the call takes effect before it fails."""
        return self in {Squall.BUSY_LATE, Squall.LOST_LATE, Squall.DIES_LATE}


class Kind(Enum):
    """Which calls can fail in which ways."""

    LOOK = auto()
    READ = auto()
    """Of the ledger: consistent, and permitted."""
    WRITE = auto()
    """That may be done again."""
    ECS_WRITE = auto()


_ANYWHERE: Mapping[Squall, Callable[[str], BaseException]] = {
    Squall.DIES: WorkerDied,
    Squall.BUSY: Throttled,
}
_REFUSALS: Mapping[Squall, Callable[[str], BaseException]] = {
    Squall.DENIED: NotPermitted,
    Squall.REFUSED: lambda text: Refused(text, "ClientException"),
}
_FAILURES: Mapping[Kind, Mapping[Squall, Callable[[str], BaseException]]] = {
    Kind.LOOK: {**_ANYWHERE, **_REFUSALS},
    Kind.READ: _ANYWHERE,
    Kind.WRITE: {**_ANYWHERE, Squall.BUSY_LATE: Throttled, Squall.DIES_LATE: WorkerDied},
    Kind.ECS_WRITE: {
        **_ANYWHERE,
        **_REFUSALS,
        Squall.LOST: UnknownReply,
        Squall.LOST_LATE: UnknownReply,
        Squall.DIES_LATE: WorkerDied,
    },
}

KINDS: Mapping[str, Kind] = {
    "read_stage": Kind.READ,
    "known_revision": Kind.READ,
    "newest_deployment": Kind.READ,
    "newest_announcement": Kind.READ,
    "commit": Kind.WRITE,
    "record_outcomes": Kind.WRITE,
    "silence": Kind.WRITE,
    "send": Kind.WRITE,
    "register": Kind.ECS_WRITE,
    "update_service": Kind.ECS_WRITE,
    "describe_services": Kind.LOOK,
    "describe_revision": Kind.LOOK,
    "find_registered": Kind.LOOK,
    "stopped_tasks": Kind.LOOK,
    "running_digests": Kind.LOOK,
    "image_by_tag": Kind.LOOK,
    "image_by_digest": Kind.LOOK,
    "tagged_images": Kind.LOOK,
}
"""Every method of a port that calls AWS."""


class Storm:
    """The squalls of one reconcile: which call, counted from 0 over all ports, meets which."""

    def __init__(self, rival: Callable[[], None]) -> None:
        self.squalls: dict[int, Squall] = {}
        self.met: set[tuple[str, Squall]] = set()
        self.stale = False
        self._calls = 0
        self._rival = rival

    @contextmanager
    def over(self, squalls: Mapping[int, Squall]) -> "Iterator[None]":
        """Blow over whatever is called within."""
        self.squalls, self._calls = dict(squalls), 0
        self.met.clear()
        try:
            yield
        finally:
            self.squalls = {}

    def through(self, name: str, perform: Callable[[], T]) -> T:
        """Let a call pass, or not."""
        squall = self.squalls.pop(self._calls, None)
        self._calls += 1
        if squall is None:
            return perform()
        if squall is Squall.RIVAL:
            self._rival()
            return perform()
        failure = _FAILURES[KINDS[name]].get(squall)
        if failure is None:
            return self._shown(squall, perform)
        self.met.add((name, squall))
        if squall.late:
            perform()
        raise failure(f"{name} met a squall")

    def _shown(self, squall: Squall, perform: Callable[[], T]) -> T:
        self.stale = squall is Squall.STALE
        try:
            return perform()
        finally:
            self.stale = False


class Stormy:
    """A port in the storm; it has the methods of the port behind it."""

    def __init__(self, inner: object, storm: Storm) -> None:
        self._inner = inner
        self._storm = storm

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in KINDS:
            return method
        return lambda *args, **more: self._storm.through(name, lambda: method(*args, **more))
