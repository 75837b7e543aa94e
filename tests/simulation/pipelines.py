"""CodePipeline and CodeBuild beside an installation: Longshore answers the deploy action.

Both are the stand-ins of the embedded AWS. A commit stands for the images that were
built from it; the executions run side by side, so that an older one can come after a newer one.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha1
from typing import Any, Protocol

from longshore_local.awsjson.errors import ApiError
from longshore_local.codebuild import BuildWorld
from longshore_local.codepipeline.declarations import ActionDeclaration
from longshore_local.codepipeline.in_memory import InMemory, RecordedInvocations
from longshore_local.codepipeline.ports import Location, Outside, Revision
from longshore_local.codepipeline.world import PipelineWorld
from tests.simulation.cloud.api import Output, Params
from tests.simulation.kernel import Kernel
from tests.support.builders import HOME

PIPELINE = "deploys"
FUNCTION = "PipelineJob"
TRIES_AFTER = (timedelta(minutes=1), timedelta(minutes=2))
"""After what Lambda tries an asynchronous invocation again that failed."""


class Invoke(Protocol):
    """Runs a function with an event, and tells what it answered."""

    def __call__(self, name: str, event: Mapping[str, Any], then: Any) -> None:
        """Run `name`; None is answered where it died or failed."""
        ...


@dataclass(frozen=True, slots=True)
class Commit:
    """What was built from a commit: images by the name of their container."""

    id: str
    images: tuple[tuple[str, str], ...]

    @property
    def digests(self) -> frozenset[tuple[str, str]]:
        """The images as (repository, digest)."""
        pairs = (uri.rpartition("/")[2].partition("@") for _, uri in self.images)
        return frozenset((repository, digest) for repository, _, digest in pairs)

    @property
    def archive(self) -> bytes:
        """The files of its build."""
        definitions = [{"name": name, "imageUri": uri} for name, uri in self.images]
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as packed:
            packed.writestr("imagedefinitions.json", json.dumps(definitions))
        return buffer.getvalue()


@dataclass(slots=True)
class Commits:
    """The source of the pipeline."""

    known: dict[str, Commit] = field(default_factory=dict)

    def make(self, images: Sequence[tuple[str, str]]) -> Commit:
        """Return the commit that these images were built from."""
        id_ = sha1(repr(images).encode(), usedforsecurity=False).hexdigest()
        return self.known.setdefault(id_, Commit(id_, tuple(images)))

    def add(self, id_: str) -> None:
        """Know a commit that no image was built from yet."""
        self.known.setdefault(id_, Commit(id_, ()))

    def find(self, _: ActionDeclaration, wanted: str | None) -> Revision:
        """Return a commit as the source action finds it."""
        return Revision(wanted or next(iter(self.known)))

    def fetch(self, _: ActionDeclaration, revision: Revision) -> bytes:
        """Return a commit's files."""
        return self.known[revision.id].archive


@dataclass(slots=True)
class Bucket:
    """S3, as far as a job reads it."""

    stored: Mapping[Location, bytes]

    def call(self, operation: str, parameters: Params) -> Output:
        """Answer GetObject."""
        place = Location(str(parameters["Bucket"]), str(parameters["Key"]))
        if operation != "GetObject" or place not in self.stored:
            raise ApiError("NoSuchKey", "The specified key does not exist.")
        return {"Body": io.BytesIO(self.stored[place])}


