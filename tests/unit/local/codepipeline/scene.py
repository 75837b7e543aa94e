"""A pipeline with source, build, approval and deploy stages, a clock by hand, and all it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from longshore_local.codepipeline import BuildReport, InMemory, Pace, PipelineWorld, Revision
from longshore_local.worlds.surroundings import Event, Gate, open_gate

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
OLD, NEW = "a" * 40, "b" * 40
COMMITS = {"Source": [Revision(OLD, "older"), Revision(NEW, "newer", "https://git/b", {"C": NEW})]}
ROLE = "arn:aws:iam::000000000000:role/pipeline"
FUNCTION = "longshore-pipeline-job"


def kind(category: str, provider: str) -> Mapping[str, str]:
    return {"category": category, "owner": "AWS", "provider": provider, "version": "1"}


def source(**more: object) -> dict[str, object]:
    return {
        "name": "Source",
        "actionTypeId": kind("Source", "CodeStarSourceConnection"),
        "configuration": {
            "ConnectionArn": "arn:aws:codeconnections:eu-central-1:000000000000:connection/1",
            "FullRepositoryId": "acme/checkout",
            "BranchName": "main",
        },
        "outputArtifacts": [{"name": "SourceOutput"}],
        "namespace": "SourceVariables",
        **more,
    }


def build(**more: object) -> dict[str, object]:
    return {
        "name": "Build",
        "actionTypeId": kind("Build", "CodeBuild"),
        "configuration": {"ProjectName": "checkout"},
        "inputArtifacts": [{"name": "SourceOutput"}],
        "outputArtifacts": [{"name": "BuildOutput"}],
        "namespace": "BuildVariables",
        **more,
    }


def approval(**more: object) -> dict[str, object]:
    return {"name": "Approve", "actionTypeId": kind("Approval", "Manual"), **more}


def deploy(**more: object) -> dict[str, object]:
    return {
        "name": "Deploy",
        "actionTypeId": kind("Invoke", "Lambda"),
        "configuration": {"FunctionName": FUNCTION, "UserParameters": '{"stage":"checkout/prod"}'},
        "inputArtifacts": [{"name": "BuildOutput"}],
        "namespace": "DeployVariables",
        **more,
    }


def stage(name: str, *actions: Mapping[str, object]) -> Mapping[str, object]:
    return {"name": name, "actions": list(actions)}


def pipeline(*stages: Mapping[str, object], **more: object) -> dict[str, object]:
    return {
        "name": "checkout",
        "roleArn": ROLE,
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "pipelineType": "V2",
        "stages": list(stages) or [stage("Source", source()), stage("Deploy", deploy_source())],
        **more,
    }


def deploy_source(**more: object) -> dict[str, object]:
    """A deploy action that needs no build."""
    return deploy(inputArtifacts=[{"name": "SourceOutput"}], **more)


def whole_pipeline(**more: object) -> dict[str, object]:
    return pipeline(
        stage("Source", source()),
        stage("Build", build()),
        stage("Approve", approval()),
        stage("Deploy", deploy()),
        **more,
    )


@dataclass
class Scene:
    """A world, its clock, what it has emitted, and everybody it asks."""

    pace: Pace = field(default_factory=Pace)
    now: datetime = START
    gate: Gate = open_gate
    events: list[Event] = field(default_factory=list)
    others: InMemory = field(default_factory=InMemory)

    def __post_init__(self) -> None:
        self.others.sources.revisions.update(COMMITS)
        self.world = PipelineWorld(
            clock=lambda: self.now,
            outside=self.others.outside(),
            emit=self.events.append,
            pace=self.pace,
            gate=self.gate,
        )

    # Results are AWS documents: tests reach into them as a client would.
    def call(self, operation: str, **parameters: object) -> Any:  # noqa: ANN401 - see above
        return self.world.call(operation, parameters)

    def later(self, **time: float) -> None:
        """Let time pass, and everything in it happen."""
        self.now += timedelta(**time)
        self.world.settle()

    def create(self, document: Mapping[str, object] | None = None) -> str:
        """Create a pipeline; return the id of the execution that begins by itself."""
        self.call("CreatePipeline", pipeline=document or pipeline())
        listed = self.call("ListPipelineExecutions", pipelineName="checkout")
        return str(listed["pipelineExecutionSummaries"][0]["pipelineExecutionId"])

    def start(self, **more: object) -> str:
        started = self.call("StartPipelineExecution", name="checkout", **more)
        return str(started["pipelineExecutionId"])

    def execution(self, execution: str) -> Any:  # noqa: ANN401 - see call
        found = self.call(
            "GetPipelineExecution", pipelineName="checkout", pipelineExecutionId=execution
        )
        return found["pipelineExecution"]

    def status(self, execution: str) -> str:
        return str(self.execution(execution)["status"])

    def runs(self, execution: str) -> list[Any]:
        """What actions did in an execution, oldest first."""
        listed = self.call(
            "ListActionExecutions",
            pipelineName="checkout",
            filter={"pipelineExecutionId": execution},
        )
        return list(reversed(listed["actionExecutionDetails"]))

    def states(self) -> dict[str, Any]:
        """The stages by name."""
        found = self.call("GetPipelineState", name="checkout")
        return {one["stageName"]: one for one in found["stageStates"]}

    @property
    def last_detail(self) -> Any:  # noqa: ANN401 - see call
        """The detail of the newest event."""
        return self.events[-1]["detail"]

    @property
    def jobs(self) -> list[Any]:
        """Every job that the function was given."""
        return [event["CodePipeline.job"] for _, event in self.others.functions.invoked]

    @property
    def job(self) -> Any:  # noqa: ANN401 - see call
        """The newest job that the function was given."""
        return self.jobs[-1]

    def succeed(self, **more: object) -> None:
        """Answer the newest job, and let the pipeline go on."""
        self.call("PutJobSuccessResult", jobId=self.job["id"], **more)
        self.later(seconds=10)

    def fail(self, message: str = "no", failure: str = "JobFailed") -> None:
        """Answer the newest job with a failure, and let the pipeline go on."""
        details = {"type": failure, "message": message}
        self.call("PutJobFailureResult", jobId=self.job["id"], failureDetails=details)
        self.later(seconds=10)

    def built(
        self,
        status: str = "SUCCEEDED",
        failure: str = "",
        exported: Mapping[str, str] | None = None,
    ) -> None:
        """End the newest build, and let the pipeline go on."""
        number = len(self.others.builds.requests)
        report = BuildReport(status, failure, exported or {})
        self.others.builds.reports[f"checkout:{number}"] = report
        self.later(seconds=30)

    def told(self, what: str) -> list[str]:
        """The states that events of a kind told of: Pipeline, Stage or Action."""
        return [
            self._named(event)
            for event in self.events
            if event["detail-type"] == f"CodePipeline {what} Execution State Change"
        ]

    def _named(self, event: Event) -> str:
        detail: Any = event["detail"]
        parts = (detail.get("stage"), detail.get("action"), detail["state"])
        return " ".join(part for part in parts if part)
