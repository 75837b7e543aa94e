"""Deploys the template as a stack of the embedded AWS, the way `sam deploy` does."""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from longshore_local.cloud.clients import Cloud
from longshore_local.deploy.artifacts import Artifact
from longshore_local.deploy.documents import Template
from longshore_local.errors import LocalCloudError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef

BUCKET = "longshore-artifacts"
DEPLOYED_WITHIN = 60.0
"""Seconds; about two are needed."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A deployed stack: the physical id of every logical id, and its outputs."""

    name: str
    resources: Mapping[str, str]
    outputs: Mapping[str, str]

    def __getitem__(self, logical_id: str) -> str:
        """Return a physical id; raise LocalCloudError when the template has no such resource."""
        try:
            return self.resources[logical_id]
        except KeyError:
            raise LocalCloudError(f"the template has no resource {logical_id}") from None


def deploy_stack(
    cloud: Cloud,
    name: str,
    template: Template,
    artifacts: list[Artifact],
    parameters: Mapping[str, str],
) -> Stack:
    """Upload the code, create the stack and wait for it.

    Raises:
        LocalCloudError: CloudFormation refused it, with the reasons it gave.
    """
    packaged = _package(cloud, template, artifacts)
    given: list[ParameterTypeDef] = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
    ]
    cloud.cloudformation.create_change_set(
        StackName=name,
        ChangeSetName="create",
        ChangeSetType="CREATE",
        TemplateURL=_upload(cloud, name, packaged),
        Parameters=given,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    _await_change_set(cloud, name)
    cloud.cloudformation.execute_change_set(StackName=name, ChangeSetName="create")
    stack = _await_stack(cloud, name)
    _apply_time_to_live(cloud, template, stack)
    return stack


def _upload(cloud: Cloud, name: str, packaged: Template) -> str:
    """Upload the template, as `sam deploy` does: it is longer than a request may be.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    """
    body = json.dumps(packaged, default=str).encode()
    key = f"{name}.json"
    cloud.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    return f"{cloud.endpoint}/{BUCKET}/{key}"


def _package(cloud: Cloud, template: Template, artifacts: list[Artifact]) -> Template:
    """Do what `sam package` does: upload, and let the template name the uploaded code."""
    with suppress(cloud.s3.exceptions.BucketAlreadyOwnedByYou):
        cloud.s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
    packaged = deepcopy(template)
    for artifact in artifacts:
        key = artifact.archive.name
        cloud.s3.upload_file(str(artifact.archive), BUCKET, key)
        _properties(packaged, artifact.resource)[artifact.property] = {"Bucket": BUCKET, "Key": key}
    return packaged


def _await_change_set(cloud: Cloud, name: str) -> None:
    until = time.monotonic() + DEPLOYED_WITHIN
    while time.monotonic() < until:
        found = cloud.cloudformation.describe_change_set(StackName=name, ChangeSetName="create")
        if found["Status"] == "CREATE_COMPLETE":
            return
        if found["Status"] == "FAILED":
            raise LocalCloudError(f"the template was refused: {found.get('StatusReason')}")
        time.sleep(0.1)
    raise LocalCloudError(f"no change set of the stack {name} within {DEPLOYED_WITHIN:.0f} s")


def _await_stack(cloud: Cloud, name: str) -> Stack:
    until = time.monotonic() + DEPLOYED_WITHIN
    while time.monotonic() < until:
        found = cloud.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if found["StackStatus"] == "CREATE_COMPLETE":
            outputs = found.get("Outputs", [])
            return Stack(
                name,
                _resources(cloud, name),
                {one.get("OutputKey", ""): one.get("OutputValue", "") for one in outputs},
            )
        if not found["StackStatus"].endswith("_IN_PROGRESS"):
            raise LocalCloudError(f"the stack {name} failed: {_failures(cloud, name)}")
        time.sleep(0.1)
    raise LocalCloudError(f"the stack {name} was not there within {DEPLOYED_WITHIN:.0f} s")


def _resources(cloud: Cloud, name: str) -> dict[str, str]:
    found = cloud.cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}


def _failures(cloud: Cloud, name: str) -> str:
    events = cloud.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return "; ".join(
        f"{event.get('LogicalResourceId')}: {event.get('ResourceStatusReason')}"
        for event in events
        if event.get("ResourceStatus", "").endswith("FAILED")
    )


def _apply_time_to_live(cloud: Cloud, template: Template, stack: Stack) -> None:
    for name in stack.resources:
        wanted = _properties(template, name).get("TimeToLiveSpecification")
        if isinstance(wanted, dict):
            cloud.dynamodb.update_time_to_live(
                TableName=stack[name],
                TimeToLiveSpecification={
                    "AttributeName": str(wanted["AttributeName"]),
                    "Enabled": bool(wanted["Enabled"]),
                },
            )


def _properties(template: Template, name: str) -> dict[str, object]:
    resources = template.get("Resources")
    resource = resources.get(name) if isinstance(resources, dict) else None
    properties = resource.get("Properties") if isinstance(resource, dict) else None
    return properties if isinstance(properties, dict) else {}
