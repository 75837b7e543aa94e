"""The way of an image from the push to where it runs, and why parts of it are not known. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from longshore.domain.chat import Commit
from longshore.domain.executions import ActionRun, ExecutionTrigger, Timeline
from longshore.domain.origins import BuiltImage, Origin
from longshore.domain.pipelines import ExecutionRef, PipelineRef
from longshore.domain.places import Home
from longshore.domain.pushes import PushLink, PushRecord, linked_execution
from longshore_cli.origin.sightings import SeenImage, TaskContainer
from longshore_cli.pipelines.executions import Trigger

PAGE = "docs/pipelines.md#from-an-image-back-to-the-push"


class Word(StrEnum):
    """Whose word it is which commit an image was built from."""

    BUILD = "build"
    DEPLOYMENT = "deployment"
    PUSH = "push"
    LABELS = "labels"


@dataclass(frozen=True, slots=True)
class Way:
    """What leads on from an image towards its push, and by whose word."""

    origin: Origin
    word: Word
    build: str = ""

    @property
    def links(self) -> Sequence[str]:
        """Under which names a push may be known to have started it; a build is the nearer one."""
        origin = self.origin
        execution = ""
        if origin.pipeline and origin.execution:
            execution = linked_execution(origin.pipeline, origin.execution)
        return [each for each in (self.build, execution) if each]

    def execution(self, home: Home) -> ExecutionRef | None:
        """Return the execution, None where none is named, or none that there can be."""
        if not self.origin.pipeline or not self.origin.execution:
            return None
        try:
            return ExecutionRef(PipelineRef(home, self.origin.pipeline), self.origin.execution)
        except ValueError:  # an action's parameters may name anything
            return None


def way_of(image: SeenImage, built: BuiltImage | None) -> Way | None:
    """Return what leads on: the build that names the digest, else who asked for a deployment.

    A build that no pipeline started has its commit from the push that did.
    """
    if built is not None:
        word = Word.BUILD if built.origin.pipeline else Word.PUSH
        return Way(built.origin, word, built.build)
    told = image.told
    return None if told is None else Way(told[1], Word.DEPLOYMENT)


@dataclass(frozen=True, slots=True)
class ToldCommit:
    """The commit that an image was built from, by somebody's word."""

    id: str
    word: Word
    summary: str | None = None
    url: str | None = None
    author: str | None = None
    repository: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """All that was found of an image's way; `labels` says why its labels name no commit."""

    image: SeenImage
    built: BuiltImage | None = None
    timeline: Timeline | None = None
    link: PushLink | None = None
    push: PushRecord | None = None
    labelled: Commit | None = None
    labels: str = ""

    @property
    def way(self) -> Way | None:
        """What leads on from the image."""
        return way_of(self.image, self.built)

    @property
    def known(self) -> bool:
        """Whether anything at all is known here of the image."""
        seen = self.image.came or self.image.live_in or self.image.aliases
        return bool(seen or self.built or self.labelled)

    @property
    def build_run(self) -> ActionRun | None:
        """The build as the timeline of its execution has it."""
        if self.built is None or self.timeline is None:
            return None
        runs = (run for run in self.timeline.runs if run.external_id == self.built.build)
        return next(runs, None)

    @property
    def commit(self) -> ToldCommit | None:
        """The commit, by the nearest word there is."""
        way = self.way
        if way is not None and way.origin.commit:
            return self._of_way(way, way.origin.commit)
        if self.link is not None:
            return ToldCommit(self.link.commit, Word.PUSH, repository=self.link.repository.name)
        if self.labelled is not None:
            return ToldCommit(self.labelled.revision, Word.LABELS, url=self.labelled.url)
        return None

    def _of_way(self, way: Way, commit: str) -> ToldCommit:
        kept = self.timeline
        title = kept.commit if kept and kept.commit and kept.commit.id == commit else None
        source = self.built.repository if self.built else None
        return ToldCommit(
            commit,
            way.word,
            summary=title.summary if title else None,
            url=way.origin.url,
            author=way.origin.author or (kept.author if kept else None),
            repository=source or (kept.repository if kept else None),
        )

    # ── why something is not known ────────────────────────────────────────────────────────────

    @property
    def why_no_deployment(self) -> str | None:
        """Why no deployment is named."""
        if self.image.came:
            return None
        if not self.image.looked:
            return "no stage runs it, ran it lately, or refuses it"
        stages = ", ".join(map(str, self.image.looked))
        return (
            f"none of the newest deployments of {stages} brought it: it was adopted, or came before"
        )

    @property
    def why_no_build(self) -> str | None:
        """Why no build is named."""
        if self.built is not None:
            return None
        return (
            "no build named this digest: those do that export IMAGE_DIGEST, in a pipeline that "
            f"longshore.yaml names under `pipelines`, or started by a push under `git`; {PAGE}"
        )

    @property
    def why_no_commit(self) -> str | None:
        """Why no commit is named."""
        return None if self.commit else f"neither a build nor a deployment says it; {self.labels}"

    @property
    def why_no_push(self) -> str | None:
        """Why no push is named."""
        if self.link is not None:
            return None
        way = self.way
        if way is None or not way.links:
            return "what built it is not known, so neither is the push that started that"
        kept = self.timeline.trigger if self.timeline else None
        trigger = f" (trigger: {trigger_text(kept, way.origin)})" if way.origin.trigger else ""
        return f"Longshore's webhook is not known to have started {way.links[-1]}{trigger}"

    @property
    def next_step(self) -> str | None:
        """What shows more."""
        way = self.way
        if way is None or not way.origin.pipeline or not way.origin.execution:
            return None
        return f"longshore pipelines show {way.origin.pipeline} --execution {way.origin.execution}"


@dataclass(frozen=True, slots=True)
class Found:
    """What came of the question; `others` are containers of whose images nothing is known."""

    heading: str
    trails: Sequence[Trail]
    others: Sequence[TaskContainer] = ()


def next_steps(found: Found) -> Sequence[str]:
    """Return what shows more, each once."""
    steps = (trail.next_step for trail in found.trails)
    return list(dict.fromkeys(step for step in steps if step))


def trigger_text(kept: ExecutionTrigger | None, origin: Origin) -> str:
    """Say what started an execution; without who did, in CodePipeline's own word."""
    if kept is None or not kept.detail:
        return origin.trigger or "unknown"
    return Trigger(kept.kind, kept.detail).text
