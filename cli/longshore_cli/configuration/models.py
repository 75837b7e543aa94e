"""What a valid `longshore.yaml` is, for people: every rule with a sentence that says how to fix it.

The models also make the published JSON Schema, so editors know the keys. What takes effect is
decided by `longshore.events.configuration`, which control runs on the same document; tests hold
that both accept and refuse the same files.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationInfo,
    model_validator,
)

from longshore.decide.versions import Range
from longshore.domain.configuration import MOST_IMAGES, MOST_TARGETS
from longshore.domain.facts import ECS_NAME
from longshore.domain.places import NAME_PATTERN, NAME_RULE
from longshore.events.arns import ACCOUNT, REGION
from longshore.events.configuration import (
    ALIAS,
    API_VERSION,
    LONGEST_DEADLINE,
    SERVICE,
    SHORTEST_DEADLINE,
)
from longshore.events.ecr import REPOSITORY, TAG
from longshore.events.sections import DURATION, parse_duration, suggestion

SCHEMA_TITLE = "longshore.yaml"
SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_REGISTRY = r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?/"
_REPOSITORY = re.compile(rf"(?:{_REGISTRY})?{REPOSITORY.pattern}")


def _matching(pattern: re.Pattern[str], meaning: str) -> AfterValidator:
    def check(text: str) -> str:
        if pattern.fullmatch(text) is None:
            raise ValueError(f"{text!r} {meaning}")
        return text

    return AfterValidator(check)


def _schema(pattern: re.Pattern[str]) -> Any:  # noqa: ANN401  # pydantic's own type is not public
    # \Z is Python's; in the dialect of JSON Schema the end is always the end.
    whole = pattern.pattern.replace(r"\Z", "$")
    return Field(json_schema_extra={"pattern": f"^(?:{whole})$"})


def _keys(pattern: re.Pattern[str]) -> dict[str, JsonValue]:
    return {"propertyNames": {"pattern": f"^(?:{pattern.pattern})$"}}


def _check_range(text: str) -> str:
    if not text:
        raise ValueError("is empty; write '*' for every stable version")
    Range.parse(text)
    return text


def _check_deadline(text: str) -> str:
    deadline = parse_duration(text)
    if deadline is None:
        raise ValueError(f"{text!r} is no duration; write it like 90s, 30m, 2h or 1d")
    if not SHORTEST_DEADLINE <= deadline <= LONGEST_DEADLINE:
        raise ValueError(f"{text} is out of bounds; use 10s to 7d")
    return text


def _check_alias(text: str, info: ValidationInfo) -> str:
    aliases = (info.context or {}).get("aliases", ())
    if text not in aliases:
        raise ValueError(f"no image is called {text!r}{suggestion(text, aliases)}")
    return text


Name = Annotated[
    str, _matching(NAME_PATTERN, f"is no valid name; {NAME_RULE}"), _schema(NAME_PATTERN)
]
Alias = Annotated[str, _matching(ALIAS, "is no alias; use 1 to 40 letters, digits, '-', '_'")]
RepositoryName = Annotated[
    str,
    _matching(
        _REPOSITORY,
        "is no ECR repository; write its name, such as team/checkout, or its URI, without tag or "
        "digest (what to take from it stands under select)",
    ),
    _schema(_REPOSITORY),
]
Account = Annotated[
    str, _matching(ACCOUNT, "is no account; write its 12 digits in quotes"), _schema(ACCOUNT)
]
Region = Annotated[str, _matching(REGION, "is no region such as eu-central-1"), _schema(REGION)]
Tag = Annotated[str, _matching(TAG, "is no image tag"), _schema(TAG)]
VersionRange = Annotated[str, AfterValidator(_check_range)]
Duration = Annotated[str, AfterValidator(_check_deadline), _schema(DURATION)]
ServiceName = Annotated[
    str,
    _matching(SERVICE, "names no ECS service; write cluster/service, by their names"),
    _schema(SERVICE),
]
ContainerName = Annotated[str, _matching(ECS_NAME, "is no container name")]


class _Strict(BaseModel):
    """Nothing is converted and no key is passed over."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


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


class Target(_Strict):
    """What runs the images in a stage."""

    service: Annotated[ServiceName, Field(description="The ECS service, as cluster/service.")]
    containers: Annotated[
        dict[ContainerName, Annotated[str, AfterValidator(_check_alias)]],
        Field(
            min_length=1,
            description="Which container runs which image; by default every container that runs a "
            "repository of the images.",
            json_schema_extra=_keys(ECS_NAME),
        ),
    ] = {}
    base: Annotated[
        Literal["service", "latest"],
        Field(
            description="The revision a new one starts from: the service's, or the newest ACTIVE "
            "one of its family (for definitions that Terraform or CDK registers)."
        ),
    ] = "service"


class Stage(_Strict):
    """One environment: the unit of release, lock, verdict and rollback."""

    targets: Annotated[
        list[Target],
        Field(min_length=1, max_length=MOST_TARGETS, description="What runs the images here."),
    ]
    deadline: Annotated[
        Duration,
        Field(
            description="How long ECS may take to roll a service, from the call on, before the "
            "deployment counts as failed: 10s to 7d."
        ),
    ] = "30m"
    mode: Annotated[
        Literal["deploy"], Field(description="deploy: act on what the policies choose.")
    ] = "deploy"
    account: Annotated[
        Account,
        Field(
            description="The account of the stage; by default the installation's.",
        ),
    ] = ""
    region: Annotated[
        Region,
        Field(
            description="The region of the stage; by default the installation's.",
        ),
    ] = ""


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
            json_schema_extra=_keys(ALIAS),
        ),
    ]
    stages: Annotated[
        dict[Name, Stage],
        Field(
            min_length=1, description="The stages, by name.", json_schema_extra=_keys(NAME_PATTERN)
        ),
    ]


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
    noise |= {"default"} if schema.get("default") in ("", {}) else set()
    return {key: _pruned(value) for key, value in schema.items() if key not in noise}
