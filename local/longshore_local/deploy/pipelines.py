"""Deploys stacks/pipeline.yaml: the emulator takes most of it, the stand-ins the rest.

The emulator has no pipelines, and a CodeBuild of its own that runs nothing. So both are made by
their APIs once the stack is there, with the properties that the template gives them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.session import get_session

from longshore.domain.places import Home
from longshore_local.cloud.clients import Cloud
from longshore_local.deploy.adaptations import Adaptation, adapt
from longshore_local.deploy.documents import read_template
from longshore_local.deploy.intrinsics import Intrinsics, as_parameters
from longshore_local.deploy.stack import Stack, deploy_stack
from longshore_local.errors import LocalCloudError

PIPELINE, PROJECT = "Pipeline", "Build"
Parameters = dict[str, Any]
"""Of a call: what a template says has no static type."""


@dataclass(frozen=True, slots=True)
class PipelineStack:
    """A deployed pipeline: its stack, its name, and what is not as in the template."""

    stack: Stack
    name: str
    adaptations: list[Adaptation]


def deploy_pipeline(
    cloud: Cloud, home: Home, path: Path, parameters: Mapping[str, str]
) -> PipelineStack:
    """Deploy the template at a path and make its project and its pipeline.

    Raises:
        LocalCloudError: CloudFormation or one of the APIs refused it.
    """
    template = read_template(path)
    adapted, adaptations = adapt(template)
    name = parameters["PipelineName"]
    adapted["Outputs"] = {}
    stack = deploy_stack(cloud, f"pipeline-{name}", adapted, [], parameters)
    known = Intrinsics(template, stack, home, parameters)
    project = _parameters("codebuild", "CreateProject", known.properties(PROJECT))
    cloud.codebuild.create_project(**project)
    cloud.codepipeline.create_pipeline(**_pipeline(known))
    return PipelineStack(stack, name, adaptations)


def _pipeline(known: Intrinsics) -> Parameters:
    properties = known.properties(PIPELINE)
    if not isinstance(properties, dict):
        raise LocalCloudError("the template has no pipeline")
    tags = properties.pop("Tags", [])
    return _parameters("codepipeline", "CreatePipeline", {"Pipeline": properties, "Tags": tags})


def _parameters(service: str, operation: str, properties: object) -> Parameters:
    shape = get_session().get_service_model(service).operation_model(operation).input_shape
    made = as_parameters(shape, properties)
    return made if isinstance(made, dict) else {}
