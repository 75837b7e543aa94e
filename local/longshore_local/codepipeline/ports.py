"""What CodePipeline asks of others: sources, builds, functions, the artifact bucket, topics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from longshore_local.codepipeline.declarations import ActionDeclaration
from longshore_local.worlds.surroundings import Event


class OutsideError(Exception):
    """Somebody whom an action needs did not do it; the action fails with this code and text."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Revision:
    """What a source action found: a commit, or a version of an object.

    `variables` are those that the provider gives its namespace.
    """

    id: str
    summary: str = ""
    url: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Location:
    """Where an artifact lies."""

    bucket: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """A build on behalf of an action."""

    project: str
    pipeline: str
    role: str
    revision: str
    source: Location
    output: Location | None
    environment: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BuildReport:
    """How a build ended; `failure` says why where it did not succeed."""

    status: str
    failure: str = ""
    exported: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArtifactCredentials:
    """Session credentials with which a job's worker may read and write its artifacts."""

    access_key_id: str
    secret_access_key: str
    session_token: str


class Sources(Protocol):
    """Repositories and buckets that source actions look at."""

    def find(self, action: ActionDeclaration, wanted: str | None) -> Revision:
        """Return a revision, the newest unless one is wanted; raise OutsideError without it."""
        ...

    def fetch(self, action: ActionDeclaration, revision: Revision) -> bytes:
        """Return a revision's files as a zip archive; raise OutsideError when that fails."""
        ...


class Builds(Protocol):
    """CodeBuild."""

    def start(self, request: BuildRequest) -> str:
        """Begin a build and return its id; raise OutsideError when that is refused."""
        ...

    def look(self, build: str) -> BuildReport | None:
        """Return how a build ended, None while it runs."""
        ...

    def stop(self, build: str) -> None:
        """End a build whose action was abandoned."""
        ...


class Functions(Protocol):
    """Lambda."""

    def invoke(self, role: str, function: str, event: Event) -> None:
        """Invoke asynchronously as a role; raise OutsideError where that is not possible."""
        ...


class Artifacts(Protocol):
    """The artifact bucket."""

    def put(self, role: str, location: Location, content: bytes) -> None:
        """Store an artifact as a role; raise OutsideError when that is refused."""
        ...

    def credentials(self, role: str) -> ArtifactCredentials:
        """Return credentials for a job of a pipeline with this role."""
        ...


class Topics(Protocol):
    """SNS, which approval actions tell."""

    def publish(self, role: str, topic: str, subject: str, message: str) -> None:
        """Publish as a role; raise OutsideError when that is refused."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """Everybody whom actions need, asked in the name of the pipeline's role where there is one.

    They must answer at once: nothing here waits.
    """

    sources: Sources
    builds: Builds
    functions: Functions
    artifacts: Artifacts
    topics: Topics
