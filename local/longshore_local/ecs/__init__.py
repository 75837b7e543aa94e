"""Amazon ECS on one machine: for the demo where no container engine runs, and for tests.

`EcsWorld` is ECS in memory. `serve_ecs` puts it behind HTTP, so that an AWS SDK reaches it through
`endpoint_url`. How containers behave is told by whoever builds the world, per image.

Beyond what the modules say, it is kinder than AWS in these ways: there is always capacity to place
a task; a change is visible at once (a gate may answer from earlier); the scheduler's numbers are
simplified; the steady state is told once, not again every six hours. Load balancers, health check
grace periods, alarms, service connect and volumes are repeated and have no effect. Services with
the strategy BLUE_GREEN, LINEAR or CANARY are replaced task by task like ROLLING ones, and those
under CODE_DEPLOY or EXTERNAL only answer what UpdateService may do with them.
"""

from longshore_local.ecs.errors import throttled, too_many_concurrent_revisions
from longshore_local.ecs.images import (
    CannotBePulled,
    Elsewhere,
    Exits,
    ImageBehaviour,
    ImageCatalogue,
    Images,
    NeverHealthy,
    NeverStarts,
    Runs,
)
from longshore_local.ecs.pace import QUICK, Pace
from longshore_local.ecs.server import ecs_stand_in, serve_ecs
from longshore_local.ecs.world import OPERATIONS, EcsWorld
from longshore_local.worlds.surroundings import Event, Gate, open_gate

__all__ = [
    "OPERATIONS",
    "QUICK",
    "CannotBePulled",
    "EcsWorld",
    "Elsewhere",
    "Event",
    "Exits",
    "Gate",
    "ImageBehaviour",
    "ImageCatalogue",
    "Images",
    "NeverHealthy",
    "NeverStarts",
    "Pace",
    "Runs",
    "ecs_stand_in",
    "open_gate",
    "serve_ecs",
    "throttled",
    "too_many_concurrent_revisions",
]
