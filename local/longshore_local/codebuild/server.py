"""CodeBuild as one of the APIs of an exchange."""

from functools import partial

from longshore_local.awsjson import StandIn, service_contract
from longshore_local.codebuild.permissions import permissions
from longshore_local.codebuild.world import BuildWorld


def codebuild_stand_in(world: BuildWorld) -> StandIn:
    """Return a world as one of the APIs of an exchange."""
    return StandIn(
        contract=service_contract("codebuild"),
        call=world.call,
        permissions=partial(permissions, world.home),
    )
