"""CodePipeline as one of the APIs of an exchange."""

from functools import partial

from longshore_local.awsjson import StandIn, service_contract
from longshore_local.codepipeline.permissions import permissions
from longshore_local.codepipeline.world import PipelineWorld


def codepipeline_stand_in(world: PipelineWorld) -> StandIn:
    """Return a world as one of the APIs of an exchange."""
    return StandIn(
        contract=service_contract("codepipeline"),
        call=world.call,
        permissions=partial(permissions, world.home),
    )
