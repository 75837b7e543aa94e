"""The ports in memory, as strict as the adapters: tests/integration holds both to one suite."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from longshore.aws.codec import decode, encode
from longshore.aws.directory import wait_for_confirmation
from longshore.aws.items import CONFIRM_WITHIN, seconds
from longshore.aws.transitions import after, in_order, next_version
from longshore.decide.pacing import Bucket, Empty, Taken, lacking, take, worth_waiting
from longshore.domain.configuration import Configuration, Follower, StageSpec
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.errors import Conflict, LongshoreError, Paced, Refused
from longshore.domain.executions import PipelineRecord, Timeline
from longshore.domain.intents import Intent
from longshore.domain.origins import BuiltImage
from longshore.domain.outcomes import Announcement, EventOutcome, Outcome
from longshore.domain.pipelines import ExecutionRef, PipelineFollower, PipelineRef
from longshore.domain.places import Home, RepositoryRef, ServiceRef, StageId
from longshore.domain.projects import ProjectId
from longshore.domain.pushes import PushLink, PushRecord, Startable
from longshore.domain.rates import ApiClass
from longshore.domain.releases import RegistryImage
from longshore.domain.stages import StageRecord, StageSnapshot, TargetRecord
from longshore.domain.stop_switch import EVERYTHING, NEVER_TURNED, Freeze, StopSwitch
from longshore.domain.wakeups import Wakeup
from longshore.usecases.ports import Changes, Token

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONGEST_DELAY = timedelta(minutes=15)

R = TypeVar(
    "R",
    StageRecord,
    TargetRecord,
    DeploymentRecord,
    Intent,
    Announcement,
    Configuration,
    StopSwitch,
    Timeline,
    PipelineRecord,
    BuiltImage,
    PushRecord,
    PushLink,
)


def kept(record: R) -> R:
    """Return a record as it comes back from the ledger; what cannot be kept fails here."""
    return decode(encode(record), type(record))


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOON, left: timedelta = timedelta(minutes=1)) -> None:
        self.moment = now
        self.left = left

    def now(self) -> datetime:
        return self.moment

    def time_left(self) -> timedelta:
        return self.left

    def advance(self, step: timedelta) -> None:
        self.moment += step


@dataclass
class OutboxEntry:
    """An announcement with what the outbox knows of its delivery."""

    announcement: Announcement
    due_at: datetime | None
    attempts: int = 0


@dataclass
class LedgerState:
    """What the ledger's table holds; shared by the fakes that read and write it.

    `name` tells the table from a backup of it.
    """

    name: str = "ledger/1"
    configurations: dict[tuple[str, int], Configuration] = field(default_factory=dict)
    pointers: dict[str, int] = field(default_factory=dict)
    stages: dict[StageId, StageRecord] = field(default_factory=dict)
    targets: dict[tuple[StageId, ServiceRef], TargetRecord] = field(default_factory=dict)
    deployments: dict[tuple[StageId, int], DeploymentRecord] = field(default_factory=dict)
    intents: dict[tuple[StageId, str], Intent] = field(default_factory=dict)
    outcomes: dict[tuple[str, StageId], EventOutcome] = field(default_factory=dict)
    outbox: dict[tuple[str, int], OutboxEntry] = field(default_factory=dict)
    revisions: dict[tuple[Home, str, str], str] = field(default_factory=dict)
    links: dict[tuple[Home, str], StageId] = field(default_factory=dict)
    buckets: dict[tuple[Home, ApiClass], Bucket] = field(default_factory=dict)
    lines: dict[tuple[Home, ApiClass], datetime] = field(default_factory=dict)
    switch: StopSwitch = NEVER_TURNED
    timelines: dict[ExecutionRef, Timeline] = field(default_factory=dict)

    def turn(
        self,
        *,
        on: bool,
        reason: str = "because",
        scope: str = EVERYTHING,
        until: datetime | None = None,
    ) -> None:
        """Turn the stop switch, as the control function does."""
        freeze = Freeze(on, "arn:of:somebody", reason, NOON, scope, until)
        self.switch = replace(self.switch.turned(freeze), version=self.switch.version + 1)

    def install(self, configuration: Configuration) -> None:
        """Put a configuration in force, as `apply` does."""
        key = (configuration.application, configuration.number)
        self.configurations[key] = kept(configuration)
        self.pointers[configuration.application] = configuration.number

    def wish(self, intent: Intent) -> None:
        """Keep what a person wants until a reconcile consumes it."""
        self.intents[intent.stage, intent.id] = kept(intent)

    def in_force(self, application: str) -> Configuration | None:
        """Return an application's configuration in force."""
        number = self.pointers.get(application)
        return None if number is None else self.configurations[application, number]

    def specs(self) -> Iterable[StageSpec]:
        """Return every stage of every configuration in force."""
        for application, number in self.pointers.items():
            yield from self.configurations[application, number].stages

    def announcements(self) -> Sequence[Announcement]:
        """Return every announcement in the order in which they were written."""
        return [entry.announcement for entry in self.outbox.values()]


