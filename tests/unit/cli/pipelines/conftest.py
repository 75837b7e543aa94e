"""CodePipeline and CodeBuild for the command: a server that speaks as much of them as it asks.

Botocore checks what is sent and reads what is answered, both by AWS's own model.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore import xform_name
from typer.testing import Result

from tests.unit.cli.conftest import Heard, HttpServer, Reply, run

NOW = 1_800_000_000.0
"""When what is told here happened, in seconds since 1970: a moment in 2027."""
COMMIT = "0123456789abcdef0123456789abcdef01234567"
BUILD = "checkout-image:5f1c0f3e"
LOG = "https://console.aws.amazon.com/cloudwatch/home#logsV2:log-groups/group/build"
ANA = "arn:aws:sts::123456789012:assumed-role/Developer/ana"


class Refusal(Exception):
    """What AWS says instead of an answer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Engines:
    """Pipelines with their executions, newest first; what was changed is written down."""

    executions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    actions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    builds: dict[str, dict[str, Any]] = field(default_factory=dict)
    refusal: Refusal | None = None
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    page: int = 100

    def answer(self, heard: Heard) -> Reply:
        """Answer a request as AWS does."""
        target = heard.headers["X-Amz-Target"].rpartition(".")[2]
        self.asked.append((target, heard.body))
        self.agents.append(heard.headers["User-Agent"])
        try:
            method: Callable[[Mapping[str, Any]], Mapping[str, Any]] = getattr(
                self, f"_{xform_name(target)}"
            )
            return 200, method(heard.body)
        except Refusal as refused:
            return 400, {"__type": refused.code, "message": str(refused)}

    def called(self, operation: str) -> list[Mapping[str, Any]]:
        """What was sent to an operation."""
        return [body for name, body in self.asked if name == operation]

    def _list_pipelines(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        names = [{"name": name, "version": 1} for name in self.executions]
        return self._paged(asked, "pipelines", names)

    def _list_pipeline_executions(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        found = self._of(asked["pipelineName"])
        return self._paged(asked, "pipelineExecutionSummaries", found)

    def _list_action_executions(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self._of(asked["pipelineName"])
        found = self.actions.get(asked["filter"]["pipelineExecutionId"], [])
        return self._paged(asked, "actionExecutionDetails", found)

    def _batch_get_builds(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"builds": [self.builds[id_] for id_ in asked["ids"] if id_ in self.builds]}

    def _retry_stage_execution(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._change(asked)

    def _stop_pipeline_execution(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._change(asked)

    def _change(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.refusal is not None:
            raise self.refusal
        return {"pipelineExecutionId": asked["pipelineExecutionId"]}

    def _of(self, pipeline: str) -> list[dict[str, Any]]:
        if pipeline not in self.executions:
            raise Refusal("PipelineNotFoundException", f"{pipeline} does not exist")
        return self.executions[pipeline]

    def _paged(
        self, asked: Mapping[str, Any], items: str, found: list[dict[str, Any]]
    ) -> Mapping[str, Any]:
        start = int(asked.get("nextToken", 0))
        end = start + self.page
        more = {"nextToken": str(end)} if end < len(found) else {}
        return {items: found[start:end], **more}

    # ── what happened ─────────────────────────────────────────────────────────────────────────

    def ran(self, pipeline: str, id_: str, status: str, **more: object) -> None:
        """Let an execution be the newest of a pipeline."""
        execution = {
            "pipelineExecutionId": id_,
            "status": status,
            "startTime": NOW,
            "lastUpdateTime": NOW + 250,
            "sourceRevisions": [
                {"actionName": "Source", "revisionId": COMMIT, "revisionSummary": "fix prices"}
            ],
            "trigger": {"triggerType": "WebhookV2"},
        }
        self.executions.setdefault(pipeline, []).insert(0, execution | more)

    def acted(self, id_: str, path: str, status: str, **more: Any) -> None:  # noqa: ANN401  # parts of several kinds
        """Let an action of an execution have come to this, ten seconds after the one before."""
        stage, _, name = path.partition("/")
        provider, category = more.pop("provider", "CodeBuild"), more.pop("category", "Build")
        kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
        actions = self.actions.setdefault(id_, [])
        began = more.pop("began", NOW + 10 * len(actions))
        output = {
            "executionResult": more.pop("result", {}),
            "outputVariables": more.pop("variables", {}),
        }
        detail = {
            "pipelineExecutionId": id_,
            "actionExecutionId": f"{id_}-{len(actions)}",
            "stageName": stage,
            "actionName": name,
            "status": status,
            "startTime": began,
            "lastUpdateTime": began + more.pop("took", 5),
            "input": {"actionTypeId": kind},
            "output": output,
        }
        actions.insert(0, detail)

    def checkout(self, build: str = "Succeeded", deploy: str = "") -> str:
        """Let a pipeline have run from a push to its build, and on to Longshore."""
        id_ = f"1b2c3d4e-0000-4000-8000-{len(self.executions.get('checkout', ())):012d}"
        ended = deploy or build
        self.ran("checkout", id_, ended)
        author = {"AuthorDisplayName": "Ana", "BranchName": "main", "CommitMessage": "fix prices"}
        self.acted(
            id_,
            "Source/Source",
            "Succeeded",
            provider="CodeStarSourceConnection",
            category="Source",
            variables=author,
        )
        self.acted(id_, "Build/Build", build, took=200, result={"externalExecutionId": BUILD})
        if deploy:
            self.acted(
                id_,
                "Deploy/Longshore",
                deploy,
                provider="Lambda",
                category="Invoke",
                result={"externalExecutionSummary": "checkout/prod: web did not come up: exit 1"},
            )
        self.builds[BUILD] = {
            "id": BUILD,
            "buildStatus": build.upper(),
            "logs": {"deepLink": LOG},
            "phases": [
                {"phaseType": "PRE_BUILD", "phaseStatus": "SUCCEEDED"},
                {
                    "phaseType": "BUILD",
                    "phaseStatus": build.upper(),
                    "contexts": [
                        {"statusCode": "COMMAND_EXECUTION_ERROR", "message": "exit status 1"}
                    ],
                },
                {"phaseType": "FINALIZING", "phaseStatus": "SUCCEEDED"},
            ],
        }
        return id_


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engines]:
    made = Engines()
    server = HttpServer(made.answer)
    for service in ("CODEPIPELINE", "CODEBUILD"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", server.url)
    yield made
    server.close()


def pipelines(*arguments: object) -> Result:
    """Run `longshore pipelines` as a person does."""
    return run("pipelines", *arguments)
