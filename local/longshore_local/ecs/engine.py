"""What an operation works with."""

from collections.abc import Callable
from dataclasses import dataclass

from longshore_local.ecs.params import Output, Params
from longshore_local.ecs.region import Region
from longshore_local.ecs.rollout import Rollout


@dataclass(frozen=True, slots=True)
class Engine:
    """The region's memory, and the scheduler that acts on it."""

    region: Region
    rollout: Rollout


Operation = Callable[[Engine, Params], Output]
