"""The acts in which a Git push becomes running containers, by way of a pipeline."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import dedent

from longshore_local.demo.code import BRANCH, FULL_NAME, Clone, tag_of
from longshore_local.demo.pushing import REPOSITORY
from longshore_local.demo.report import Said
from longshore_local.demo.scene import PIPELINE, STAGE, Scene, await_that
from longshore_local.deploy.pipelines import deploy_pipeline
from longshore_local.errors import LocalCloudError
from longshore_local.settings import HOME

CONTAINER = "web"
UNUSED_ID = "00000000-0000-0000-0000-000000000000"
CONNECTION = f"arn:aws:codeconnections:{HOME.region}:{HOME.account}:connection/{UNUSED_ID}"
GIT = f"""
git:
  - {{github: {FULL_NAME}, tags: ["v*"], pipeline: {PIPELINE}}}
pipelines: [{PIPELINE}]
"""
BUILT_WITHIN = 120.0
"""Seconds for an execution: with a Docker engine the image is really built."""
ENDED = frozenset({"Succeeded", "Failed", "Stopped", "Superseded"})
BUILT, UNBUILT = "1.4.0", "1.5.0"
NEEDED = "prepare.awk"
"""A file without which the image cannot be built."""


class PipelineStory:
    """Plays the acts one after the other, in the clone that the first one makes."""

    def __init__(self) -> None:
        self._clone: Clone | None = None

    def create_pipeline(self, scene: Scene) -> Said:
        """Deploy stacks/pipeline.yaml, and let pushes start the pipeline."""
        self._clone = Clone.begin(scene.aws)
        path = scene.aws.settings.root / "stacks/pipeline.yaml"
        made = deploy_pipeline(scene.aws.cloud, HOME, path, _parameters(scene))
        _await_execution(scene, 1)
        with (scene.command.folder / "longshore.yaml").open("a") as file:
            file.write(GIT)
        applied = scene.command.must("apply", "--yes")
        lines = ["$ cat >> longshore.yaml", *GIT.strip().splitlines()]
        lines += ["$ longshore apply", *dedent(applied).rstrip().splitlines()]
        differences = [str(each) for each in made.adaptations]
        said = f"stacks/pipeline.yaml is a stack; {FULL_NAME} is empty yet, and tells of pushes"
        return Said(said, lines, differences)

    def ship(self, scene: Scene) -> Said:
        """Push the shop's code: it is built, deployed, and can be traced back."""
        lines = self._push("A shop that knows its prices", BUILT)
        execution = _await_execution(scene, 2)
        lines += _shown(scene)
        if execution != "Succeeded":
            raise LocalCloudError("\n".join(["the pipeline did not succeed", *lines]))
        scene.must_run(scene.digest_of(REPOSITORY, BUILT))
        answer = scene.answer()
        lines += [f"over HTTP {answer} answers now"] if answer else []
        return Said(f"from a Git push to running containers of {BUILT}", lines)

    def fail(self, scene: Scene) -> Said:
        """Push what cannot be built: nothing is deployed, and it is told why."""
        before = scene.running_digest()
        self._clone_of_act.folder.joinpath(NEEDED).unlink()
        lines = self._push("Tidy up", UNBUILT)
        execution = _await_execution(scene, 3)
        lines += _shown(scene)
        if execution != "Failed":
            raise LocalCloudError("\n".join(["the pipeline did not fail", *lines]))
        scene.must_run(before)
        return Said(f"the build failed; {STAGE} runs what it ran", lines)

    @property
    def _clone_of_act(self) -> Clone:
        if self._clone is None:
            raise LocalCloudError("there is no clone yet")
        return self._clone

    def _push(self, message: str, version: str) -> list[str]:
        self._clone_of_act.commit(message, version)
        said = self._clone_of_act.push(version)
        return [
            f"$ git push origin {BRANCH} {tag_of(version)}",
            *(f"remote: {line}" for line in said),
        ]


def _parameters(scene: Scene) -> Mapping[str, str]:
    """Return what the stack is told: no trigger of its own, for Longshore's webhook starts it."""
    return {
        "PipelineName": PIPELINE,
        "RepositoryId": FULL_NAME,
        "ConnectionArn": CONNECTION,
        "TriggerBranches": "",
        "BuildArguments": "VERSION REVISION",
        "ContainerNames": CONTAINER,
        "ImageRepositoryName": REPOSITORY,
        "DeployStage": STAGE,
        "DeployFunctionName": scene.aws.stack.outputs["PipelineJobFunctionName"],
    }


def _await_execution(scene: Scene, number: int) -> str:
    """Wait until so many executions ended; return how the newest did."""
    pipelines = scene.aws.cloud.codepipeline

    def statuses() -> Sequence[str]:
        listed = pipelines.list_pipeline_executions(pipelineName=PIPELINE)
        found = [one.get("status", "") for one in listed["pipelineExecutionSummaries"]]
        return found if all(one in ENDED for one in found) else []

    await_that(
        lambda: len(statuses()) == number,
        f"execution {number} of the pipeline {PIPELINE} did not end",
        BUILT_WITHIN,
    )
    return statuses()[0]


def _shown(scene: Scene) -> Iterator[str]:
    yield f"$ longshore pipelines show {PIPELINE}"
    yield from scene.command.must("pipelines", "show", PIPELINE, "--limit", "1").splitlines()
