"""ECS over HTTP, for callers that run in processes of their own."""

from functools import partial

from longshore_local.awsjson import (
    Authorize,
    Exchange,
    JsonServer,
    StandIn,
    allow_everything,
    service_contract,
)
from longshore_local.ecs.permissions import permissions
from longshore_local.ecs.world import EcsWorld


def ecs_stand_in(world: EcsWorld) -> StandIn:
    """Return a world as one of the APIs of an exchange."""
    return StandIn(
        contract=service_contract("ecs"),
        call=world.call,
        permissions=partial(permissions, world.home),
    )


def serve_ecs(
    world: EcsWorld, *, authorize: Authorize = allow_everything, port: int = 0
) -> JsonServer:
    """Return a server for a world whose clock is the real one; enter it to start.

    The world moves on although nobody calls, so that its events are emitted when they are due.
    """
    exchange = Exchange([ecs_stand_in(world)], authorize)
    return JsonServer(exchange, port=port, heartbeat=world.settle)