class Pipelines:
    """The pipeline of a world, and what Lambda makes of its jobs."""

    def __init__(self, kernel: Kernel) -> None:
        self.commits = Commits()
        self.invoke: Invoke | None = None
        self.twice: Callable[[], bool] = bool
        self.died: dict[str, int] = {}
        self._kernel = kernel
        self._settles_at: datetime | None = None
        self._is_there = False
        memory = InMemory(functions=RecordedInvocations(hear=self._hear))
        self.bucket = Bucket(memory.artifacts.stored)
        outside = Outside(
            self.commits, memory.builds, memory.functions, memory.artifacts, memory.topics
        )
        self.world = PipelineWorld(clock=kernel.clock, outside=outside, home=HOME, validated=False)
        self.builds = BuildWorld(clock=kernel.clock, home=HOME, validated=False)

    # ── what people do ──────────────────────────────────────────────────────────────────────

    def start(self, stage: str, images: Sequence[tuple[str, str]]) -> None:
        """Start an execution that brings images to a stage.

        The pipeline is created with the first; CodePipeline starts one by itself then, which names
        no stage.
        """
        commit = self.commits.make(images)
        if not self._is_there:
            self._is_there = True
            self.create(_DECLARATION)
        override = {"actionName": "Source", "revisionType": "COMMIT_ID"}
        request = {
            "name": PIPELINE,
            "sourceRevisions": [override | {"revisionValue": commit.id}],
            "variables": [{"name": "stage", "value": stage}],
        }
        self._call("StartPipelineExecution", request)

    def create(self, declaration: Mapping[str, object]) -> None:
        """Create a pipeline."""
        self._call("CreatePipeline", {"pipeline": declaration})

    def retry(self) -> None:
        """Retry the stage of every execution that failed."""
        for execution in self.executions():
            request = {
                "pipelineName": PIPELINE,
                "stageName": "Deploy",
                "pipelineExecutionId": execution["pipelineExecutionId"],
                "retryMode": "FAILED_ACTIONS",
            }
            if execution["status"] == "Failed":
                with suppress(ApiError):
                    self._call("RetryStageExecution", request)

    # ── windows ─────────────────────────────────────────────────────────────────────────────

    def executions(self, pipeline: str = PIPELINE) -> list[Mapping[str, Any]]:
        """Return every execution of a pipeline."""
        if pipeline == PIPELINE and not self._is_there:
            return []
        reply: Any = self.world.call("ListPipelineExecutions", {"pipelineName": pipeline})
        found: list[Mapping[str, Any]] = reply["pipelineExecutionSummaries"]
        return found

    def builds_of(self, project: str) -> list[Mapping[str, Any]]:
        """Return every build of a project."""
        listed: Any = self.builds.call("ListBuildsForProject", {"projectName": project})
        if "ids" not in listed:
            return []
        reply: Any = self.builds.call("BatchGetBuilds", {"ids": listed["ids"]})
        found: list[Mapping[str, Any]] = reply["builds"]
        return found

    def actions(self) -> Iterator[Mapping[str, Any]]:
        """Yield every run of the deploy action."""
        if not self._is_there:
            return
        reply: Any = self.world.call("ListActionExecutions", {"pipelineName": PIPELINE})
        yield from (
            each for each in reply["actionExecutionDetails"] if each["stageName"] == "Deploy"
        )

    @property
    def is_idle(self) -> bool:
        """Whether no execution is under way."""
        return all(each["status"] != "InProgress" for each in self.executions())

    def asked(self, job: str) -> tuple[str, Commit]:
        """Return the execution of a job, and the commit that it brings."""
        reply: Any = self.world.call("GetJobDetails", {"jobId": job})
        execution = reply["jobDetails"]["data"]["pipelineContext"]["pipelineExecutionId"]
        request = {"pipelineName": PIPELINE, "pipelineExecutionId": execution}
        found: Any = self.world.call("GetPipelineExecution", request)
        revision = found["pipelineExecution"]["artifactRevisions"][0]["revisionId"]
        return execution, self.commits.known[revision]

    # ── how it moves ────────────────────────────────────────────────────────────────────────

    def settle_later(self) -> None:
        """See to it that what CodePipeline does by itself happens in its time."""
        due = self.world.next_due
        if due is not None and (self._settles_at is None or due < self._settles_at):
            self._settles_at = due
            self._kernel.at(due, partial(self._settle, due))

    def _settle(self, planned: datetime) -> None:
        if self._settles_at == planned:
            self._settles_at = None
            self.world.settle()
            self.settle_later()

    def _call(self, operation: str, request: Mapping[str, object]) -> None:
        self.world.call(operation, request)
        self.settle_later()

    def _hear(self, _: str, event: Mapping[str, Any]) -> None:
        """Invoke the function with a job, now and then twice."""
        told = partial(self._try, event, TRIES_AFTER)
        self._kernel.at(self._kernel.now, told)
        if self.twice():
            self._kernel.at(self._kernel.now, told)

    def _try(self, event: Mapping[str, Any], again: Sequence[timedelta]) -> None:
        """Invoke the function; Lambda tries again what failed."""
        assert self.invoke is not None

        def answered(answer: object) -> None:
            self.settle_later()
            if answer is None:
                job = event["CodePipeline.job"]["id"]
                self.died[job] = self.died.get(job, 0) + 1
                for pause in again[:1]:
                    self._kernel.after(pause, partial(self._try, event, again[1:]))

        self.invoke(FUNCTION, event, answered)


def _kind(category: str, provider: str) -> Mapping[str, str]:
    return {"category": category, "owner": "AWS", "provider": provider, "version": "1"}


_DECLARATION: Mapping[str, object] = {
    "name": PIPELINE,
    "pipelineType": "V2",
    "executionMode": "PARALLEL",
    "roleArn": f"arn:aws:iam::{HOME.account}:role/pipeline",
    "artifactStore": {"type": "S3", "location": "artifacts"},
    "variables": [{"name": "stage", "defaultValue": "none"}],
    "stages": [
        {
            "name": "Source",
            "actions": [
                {
                    "name": "Source",
                    "actionTypeId": _kind("Source", "CodeStarSourceConnection"),
                    "configuration": {
                        "ConnectionArn": "arn:aws:codeconnections:x:1:connection/1",
                        "FullRepositoryId": "acme/shop",
                        "BranchName": "main",
                    },
                    "outputArtifacts": [{"name": "Built"}],
                }
            ],
        },
        {
            "name": "Deploy",
            "actions": [
                {
                    "name": "Deploy",
                    "actionTypeId": _kind("Invoke", "Lambda"),
                    "configuration": {
                        "FunctionName": "longshore-pipeline-job",
                        "UserParameters": '{"stage": "#{variables.stage}"}',
                    },
                    "inputArtifacts": [{"name": "Built"}],
                }
            ],
        },
    ],
}
