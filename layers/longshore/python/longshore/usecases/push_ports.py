"""What receiving pushes, and starting what they are for, needs of the world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from longshore.domain.pushes import GitRepository, Provider, Push, PushLink, PushRecord
from longshore.domain.triggers import PushTrigger
from longshore.events.git.signatures import Keys
from longshore.usecases.ports import Clock


class HostKeys(Protocol):
    """The secrets that hosts sign with."""

    def of(self, provider: Provider) -> Keys:
        """Return the keys of a host that are valid at present; raise NotPermitted."""
        ...

    def renew(self) -> bool:
        """Read them anew, unless that was done a moment ago; tell whether it was done now."""
        ...


class PushFollowers(Protocol):
    """Who starts something for pushes to a repository."""

    def are_there(self, repository: GitRepository) -> bool:
        """Tell whether any application may have something to start."""
        ...

    def triggers(self, repository: GitRepository) -> Sequence[PushTrigger]:
        """Return what stands in the configurations in force."""
        ...


class PushRecords(Protocol):
    """What became of each push, by the hash of the body that told of it."""

    def put_new(self, record: PushRecord) -> PushRecord | None:
        """Keep a record where there is none yet; return the one that is there, None without."""
        ...

    def read(self, name: str) -> PushRecord | None:
        """Return a record, read consistently."""
        ...

    def keep(self, record: PushRecord, link: PushLink | None = None) -> PushRecord:
        """Write a record over the version it was read with, and a link with it.

        Returns the record as it is kept; raises Conflict when it moved.
        """
        ...


class PushQueue(Protocol):
    """The way to who starts what pushes are for."""

    def put(self, name: str, push: Push) -> None:
        """Queue a push; the same one put twice within five minutes is one."""
        ...


class Starter(Protocol):
    """CodePipeline and CodeBuild. What is asked for twice with one token is started once."""

    def start_pipeline(
        self, name: str, source: str, commit: str, token: str, variables: Mapping[str, str]
    ) -> str:
        """Start a pipeline at a commit and return the execution's id.

        Raises:
            Throttled: it is busy, or gave no answer.
            NotPermitted, Refused: it cannot be started so, whatever the hour.
        """
        ...

    def start_build(
        self, project: str, commit: str, token: str, environment: Mapping[str, str]
    ) -> str:
        """Start a build at a commit and return its id, `project:uuid`; raise as above."""
        ...


@dataclass(frozen=True, slots=True)
class ReceivePorts:
    """What the webhook's use case needs."""

    keys: HostKeys
    followers: PushFollowers
    records: PushRecords
    queue: PushQueue
    clock: Clock


@dataclass(frozen=True, slots=True)
class StartPorts:
    """What starting for a push needs."""

    followers: PushFollowers
    records: PushRecords
    starter: Starter
    clock: Clock
