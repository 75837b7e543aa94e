"""What a valid `alarms` section of a stage is, for people."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from longshore.domain.alarms import MOST_ALARMS
from longshore_cli.configuration.rules import (
    STRICT,
    AlarmName,
    Cooldown,
    check_alarms,
)


class Alarms(BaseModel):
    """The alarms that judge a release while it rolls and bakes."""

    model_config = STRICT

    watch: Annotated[
        list[AlarmName],
        AfterValidator(check_alarms),
        Field(
            min_length=1,
            max_length=MOST_ALARMS,
            description="CloudWatch alarms, by their names: one that goes off takes the release "
            "back.",
        ),
    ]
    on_no_data: Annotated[
        Literal["pass", "fail", "wait"],
        Field(
            alias="onNoData",
            description="What an alarm without data at the end of the bake means: pass, it is OK; "
            "fail, the release goes back; wait, for the stage's deadline, then the release is live "
            "but not verified.",
        ),
    ] = "wait"
    cooldown: Annotated[
        Cooldown,
        Field(
            description="An alarm that ended less than this before a deployment is not blamed on "
            "it: 1s to 1d."
        ),
    ] = "5m"
