"""What the use cases need of the world. Adapters live in `longshore.aws`.

Every method may raise the errors of `longshore.domain.errors`; nothing else is expected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from longshore.domain.configuration import Follower
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.failures import StoppedTask
from longshore.domain.intents import Intent
from longshore.domain.observations import DescribedRevision, EcsService, TaskDefinition
from longshore.domain.outcomes import Announcement, EventOutcome
from longshore.domain.pipelines import ExecutionRef, PipelineFollower, PipelineRef
from longshore.domain.places import Home, RepositoryRef, ServiceRef, StageId
from longshore.domain.projects import ProjectId
from longshore.domain.rates import ApiClass, Rate
from longshore.domain.releases import RegistryImage
from longshore.domain.stages import StageRecord, StageSnapshot, TargetRecord
from longshore.domain.wakeups import Wakeup


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        ...

    def time_left(self) -> timedelta:
        """Return how long this invocation may still run."""
        ...


@dataclass(frozen=True, slots=True)
class KnownRevision:
    """A revision that Longshore registered, found again by the fingerprint of its content."""

    home: Home
    family: str
    fingerprint: str
    revision: str


@dataclass(frozen=True, slots=True)
class EcsDeploymentLink:
    """Which stage an ECS deployment belongs to, for events that name no cluster."""

    home: Home
    ecs_deployment_id: str
    stage: StageId


@dataclass(frozen=True, slots=True)
class Token:
    """The leave to make one call to ECS, asked of the bucket of its class at the moment `at`."""

    home: Home
    calls: ApiClass
    rate: Rate
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """One transition: everything here is written, or nothing is.

    Records are written on the condition that the ledger still holds the version they were read
    with. The stage is written with each of them, as it is where `stage` is None: its version is the
    generation that no ECS write may miss, and that no decision on older records may pass. Outcomes
    are kept where the pair has none yet, and never conflict.
    Where a token is asked for, it is taken with the rest or the rest is not written either.
    What is to be written `unfrozen` is written only while the stop switch is as it was read.
    """

    stage: StageRecord | None = None
    deployment: DeploymentRecord | None = None
    finished: DeploymentRecord | None = None
    targets: tuple[TargetRecord, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    outcomes: tuple[EventOutcome, ...] = ()
    consumed: tuple[Intent, ...] = ()
    revisions: tuple[KnownRevision, ...] = ()
    links: tuple[EcsDeploymentLink, ...] = ()
    token: Token | None = None
    unfrozen: bool = False


NOTHING_MORE = Changes()
"""A transition that nothing is to be written with."""


class StageLedger(Protocol):
    """A stage's part of the ledger."""

    def read_stage(self, stage: StageId) -> StageSnapshot | None:
        """Return the stage as it is, read consistently; None when no configuration has it."""
        ...

    def commit(self, snapshot: StageSnapshot, changes: Changes) -> StageSnapshot:
        """Write a transition and return the stage after it.

        Raises Conflict when the stage moved, or the stop switch did for what must be written
        unfrozen, and Paced when the token that is asked for is not there; either way nothing was
        written.
        """
        ...

    def expect_tokens(self, token: Token, tokens: int, *, waited: bool) -> None:
        """Raise Paced where it is known, without asking, that there are not so many tokens yet.

        Nor are there any for who has not `waited` where others still stand in line.
        """
        ...

    def stand_in_line(self, token: Token, first: datetime, tokens: int) -> datetime:
        """Take a place behind all who wait for such tokens.

        Returns when so many should be there, if the next one comes back at `first`.
        """
        ...

    def record_outcomes(self, outcomes: Sequence[EventOutcome]) -> None:
        """Keep each outcome whose (event, stage) pair has none yet."""
        ...

    def silence(self, stage: StageId) -> None:
        """Take a stage that no configuration has any more off the index of timers."""
        ...

    def end_wishes(self, stage: StageId, reason: str, at: datetime) -> None:
        """End what people still want of a stage that no configuration has any more."""
        ...

    def known_revision(self, home: Home, family: str, fingerprint: str) -> str | None:
        """Return the revision registered with this fingerprint, None when none is known."""
        ...

    def newest_deployment(self, stage: StageId) -> DeploymentRecord | None:
        """Return the deployment with the highest number, whatever the stage's record says."""
        ...

    def newest_announcement(self, subject: str) -> int:
        """Return the highest number of a subject's announcements, 0 where there is none."""
        ...


