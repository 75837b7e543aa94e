"""Pipelines in memory: the ledger's part of them, CodePipeline, CodeBuild, and the queues."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from longshore.aws.items import CONFIRM_WITHIN
from longshore.domain.builds import AnyLook, BuildLook, SeenBuild
from longshore.domain.errors import Conflict, LongshoreError
from longshore.domain.executions import (
    ActionRun,
    ActionState,
    BuildOutcome,
    Builds,
    ExecutionSnapshot,
    ExecutionState,
    ExecutionTrigger,
    Look,
    PipelineRecord,
    SeenExecution,
    SourceRevision,
)
from longshore.domain.origins import BuiltImage
from longshore.domain.pipelines import ExecutionRef, PipelineRef, PipelineSpec
from longshore.domain.pushes import PushLink, linked_execution
from longshore.usecases.watch_ports import BuildChanges, TimelineChanges, WatchPorts
from tests.support.builders import HOME, make_configuration
from tests.support.fakes import (
    NOON,
    FakeClock,
    InMemoryDirectory,
    LedgerState,
    OutboxEntry,
    kept,
)

PIPELINE = PipelineRef(HOME, "checkout")
EXECUTION = ExecutionRef(PIPELINE, "faca57ab-55ee-454c-a1c7-8fc4658c8035")
COMMIT = SourceRevision("Source", "f4d05743bf2b", "Show the total", "https://git.example/f4d0")


def make_run(
    number: int = 1,
    place: str = "Build/Image",
    state: ActionState = ActionState.IN_PROGRESS,
    *,
    minute: int = 0,
    provider: str = "CodeBuild",
) -> ActionRun:
    """Return a run that began some minutes after noon; an ended one took a minute."""
    stage, _, name = place.partition("/")
    begun = NOON + timedelta(minutes=minute)
    over = state is not ActionState.IN_PROGRESS
    return ActionRun(
        id=f"run-{number}",
        stage=stage,
        name=name,
        state=state,
        started_at=begun,
        ended_at=begun + timedelta(minutes=1) if over else None,
        category={"Manual": "Approval", "GitHub": "Source"}.get(provider, "Build"),
        provider=provider,
        external_id=f"checkout:{number}" if provider == "CodeBuild" else None,
    )


def make_seen(
    state: ExecutionState = ExecutionState.IN_PROGRESS,
    *runs: ActionRun,
    execution: ExecutionRef = EXECUTION,
) -> SeenExecution:
    """Return an execution as CodePipeline shows it."""
    return SeenExecution(
        execution=execution,
        state=state,
        runs=runs,
        trigger=ExecutionTrigger("WebhookV2", "arn:of:connection"),
        revisions=(COMMIT,),
        author="Ada",
        repository="acme/checkout",
    )


class InMemoryTimelines:
    """The timelines, with the adapter's conditions."""

    def __init__(self, state: LedgerState) -> None:
        self.state = state
        self.pipelines: dict[PipelineRef, PipelineRecord] = {}
        self.pushes: dict[str, PushLink] = {}
        self.images: dict[str, BuiltImage] = {}
        self.commits: list[TimelineChanges] = []

    def read(self, execution: ExecutionRef) -> ExecutionSnapshot:
        pipeline = self.pipelines.get(execution.pipeline, PipelineRecord(execution.pipeline))
        name = linked_execution(execution.pipeline.name, execution.id)
        return ExecutionSnapshot(
            pipeline, self.state.timelines.get(execution), self.pushes.get(name)
        )

    def commit(self, changes: TimelineChanges) -> None:
        timeline, pipeline = changes.timeline, changes.pipeline
        known = self.read(timeline.execution)
        if (known.timeline.version if known.timeline else 0) != timeline.version:
            raise Conflict("the timeline moved")
        if pipeline is not None and known.pipeline.version != pipeline.version:
            raise Conflict("the pipeline moved")
        moved = replace(timeline, version=timeline.version + 1)
        self.state.timelines[timeline.execution] = kept(moved)
        if pipeline is not None:
            moved_pipeline = replace(pipeline, version=pipeline.version + 1)
            self.pipelines[pipeline.pipeline] = kept(moved_pipeline)
        for told in changes.announcements:
            entry = OutboxEntry(kept(told), told.at + CONFIRM_WITHIN)
            self.state.outbox[told.subject, told.sequence] = entry
        for image in changes.images:
            self.images.setdefault(image.digest, kept(image))
        self.commits.append(changes)

    def silence(self, execution: ExecutionRef) -> None:
        if execution in self.state.timelines:
            silent = replace(self.state.timelines[execution], due_at=None)
            self.state.timelines[execution] = silent


