"""What a valid `longshore.yaml` is, for people: every rule with a sentence that says how to fix it.

The models also make the published JSON Schema, so editors know the keys. What takes effect is
decided by `longshore.events.configuration`, which control runs on the same document; tests hold
that both accept and refuse the same files.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from longshore.domain.configuration import MOST_IMAGES
from longshore.domain.pipelines import MOST_PIPELINES, PIPELINE_NAME
from longshore.domain.places import NAME_PATTERN
from longshore.domain.routes import MOST_ROUTES
from longshore.domain.triggers import MOST_TRIGGERS
from longshore.events.configuration import API_VERSION
from longshore.events.image_section import ALIAS
from longshore.events.routes import EVENT_WORDS
from longshore_cli.configuration.git import PushTrigger
from longshore_cli.configuration.rules import (
    STRICT,
    Account,
    Alias,
    Channel,
    Event,
    Limit,
    Mention,
    Name,
    PipelineName,
    Region,
    RepositoryName,
    Tag,
    VersionRange,
    check_stage,
    keys,
)
from longshore_cli.configuration.stages import Stage

SCHEMA_TITLE = "longshore.yaml"
SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Strict(BaseModel):
    """Nothing is converted and no key is passed over."""

    model_config = STRICT


class Select(_Strict):
    """How the stage chooses an image: by exactly one of these."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["tag"]}, {"required": ["semver"]}]}
    )

    tag: Annotated[
        Tag,
        Field(
            description="Follow this tag: the stage runs the digest that it names.",
        ),
    ] = ""
    semver: Annotated[
        VersionRange,
        Field(
            description="Follow the highest version in this range, such as ^1.4; pre-releases only "
            "where the range names one.",
        ),
    ] = ""

    @model_validator(mode="after")
    def _one_way(self) -> "Select":
        if len(self.model_fields_set) != 1:
            raise ValueError("choose by exactly one of tag and semver")
        return self


class Image(_Strict):
    """An ECR repository and how an image is chosen from it."""

    repository: Annotated[
        RepositoryName, Field(description="The ECR repository: its name, or its URI.")
    ]
    account: Annotated[
        Account,
        Field(
            description="The account of the repository; by default the stage's.",
        ),
    ] = ""
    region: Annotated[
        Region,
        Field(
            description="The region of the repository; by default the stage's.",
        ),
    ] = ""
    select: Annotated[Select, Field(description="How the image is chosen.")]


class Route(_Strict):
    """Who is told of what."""

    slack: Annotated[
        Channel, Field(description="The Slack channel, such as '#checkout', or its id.")
    ]
    on: Annotated[
        list[Event],
        Field(
            min_length=1,
            description="The events that open a message; by default all. An open message is kept "
            "true whatever comes.",
        ),
    ] = list(EVENT_WORDS)
    stages: Annotated[
        list[Annotated[str, AfterValidator(check_stage)]],
        Field(min_length=1, description="The stages; by default all."),
    ] = []
    mention: Annotated[
        list[Mention],
        Field(
            min_length=1,
            description="Whom to call when a deployment fails: ids of users or user groups, here, "
            "channel.",
        ),
    ] = []


class Pipeline(_Strict):
    """A pipeline of CodePipeline that serves the application; its name alone will do."""

    name: Annotated[PipelineName, Field(description="The pipeline's name.")]
    limit: Annotated[
        Limit,
        Field(
            description="How long an execution may be in progress before it is told as stuck, "
            "waiting for an approval left out: 10m to 7d."
        ),
    ] = "2h"

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


def _names_too(schema: dict[str, JsonValue]) -> None:
    """Let the published schema take a name in the place of an entry of the list."""
    name: JsonValue = {"type": "string", "pattern": f"^(?:{PIPELINE_NAME.pattern})$"}
    schema["items"] = {"anyOf": [name, schema["items"]]}


class Document(_Strict):
    """The configuration of one application."""

    api_version: Annotated[
        Literal["longshore/v1"],
        Field(alias="apiVersion", description=f"The version of this format: {API_VERSION}."),
    ]
    application: Annotated[Name, Field(description="The application's name.")]
    images: Annotated[
        dict[Alias, Image],
        Field(
            min_length=1,
            max_length=MOST_IMAGES,
            description="The images, by alias.",
            json_schema_extra=keys(ALIAS),
        ),
    ]
    stages: Annotated[
        dict[Name, Stage],
        Field(
            min_length=1, description="The stages, by name.", json_schema_extra=keys(NAME_PATTERN)
        ),
    ]
    notify: Annotated[
        list[Route],
        Field(
            min_length=1, max_length=MOST_ROUTES, description="Who is told of what; by default SNS."
        ),
    ] = []
    pipelines: Annotated[
        list[Pipeline],
        Field(
            min_length=1,
            max_length=MOST_PIPELINES,
            description="The pipelines of CodePipeline that serve the application: what becomes of "
            "their executions is told.",
            json_schema_extra=_names_too,
        ),
    ] = []
    git: Annotated[
        list[PushTrigger],
        Field(
            min_length=1,
            max_length=MOST_TRIGGERS,
            description="Which pushes start which pipeline or build; by default none.",
        ),
    ] = []


def json_schema() -> dict[str, object]:
    """Return the JSON Schema of the file, as published in docs/longshore.schema.json."""
    schema = Document.model_json_schema(by_alias=True)
    pruned = {key: _pruned(value) for key, value in schema.items()}
    return {"$schema": SCHEMA_DIALECT, **pruned, "title": SCHEMA_TITLE}


def _pruned(schema: object) -> object:
    """Leave out titles made from names, and defaults that merely stand for an absent key."""
    if isinstance(schema, list):
        return [_pruned(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    noise = {"title"} if isinstance(schema.get("title"), str) else set()
    noise |= {"default"} if schema.get("default") in ("", {}, [], list(EVENT_WORDS)) else set()
    return {key: _pruned(value) for key, value in schema.items() if key not in noise}
