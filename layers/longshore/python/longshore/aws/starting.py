"""Pipelines and builds are started, on CodePipeline and CodeBuild.

Both know a start again by its token: the same one asked for twice within minutes is one.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from longshore.aws.clients import Clients
from longshore.aws.gate import Gate

if TYPE_CHECKING:
    from mypy_boto3_codepipeline.type_defs import StartPipelineExecutionInputTypeDef


class AwsStarter:
    """Starts what a push is for, in the account and region of the installation."""

    def __init__(self, gate: Gate, clients: Clients) -> None:
        """Call through `gate`."""
        self._gate = gate
        self._clients = clients

    def start_pipeline(
        self, name: str, source: str, commit: str, token: str, variables: Mapping[str, str]
    ) -> str:
        """Start a pipeline at a commit and return the execution's id."""
        request: StartPipelineExecutionInputTypeDef = {
            "name": name,
            "clientRequestToken": token,
            "sourceRevisions": [
                {"actionName": source, "revisionType": "COMMIT_ID", "revisionValue": commit}
            ],
        }
        if variables:
            request["variables"] = [{"name": key, "value": each} for key, each in variables.items()]
        reply = self._gate.call(self._clients.codepipeline.start_pipeline_execution, **request)
        return str(reply["pipelineExecutionId"])

    def start_build(
        self, project: str, commit: str, token: str, environment: Mapping[str, str]
    ) -> str:
        """Start a build at a commit and return its id, `project:uuid`."""
        reply = self._gate.call(
            self._clients.codebuild.start_build,
            projectName=project,
            sourceVersion=commit,
            idempotencyToken=token,
            environmentVariablesOverride=[
                {"name": key, "value": value, "type": "PLAINTEXT"}
                for key, value in environment.items()
            ],
        )
        return str(reply["build"]["id"])