class InMemoryPushedBuilds:
    """Builds that pushes started, with the adapter's condition."""

    def __init__(self, state: LedgerState) -> None:
        self.state = state
        self.links: dict[str, PushLink] = {}
        self.images: dict[str, BuiltImage] = {}
        self.failure: LongshoreError | None = None

    def push_of(self, build: str) -> PushLink | None:
        return self.links.get(build)

    def commit(self, changes: BuildChanges) -> bool:
        if self.failure is not None:
            raise self.failure
        if any(
            (told.subject, told.sequence) in self.state.outbox for told in changes.announcements
        ):
            return False
        for told in changes.announcements:
            entry = OutboxEntry(kept(told), told.at + CONFIRM_WITHIN)
            self.state.outbox[told.subject, told.sequence] = entry
        if changes.image is not None:
            self.images.setdefault(changes.image.digest, kept(changes.image))
        return True


class FakePipelines:
    """CodePipeline: executions as a test puts them there."""

    def __init__(self) -> None:
        self.executions: dict[ExecutionRef, SeenExecution] = {}
        self.failure: LongshoreError | None = None
        self.reads = 0
        self.before: Callable[[], None] = lambda: None

    def show(self, seen: SeenExecution) -> None:
        """Show an execution from now on."""
        self.executions[seen.execution] = seen

    def execution(self, execution: ExecutionRef) -> SeenExecution | None:
        self.reads += 1
        self.before()
        if self.failure is not None:
            raise self.failure
        return self.executions.get(execution)

    def execution_of_build(self, pipeline: PipelineRef, build: str) -> ExecutionRef | None:
        for execution, seen in self.executions.items():
            if execution.pipeline == pipeline and build in {r.external_id for r in seen.runs}:
                return execution
        return None


class FakeBuilds:
    """CodeBuild: what builds ended with."""

    def __init__(self) -> None:
        self.outcome: dict[str, BuildOutcome] = {}
        self.shown: dict[str, SeenBuild] = {}
        self.failure: LongshoreError | None = None
        self.asked: list[str] = []

    def outcomes(self, builds: Sequence[str]) -> Builds:
        if self.failure is not None:
            raise self.failure
        self.asked += builds
        return {build: self.outcome.get(build, BuildOutcome()) for build in builds}

    def build(self, build: str) -> SeenBuild | None:
        if self.failure is not None:
            raise self.failure
        return self.shown.get(build)


class InMemoryLooks:
    """Looks that were sent, with their delays or the message that caused them."""

    def __init__(self) -> None:
        self.sent: list[tuple[Look, timedelta]] = []
        self.queued: list[tuple[Look, str]] = []
        self.builds: list[tuple[BuildLook, timedelta | str]] = []

    def send(self, looks: Sequence[AnyLook], *, delay: timedelta = timedelta()) -> None:
        self.sent.extend((look, delay) for look in looks if isinstance(look, Look))
        self.builds.extend((look, delay) for look in looks if isinstance(look, BuildLook))

    def look(self, looks: Sequence[AnyLook], message_id: str) -> None:
        self.queued.extend((look, message_id) for look in looks if isinstance(look, Look))
        self.builds.extend((look, message_id) for look in looks if isinstance(look, BuildLook))

    def take(self) -> list[Look]:
        """Return the looks that were sent, and forget them."""
        taken = [look for look, _ in self.sent]
        self.sent.clear()
        return taken


@dataclass
class Watchtower:
    """A watch over pipelines with everything around it; the application names one pipeline."""

    state: LedgerState = field(default_factory=LedgerState)
    pipelines: FakePipelines = field(default_factory=FakePipelines)
    builds: FakeBuilds = field(default_factory=FakeBuilds)
    looks: InMemoryLooks = field(default_factory=InMemoryLooks)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.timelines = InMemoryTimelines(self.state)
        self.pushed = InMemoryPushedBuilds(self.state)
        specs = (PipelineSpec(PIPELINE),)
        self.state.install(replace(make_configuration(), pipelines=specs))

    @property
    def ports(self) -> WatchPorts:
        return WatchPorts(
            InMemoryDirectory(self.state),
            self.pipelines,
            self.builds,
            self.timelines,
            self.pushed,
            self.looks,
            self.clock,
        )