class Directory(Protocol):
    """The lookups that find the stages a fact concerns, each in one query."""

    def followers(self, repository: RepositoryRef) -> Sequence[Follower]:
        """Return the stages that choose images from a repository, and how."""
        ...

    def served_by(self, pipeline: PipelineRef) -> Sequence[PipelineFollower]:
        """Return the applications that a pipeline serves, and the limits that they set."""
        ...

    def started_for_pushes(self, project: str) -> Sequence[ProjectId]:
        """Return a build project as each application has it that starts it for pushes."""
        ...

    def stage_of_service(self, service: ServiceRef) -> StageId | None:
        """Return the one stage that owns a service."""
        ...

    def stage_of_ecs_deployment(self, home: Home, ecs_deployment_id: str) -> StageId | None:
        """Return the stage an ECS deployment belongs to, for the weeks this is remembered."""
        ...

    def all_stages(self) -> Sequence[StageId]:
        """Return every stage, for the sweep."""
        ...

    def due_stages(self, now: datetime) -> Sequence[StageId]:
        """Return the stages whose timer is due."""
        ...

    def due_executions(self, now: datetime) -> Sequence[ExecutionRef]:
        """Return the executions of pipelines that have taken too long."""
        ...

    def resend_overdue_announcements(self, now: datetime) -> int:
        """Put announcements that were never confirmed on their way again; return how many."""
        ...


class Registry(Protocol):
    """An image registry."""

    def image_by_tag(self, repository: RepositoryRef, tag: str) -> RegistryImage | None:
        """Return what a tag names now, None when the repository has no such tag."""
        ...

    def image_by_digest(self, repository: RepositoryRef, digest: str) -> RegistryImage | None:
        """Return the image of a digest with its tags, None when the repository has none."""
        ...

    def tagged_images(self, repository: RepositoryRef) -> Sequence[RegistryImage]:
        """Return every tagged image, complete: a page that fails raises and decides nothing."""
        ...


class Ecs(Protocol):
    """Amazon ECS."""

    def describe_services(self, services: Sequence[ServiceRef]) -> Mapping[ServiceRef, EcsService]:
        """Return the services that exist, up to ten a cluster in one call."""
        ...

    def describe_revision(self, home: Home, name: str) -> DescribedRevision:
        """Return a revision by ARN, `family:revision`, or a family's newest ACTIVE one."""
        ...

    def read_only_fields(self) -> frozenset[str]:
        """Return the fields of a described task definition that cannot be registered."""
        ...

    def register(self, home: Home, definition: TaskDefinition) -> str:
        """Register a definition (tags included) and return its ARN; never retried by itself."""
        ...

    def find_registered(self, home: Home, family: str, tag: tuple[str, str]) -> str | None:
        """Return a recent ACTIVE revision of a family that carries a tag."""
        ...

    def update_service(self, service: ServiceRef, revision: str) -> EcsService:
        """Bring a service to a revision and change nothing else; never retried by itself."""
        ...

    def stopped_tasks(self, service: ServiceRef, ecs_deployment_id: str) -> Sequence[StoppedTask]:
        """Return the tasks of an ECS deployment that stopped within the last hour, newest first."""
        ...

    def running_digests(self, service: ServiceRef, revision: str) -> Mapping[str, str]:
        """Return the digest that each container of a revision's running tasks was started from."""
        ...


class Wakeups(Protocol):
    """The way to a stage's next reconcile."""

    def send(self, wakeups: Sequence[Wakeup], *, delay: timedelta = timedelta()) -> None:
        """Wake stages, after a delay of at most 15 minutes."""
        ...