class InMemoryStageLedger:
    """A stage's part of the ledger, with the adapter's conflicts."""

    def __init__(self, state: LedgerState | None = None) -> None:
        self.state = state or LedgerState()
        self.commits: list[Changes] = []
        self._done: list[tuple[StageRecord, Changes, StageSnapshot]] = []

    def read_stage(self, stage: StageId) -> StageSnapshot | None:
        state = self.state
        configuration = state.in_force(stage.application)
        spec = None if configuration is None else configuration.stage(stage)
        if configuration is None or spec is None:
            return None
        record = state.stages.get(stage, StageRecord(stage))
        return StageSnapshot(
            stage=record,
            spec=spec,
            config=configuration.number,
            deploy_wanted=configuration.deploy,
            applied_by=configuration.applied_by,
            applied_at=configuration.applied_at,
            targets=in_order(tuple(t for (of, _), t in state.targets.items() if of == stage)),
            deployment=(
                None if record.current is None else state.deployments.get((stage, record.current))
            ),
            intents=self._intents(stage),
            ledger=state.name,
            applied_in=configuration.ledger,
            since=configuration.stage_since(stage),
            switch=state.switch,
        )

    def commit(self, snapshot: StageSnapshot, changes: Changes) -> StageSnapshot:
        for read, made, result in self._done:  # the token of a write that is sent again
            if (read, made) == (snapshot.stage, changes):
                return result
        self._check(snapshot, changes)
        if changes.token is not None:
            self._take(changes.token)
        self._write(snapshot, changes)
        self._keep(changes)
        self.record_outcomes(changes.outcomes)
        self.commits.append(changes)
        result = after(snapshot, changes)
        self._done.append((snapshot.stage, changes, result))
        return result

    def record_outcomes(self, outcomes: Sequence[EventOutcome]) -> None:
        for outcome in outcomes:
            self.state.outcomes.setdefault((outcome.event, outcome.stage), outcome)

    def end_wishes(self, stage: StageId, reason: str, at: datetime) -> None:
        for intent in self._intents(stage):
            self.state.intents.pop((stage, intent.id))
            ended = EventOutcome(intent.id, stage, Outcome.REJECTED, reason, at)
            self.record_outcomes([ended])

    def silence(self, stage: StageId) -> None:
        if stage in self.state.stages:
            self.state.stages[stage] = replace(self.state.stages[stage], due_at=None)

    def known_revision(self, home: Home, family: str, fingerprint: str) -> str | None:
        return self.state.revisions.get((home, family, fingerprint))

    def newest_deployment(self, stage: StageId) -> DeploymentRecord | None:
        numbers = [number for of, number in self.state.deployments if of == stage]
        return self.state.deployments[stage, max(numbers)] if numbers else None

    def newest_announcement(self, subject: str) -> int:
        return max((number for of, number in self.state.outbox if of == subject), default=0)

    def expect_tokens(self, token: Token, tokens: int, *, waited: bool) -> None:
        key = (token.home, token.calls)
        wait = lacking(self.state.buckets.get(key, Bucket()), tokens, token.rate, token.at)
        if wait is None and not waited and self.state.lines.get(key, token.at) > token.at:
            wait = timedelta()
        if wait is not None:
            raise Paced("the bucket lacks tokens", wait, token.rate, token.calls)

    def stand_in_line(self, token: Token, first: datetime, tokens: int) -> datetime:
        key, before = (token.home, token.calls), self.state.lines
        begins = max(before.get(key, first), first)
        before[key] = begins + worth_waiting(tokens, token.rate) * token.rate.interval
        return before[key] - token.rate.interval

    def _take(self, token: Token) -> None:
        key = (token.home, token.calls)
        match take(self.state.buckets.get(key, Bucket()), token.rate, token.at):
            case Taken(full_at):
                self.state.buckets[key] = Bucket(full_at)
            case Empty(wait, reason):
                raise Paced(reason, wait, token.rate, token.calls)

    def _intents(self, stage: StageId) -> tuple[Intent, ...]:
        mine = [intent for (of, _), intent in self.state.intents.items() if of == stage]
        return tuple(sorted(mine, key=lambda intent: (intent.at, intent.id)))

    def _check(self, snapshot: StageSnapshot, changes: Changes) -> None:
        state, stage = self.state, snapshot.stage.id
        self._same(state.stages.get(stage), changes.stage or snapshot.stage)
        for record in (changes.deployment, changes.finished):
            if record is not None:
                self._same(state.deployments.get((stage, record.number)), record)
        for target in changes.targets:
            self._same(state.targets.get((stage, target.service)), target)
        if changes.unfrozen and state.switch.version != snapshot.switch.version:
            raise Conflict("the stop switch was turned since it was read")
        for told in changes.announcements:
            if (told.subject, told.sequence) in state.outbox:
                message = f"{told.id} is in the outbox already"
                raise Conflict(message)

    @staticmethod
    def _same(
        found: StageRecord | TargetRecord | DeploymentRecord | None,
        expected: StageRecord | TargetRecord | DeploymentRecord,
    ) -> None:
        version = 0 if found is None else found.version
        if version != expected.version:
            message = f"the ledger holds version {version} of what was read as {expected.version}"
            raise Conflict(message)

    def _write(self, snapshot: StageSnapshot, changes: Changes) -> None:
        state, stage = self.state, changes.stage or snapshot.stage
        state.stages[stage.id] = kept(next_version(stage))
        for record in (changes.deployment, changes.finished):
            if record is not None:
                state.deployments[record.stage, record.number] = kept(next_version(record))
        for target in changes.targets:
            state.targets[target.stage, target.service] = kept(next_version(target))

    def _keep(self, changes: Changes) -> None:
        state = self.state
        for told in changes.announcements:
            entry = OutboxEntry(kept(told), told.at + CONFIRM_WITHIN)
            state.outbox[told.subject, told.sequence] = entry
        for intent in changes.consumed:
            state.intents.pop((intent.stage, intent.id), None)
        for known in changes.revisions:
            state.revisions[known.home, known.family, known.fingerprint] = known.revision
        for link in changes.links:
            state.links[link.home, link.ecs_deployment_id] = link.stage


