"""Pushes: what a Git host says was changed in a repository, and what became of it.

Names are identities here, so they are kept letter by letter as the host gives them and are only
ever compared for equality.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self


class Provider(StrEnum):
    """Who hosts a repository."""

    GITHUB = "github"
    GITLAB = "gitlab"
    BITBUCKET = "bitbucket"


@dataclass(frozen=True, slots=True, order=True)
class GitRepository:
    """A repository by its full path at its host, such as `acme/checkout`."""

    provider: Provider
    name: str

    def __str__(self) -> str:
        """Return `provider:name`, the form of keys and message groups."""
        return f"{self.provider}:{self.name}"


class RefKind(StrEnum):
    """What a ref names."""

    BRANCH = "branch"
    TAG = "tag"

    @property
    def prefix(self) -> str:
        """How the full names of such refs begin."""
        return "refs/heads/" if self is RefKind.BRANCH else "refs/tags/"


@dataclass(frozen=True, slots=True)
class RefChange:
    """A branch or tag that points elsewhere than before.

    `before` is None where it is new, `after` where it is gone. `paths` are the files that changed,
    None where the host does not say all of them; `unknown` then says why.
    """

    kind: RefKind
    name: str
    before: str | None
    after: str | None
    paths: tuple[str, ...] | None = None
    unknown: str = ""

    @property
    def ref(self) -> str:
        """The whole name, as Git has it."""
        return f"{self.kind.prefix}{self.name}"


@dataclass(frozen=True, slots=True)
class Push:
    """What one delivery of a webhook tells: changes of refs, and the account that made them.

    `pusher` is the host's own name for an account, the one that nobody can choose for themselves;
    it is empty where the host names none.
    """

    repository: GitRepository
    refs: tuple[RefChange, ...]
    pusher: str = ""


@dataclass(frozen=True, slots=True)
class Ping:
    """A host tries whether its deliveries arrive."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A delivery that starts nothing, whoever sends it."""

    reason: str


Delivered = Push | Ping | Ignored


class Startable(StrEnum):
    """What a push can start."""

    PIPELINE = "pipeline"
    BUILD = "build"


@dataclass(frozen=True, slots=True)
class Started:
    """What a push started: `execution` is AWS's id, empty where AWS refused, for `reason`."""

    ref: str
    commit: str
    kind: Startable
    name: str
    execution: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PushRecord:
    """A push as the ledger keeps it, under the hash of the very bytes that told of it.

    It is `done` when everything that it starts was asked for; until then it may be sent again.
    """

    hash: str
    repository: GitRepository
    pusher: str
    received_at: datetime
    starts: tuple[Started, ...] = ()
    done: bool = False
    version: int = 0

    def start_of(self, ref: str, kind: Startable, name: str) -> Started | None:
        """Return what was started already, or refused, for a ref."""
        wanted = (ref, kind, name)
        return next((s for s in self.starts if (s.ref, s.kind, s.name) == wanted), None)

    def with_start(self, started: Started) -> Self:
        """Return the record with one more start in it."""
        return replace(self, starts=(*self.starts, started))


def linked_execution(pipeline: str, execution: str) -> str:
    """Return how a link names an execution; a build's id begins with its project already."""
    return f"{pipeline}:{execution}"


@dataclass(frozen=True, slots=True)
class PushLink:
    """From an execution, or a build, back to the push that started it."""

    execution: str
    kind: Startable
    name: str
    push: str
    repository: GitRepository
    ref: str
    commit: str
    pusher: str
    at: datetime
