"""A pipeline that only deploys: its source, then the deployed action, in its own role."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from longshore_local.demo.scene import await_that
from longshore_local.embedded import EmbeddedAws

ENDED = {"Succeeded", "Failed", "Stopped", "Superseded"}
SOURCE = "images.zip"
NO_CONNECTION = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class DeployPipeline:
    """The name is also that of its bucket and of its role.

    Its source is an object in that bucket, or else a repository of the Git host beside the cloud.
    """

    aws: EmbeddedAws
    name: str
    stage: str
    repository: str = ""

    def make(self) -> None:
        cloud = self.aws.cloud
        cloud.s3.create_bucket(
            Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        cloud.iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=json.dumps(_TRUST))
        cloud.iam.put_role_policy(
            RoleName=self.name, PolicyName="pipeline", PolicyDocument=json.dumps(self._policy())
        )
        cloud.codepipeline.create_pipeline(pipeline=self._declaration())
        (first,) = self.executions()
        self._await_end(first["pipelineExecutionId"])  # creation starts one: there is nothing yet

    def executions(self) -> list[Mapping[str, Any]]:
        """Return all executions, newest first."""
        found: Any = self.aws.cloud.codepipeline.list_pipeline_executions(pipelineName=self.name)
        return list(found["pipelineExecutionSummaries"])

    def run(self, files: Mapping[str, str]) -> Mapping[str, Any]:
        """Run the pipeline on files; return how the deploy action ended."""
        cloud = self.aws.cloud
        cloud.s3.put_object(Bucket=self.name, Key=SOURCE, Body=_packed(files))
        execution = cloud.codepipeline.start_pipeline_execution(name=self.name)
        return self.deployed_by(execution["pipelineExecutionId"])

    def deployed_by(self, id_: str) -> Mapping[str, Any]:
        """Wait for an execution's end; return how the deploy action ended."""
        self._await_end(id_)
        listed = self.aws.cloud.codepipeline.list_action_executions(
            pipelineName=self.name, filter={"pipelineExecutionId": id_}
        )["actionExecutionDetails"]
        (action,) = [each for each in listed if each.get("stageName") == "Deploy"]
        return action

    def _await_end(self, execution: str) -> None:
        await_that(
            lambda: self._status(execution) in ENDED,
            f"the execution {execution} of {self.name} did not end",
        )

    def _status(self, execution: str) -> str:
        found = self.aws.cloud.codepipeline.get_pipeline_execution(
            pipelineName=self.name, pipelineExecutionId=execution
        )
        return found["pipelineExecution"]["status"]

    def _policy(self) -> Mapping[str, object]:
        objects = {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": f"arn:aws:s3:::{self.name}/*",
        }
        invoke = {
            "Effect": "Allow",
            "Action": "lambda:InvokeFunction",
            "Resource": self.aws.stack.outputs["PipelineJobFunctionArn"],
        }
        return {"Version": "2012-10-17", "Statement": [objects, invoke]}

    def _declaration(self) -> Any:  # noqa: ANN401 - a declaration, as the API takes it
        deploy = _action(
            "Invoke",
            "Lambda",
            {
                "FunctionName": self.aws.stack.outputs["PipelineJobFunctionName"],
                "UserParameters": json.dumps({"stage": self.stage}),
            },
        )
        return {
            "name": self.name,
            "pipelineType": "V2",
            "roleArn": f"arn:aws:iam::{self.aws.cloud.account}:role/{self.name}",
            "artifactStore": {"type": "S3", "location": self.name},
            "stages": [
                {
                    "name": "Source",
                    "actions": [{**self._source(), "outputArtifacts": [{"name": "Images"}]}],
                },
                {"name": "Deploy", "actions": [{**deploy, "inputArtifacts": [{"name": "Images"}]}]},
            ],
        }

    def _source(self) -> dict[str, object]:
        if not self.repository:
            return _action("Source", "S3", {"S3Bucket": self.name, "S3ObjectKey": SOURCE})
        home = f"{self.aws.cloud.region}:{self.aws.cloud.account}"
        return _action(
            "Source",
            "CodeStarSourceConnection",
            {
                "ConnectionArn": f"arn:aws:codeconnections:{home}:connection/{NO_CONNECTION}",
                "FullRepositoryId": self.repository,
                "BranchName": "main",
                "DetectChanges": "false",
            },
        )


_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "codepipeline.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def _action(category: str, provider: str, configuration: Mapping[str, str]) -> dict[str, object]:
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": provider, "actionTypeId": kind, "configuration": dict(configuration)}


def _packed(files: Mapping[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()
