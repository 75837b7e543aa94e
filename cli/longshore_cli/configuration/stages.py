"""What a valid stage of `longshore.yaml` is, for people."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from longshore.domain.configuration import MOST_TARGETS
from longshore.domain.facts import ECS_NAME
from longshore_cli.configuration.alarms import Alarms
from longshore_cli.configuration.rules import (
    STRICT,
    Account,
    Bake,
    ContainerName,
    Duration,
    Region,
    ServiceName,
    check_alias,
    keys,
)


class _Strict(BaseModel):
    """Nothing is converted and no key is passed over."""

    model_config = STRICT


class Target(_Strict):
    """What runs the images in a stage."""

    service: Annotated[ServiceName, Field(description="The ECS service, as cluster/service.")]
    containers: Annotated[
        dict[ContainerName, Annotated[str, AfterValidator(check_alias)]],
        Field(
            min_length=1,
            description="Which container runs which image; by default every container that runs a "
            "repository of the images.",
            json_schema_extra=keys(ECS_NAME),
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
        Literal["deploy", "observe"],
        Field(
            description="deploy: act on what the policies choose; observe: only tell what that "
            "would be, and change nothing in ECS."
        ),
    ] = "deploy"
    bake: Annotated[
        Bake,
        Field(
            description="How long a release is watched after ECS has brought it up, before it "
            "counts as verified: 10s to 1d; by default not at all."
        ),
    ] = ""
    alarms: Annotated[
        Alarms, Field(description="The alarms that judge a release; by default none.")
    ] = Field(default_factory=Alarms.model_construct)
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
