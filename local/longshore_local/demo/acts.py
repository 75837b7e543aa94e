"""The acts of the story: what is done, and what must come of it."""

from collections.abc import Callable, Sequence
from textwrap import dedent, wrap

from longshore_local.demo.code import tag_of
from longshore_local.demo.pipeline_acts import BUILT, UNBUILT, PipelineStory
from longshore_local.demo.pushing import REPOSITORY
from longshore_local.demo.report import Said
from longshore_local.demo.scene import CHANNEL, CLUSTER, ROUTES, SERVICE, STAGE, TASKS, Scene
from longshore_local.errors import LocalCloudError

FIRST, SECOND, CRASHING, ALIAS, FOURTH = "1.0.0", "1.1.0", "1.2.0", "1.2.1", "1.3.0"

WIDTH = 94
"""Columns for sentences among the lines that show what happened."""

Act = Callable[[Scene], Said]


class Story:
    """Plays the acts one after the other; remembers what later acts compare with.

    `keep` says that everything stays running: then the channel has a page to look at.
    """

    def __init__(self, *, keep: bool = False) -> None:
        self._keep = keep
        self._digests: dict[str, str] = {}
        self._pipelines = PipelineStory()

    def acts(self) -> Sequence[tuple[str, Act]]:
        """Return the acts in order, each with its name."""
        return (
            ("service", self.create_service),
            ("adopt", self.adopt),
            (f"push {SECOND}", lambda scene: self.ship(scene, SECOND)),
            (f"push {CRASHING}", self.crash),
            (f"push {ALIAS}", self.alias),
            (f"push {FOURTH}", lambda scene: self.ship(scene, FOURTH)),
            ("pipeline", self._pipelines.create_pipeline),
            (f"push {tag_of(BUILT)}", self._pipelines.ship),
            (f"push {tag_of(UNBUILT)}", self._pipelines.fail),
            ("status", show_status),
            ("history", show_history),
            ("slack", self.show_channel),
        )

    def create_service(self, scene: Scene) -> Said:
        """Create a service that runs the first version, as if it had always been there."""
        scene.aws.cloud.ecr.create_repository(repositoryName=REPOSITORY)
        self._digests[FIRST] = scene.pushing.push(FIRST)
        scene.create_service(FIRST)
        answer = scene.answer()
        answers = f", and answers over HTTP as {answer}" if answer else ""
        return Said(f"{CLUSTER}/{SERVICE} runs {FIRST} in {TASKS} tasks{answers}")

    def adopt(self, scene: Scene) -> Said:
        """Write a longshore.yaml from the running service and put it in force."""
        wrote = scene.command.must("init", "--service", f"{CLUSTER}/{SERVICE}", "--yes")
        scene.route_to_slack()
        applied = scene.command.must("apply", "--yes")
        scene.told("StageAdopted")
        scene.must_run(self._digests[FIRST])
        lines = ["$ longshore init --service staging/checkout", *_lines(wrote)]
        lines += ["$ cat >> longshore.yaml", *ROUTES.strip().splitlines()]
        lines += ["$ longshore apply", *_lines(applied)]
        return Said(f"{STAGE} is looked after; what runs was adopted, nothing was deployed", lines)

    def ship(self, scene: Scene, version: str) -> Said:
        """Push a good version: it is rolled out and announced."""
        before = scene.answer()
        self._digests[version] = scene.pushing.push(version)
        notice = scene.told("DeploymentSucceeded", version)
        scene.must_run(self._digests[version])
        after = scene.answer()
        lines = [f"over HTTP {before} answered before, {after} answers now"] if after else []
        return Said(f"rolled out and announced: “{notice.subject}”", lines)

    def crash(self, scene: Scene) -> Said:
        """Push a version that crashes: it fails, is rolled back, and is vetoed."""
        self._digests[CRASHING] = scene.pushing.push(CRASHING, broken=True)
        notice = scene.told("DeploymentRolledBack", CRASHING)
        scene.must_run(self._digests[SECOND])
        vetoed = "vetoed" in scene.command.must("status", STAGE)
        if not vetoed:
            raise LocalCloudError(f"{CRASHING} failed, but `longshore status` shows no veto")
        lines = [
            part
            for line in notice.text.splitlines()
            if line.startswith("Cause")
            for part in wrap(line, WIDTH, subsequent_indent=" " * 12)
        ]
        after = scene.answer()
        lines += [f"over HTTP {after} answers again"] if after else []
        return Said(f"failed, was rolled back to {SECOND}, and is vetoed", lines)

    def alias(self, scene: Scene) -> Said:
        """Push the crashing image under another tag: nothing happens, and it says why."""
        before = scene.rollouts()
        scene.pushing.add_tag(self._digests[CRASHING], ALIAS)
        outcome = scene.outcome_of_push(ALIAS)
        if scene.rollouts() != before:
            raise LocalCloudError(f"{ALIAS} is the image that failed, and was rolled out again")
        return Said(f"nothing happened, {outcome['outcome']}: {outcome['reason']}")

    def show_channel(self, scene: Scene) -> Said:
        """Show what people read in Slack: it told of the failure once, and called nobody."""
        scene.await_channel(BUILT)
        loud = [each.text for each in scene.slack.top(CHANNEL) if each.broadcast]
        if len(loud) != 1 or CRASHING not in loud[0]:
            raise LocalCloudError(f"{CHANNEL} should tell aloud of {CRASHING} alone, told: {loud}")
        if scene.slack.mentions:
            raise LocalCloudError(f"{CHANNEL} called {scene.slack.mentions}")
        if self._keep:
            return Said(f"{CHANNEL} is at {scene.slack.page_url(CHANNEL)}")
        text = scene.slack.channel_text(CHANNEL, WIDTH)
        return Said(f"{CHANNEL}, as people read it", text.splitlines()[2:])


def show_status(scene: Scene) -> Said:
    """Show what runs, as `longshore status` does."""
    return Said("$ longshore status", _lines(scene.command.must("status")))


def show_history(scene: Scene) -> Said:
    """Show what happened, as `longshore history` does."""
    return Said(f"$ longshore history {STAGE}", _lines(scene.command.must("history", STAGE)))


def _lines(text: str) -> list[str]:
    return dedent(text).rstrip().splitlines()
