"""The `git` section of `longshore.yaml`, for people and for editors."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from longshore.domain.pushes import Provider, Startable
from longshore.domain.triggers import DEFAULT_SOURCE, MOST_GLOBS
from longshore_cli.configuration.rules import (
    STRICT,
    ActionName,
    BuildName,
    OnBitbucket,
    OnGitHub,
    OnGitLab,
    PathGlob,
    PipelineName,
    Pusher,
    PushVariable,
    RefGlob,
)


def _exactly_one(*groups: type[StrEnum]) -> dict[str, JsonValue]:
    """Return as JSON Schema that of each group one key stands there and no other."""
    return {"allOf": [{"oneOf": [{"required": [key.value]} for key in group]} for group in groups]}


class PushTrigger(BaseModel):
    """Which pushes to a Git repository start a pipeline or a build."""

    model_config = ConfigDict(**STRICT, json_schema_extra=_exactly_one(Provider, Startable))

    github: Annotated[
        OnGitHub, Field(description="The repository at GitHub, as owner/name, letter by letter.")
    ] = ""
    gitlab: Annotated[
        OnGitLab,
        Field(description="The project at GitLab, as group/project with all groups between."),
    ] = ""
    bitbucket: Annotated[
        OnBitbucket,
        Field(
            description="The repository at Bitbucket, as workspace/name, or KEY/name of a project."
        ),
    ] = ""
    branches: Annotated[
        list[RefGlob],
        Field(
            min_length=1,
            max_length=MOST_GLOBS,
            description="The branches that start it: names, or globs of which * stays within a "
            "segment and ** does not.",
        ),
    ] = []
    tags: Annotated[
        list[RefGlob],
        Field(
            min_length=1,
            max_length=MOST_GLOBS,
            description="The tags that start it, like branches.",
        ),
    ] = []
    paths: Annotated[
        list[PathGlob],
        Field(
            min_length=1,
            max_length=MOST_GLOBS,
            description="Start only if one of these files changed; not for Bitbucket, which does "
            "not say. By default whatever changed.",
        ),
    ] = []
    pushers: Annotated[
        list[Pusher],
        Field(min_length=1, description="The accounts whose pushes count; by default everybody's."),
    ] = []
    pipeline: Annotated[PipelineName, Field(description="The pipeline to start.")] = ""
    build: Annotated[BuildName, Field(description="The CodeBuild project to start.")] = ""
    source: Annotated[
        ActionName,
        Field(description="The pipeline's source action, which takes the pushed commit."),
    ] = DEFAULT_SOURCE
    variables: Annotated[
        list[PushVariable],
        Field(
            min_length=1,
            description="Variables of the pipeline that are told what was pushed.",
        ),
    ] = []
