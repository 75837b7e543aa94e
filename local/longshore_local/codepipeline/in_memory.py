"""Everybody whom pipelines need, in memory: for tests and for the simulation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from longshore_local.codepipeline.declarations import ActionDeclaration
from longshore_local.codepipeline.ports import (
    ArtifactCredentials,
    BuildReport,
    BuildRequest,
    Location,
    Outside,
    OutsideError,
    Revision,
)
from longshore_local.worlds.surroundings import Event


@dataclass(slots=True)
class ListedSources:
    """Revisions by source action, oldest first; the newest one is the head."""

    revisions: dict[str, list[Revision]] = field(default_factory=dict)
    content: bytes = b"a zip archive"

    def find(self, action: ActionDeclaration, wanted: str | None) -> Revision:
        """Return the wanted revision, or the head."""
        listed = self.revisions.get(action.name, [])
        found = [one for one in listed if wanted in {None, one.id}]
        if not found:
            raise OutsideError("RevisionUnavailable", f"There is no revision {wanted or 'at all'}")
        return found[-1]

    def fetch(self, _action: ActionDeclaration, _revision: Revision) -> bytes:
        """Return the same files for every revision."""
        return self.content


@dataclass(slots=True)
class ScriptedBuilds:
    """Builds that end as they are told to, in the order in which they began."""

    reports: dict[str, BuildReport] = field(default_factory=dict)
    requests: list[BuildRequest] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    refusal: OutsideError | None = None

    def start(self, request: BuildRequest) -> str:
        """Begin a build."""
        if self.refusal is not None:
            raise self.refusal
        self.requests.append(request)
        return f"{request.project}:{len(self.requests)}"

    def look(self, build: str) -> BuildReport | None:
        """Return how a build ended."""
        return self.reports.get(build)

    def stop(self, build: str) -> None:
        """Keep that a build was stopped."""
        self.stopped.append(build)


@dataclass(slots=True)
class RecordedInvocations:
    """Functions that are invoked; those in `missing` do not exist."""

    invoked: list[tuple[str, Event]] = field(default_factory=list)
    missing: frozenset[str] = frozenset()
    hear: Callable[[str, Event], None] | None = None

    def invoke(self, _role: str, function: str, event: Event) -> None:
        """Keep the event, and let somebody hear of it."""
        if function in self.missing:
            raise OutsideError("ConfigurationError", f"The function {function} does not exist")
        self.invoked.append((function, event))
        if self.hear is not None:
            self.hear(function, event)


@dataclass(slots=True)
class RememberedArtifacts:
    """An artifact bucket."""

    stored: dict[Location, bytes] = field(default_factory=dict)

    def put(self, _role: str, location: Location, content: bytes) -> None:
        """Store an artifact."""
        self.stored[location] = content

    def credentials(self, _role: str) -> ArtifactCredentials:
        """Return credentials that open nothing."""
        return ArtifactCredentials("ASIAEXAMPLE", "secret", "session")


@dataclass(slots=True)
class RememberedMessages:
    """Topics."""

    published: list[Mapping[str, str]] = field(default_factory=list)

    def publish(self, _role: str, topic: str, subject: str, message: str) -> None:
        """Keep a message."""
        self.published.append({"topic": topic, "subject": subject, "message": message})


@dataclass(slots=True)
class InMemory:
    """All of them."""

    sources: ListedSources = field(default_factory=ListedSources)
    builds: ScriptedBuilds = field(default_factory=ScriptedBuilds)
    functions: RecordedInvocations = field(default_factory=RecordedInvocations)
    artifacts: RememberedArtifacts = field(default_factory=RememberedArtifacts)
    topics: RememberedMessages = field(default_factory=RememberedMessages)

    def outside(self) -> Outside:
        """Return them as a world takes them."""
        return Outside(self.sources, self.builds, self.functions, self.artifacts, self.topics)