class InMemoryDirectory:
    """The lookups, computed from the configurations in force."""

    def __init__(self, state: LedgerState) -> None:
        self.state = state

    def followers(self, repository: RepositoryRef) -> Sequence[Follower]:
        found = (
            Follower(spec.id, tuple(i for i in spec.images if i.repository == repository))
            for spec in self.state.specs()
        )
        return sorted((f for f in found if f.images), key=lambda follower: follower.stage)

    def served_by(self, pipeline: PipelineRef) -> Sequence[PipelineFollower]:
        return [
            PipelineFollower(application, spec.limit)
            for application, number in sorted(self.state.pointers.items())
            for spec in self.state.configurations[application, number].pipelines
            if spec.pipeline == pipeline
        ]

    def started_for_pushes(self, project: str) -> Sequence[ProjectId]:
        return sorted(
            {
                ProjectId(application, project)
                for application, number in self.state.pointers.items()
                for trigger in self.state.configurations[application, number].git
                if (trigger.starts, trigger.name) == (Startable.BUILD, project)
            }
        )

    def stage_of_service(self, service: ServiceRef) -> StageId | None:
        def owned(spec: StageSpec) -> bool:
            return any(target.service == service for target in spec.targets)

        return next((spec.id for spec in self.state.specs() if owned(spec)), None)

    def stage_of_ecs_deployment(self, home: Home, ecs_deployment_id: str) -> StageId | None:
        return self.state.links.get((home, ecs_deployment_id))

    def all_stages(self) -> Sequence[StageId]:
        return sorted(spec.id for spec in self.state.specs())

    def due_stages(self, now: datetime) -> Sequence[StageId]:
        stages = self.state.stages.values()
        return sorted(stage.id for stage in stages if _due(stage.due_at, now))

    def due_executions(self, now: datetime) -> Sequence[ExecutionRef]:
        timelines = self.state.timelines.values()
        return sorted(each.execution for each in timelines if _due(each.due_at, now))

    def resend_overdue_announcements(self, now: datetime) -> int:
        overdue = [entry for entry in self.state.outbox.values() if _due(entry.due_at, now)]
        for entry in overdue:
            entry.attempts += 1
            entry.due_at = now + wait_for_confirmation(entry.attempts)
        return len(overdue)


def _due(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and seconds(due_at) <= now.timestamp()


class InMemoryRegistry:
    """A registry: tags name digests, a tag pushed again moves, the digest stays."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.images: dict[RepositoryRef, dict[str, RegistryImage]] = {}
        self.failure: LongshoreError | None = None
        self.reads: list[str] = []

    def push(
        self,
        repository: RepositoryRef,
        digest: str,
        *tags: str,
        pushed_at: datetime | None = None,
        media_type: str | None = None,
    ) -> RegistryImage:
        """Push a digest under tags; a digest that is known keeps its push time, as in ECR."""
        images = self.images.setdefault(repository, {})
        for tag in tags:
            self.delete_tag(repository, tag)
        fresh = RegistryImage(digest, (), pushed_at or self.clock.now(), media_type)
        known = images.get(digest, fresh)
        images[digest] = replace(known, tags=(*known.tags, *tags))
        return images[digest]

    def delete_tag(self, repository: RepositoryRef, tag: str) -> None:
        """Take a tag from the digest that has it."""
        images = self.images.setdefault(repository, {})
        for digest, image in images.items():
            images[digest] = replace(image, tags=tuple(t for t in image.tags if t != tag))

    def image_by_tag(self, repository: RepositoryRef, tag: str) -> RegistryImage | None:
        images = self._read(f"{repository.name}:{tag}", repository).values()
        return next((image for image in images if tag in image.tags), None)

    def image_by_digest(self, repository: RepositoryRef, digest: str) -> RegistryImage | None:
        return self._read(f"{repository.name}@{digest}", repository).get(digest)

    def tagged_images(self, repository: RepositoryRef) -> Sequence[RegistryImage]:
        images = self._read(repository.name, repository).values()
        return [image for image in images if image.tags]

    def _read(self, what: str, repository: RepositoryRef) -> dict[str, RegistryImage]:
        self.reads.append(what)
        if self.failure is not None:
            raise self.failure
        if repository not in self.images:
            message = f"the repository {repository} does not exist"
            raise Refused(message, "RepositoryNotFoundException")
        return self.images[repository]


class InMemoryWakeups:
    """Wake-ups that were sent, with their delays."""

    def __init__(self) -> None:
        self.sent: list[tuple[Wakeup, timedelta]] = []
        self.sweeps = 0
        self.failure: Exception | None = None

    def send(self, wakeups: Sequence[Wakeup], *, delay: timedelta = timedelta()) -> None:
        if delay > LONGEST_DELAY:
            message = f"{delay} is longer than SQS delays a message"
            raise ValueError(message)
        self.sent.extend((wakeup, delay) for wakeup in wakeups)

    def sweep(self) -> None:
        if self.failure is not None:
            raise self.failure
        self.sweeps += 1

    def take(self) -> list[Wakeup]:
        """Return what was sent so far and forget it."""
        taken = [wakeup for wakeup, _ in self.sent]
        self.sent.clear()
        return taken
