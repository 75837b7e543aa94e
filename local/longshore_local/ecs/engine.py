"""What an operation works with."""

from collections.abc import Callable
from dataclasses import dataclass

from longshore_local.ecs.region import Region
from longshore_local.ecs.rollout import Rollout
from longshore_local.worlds.params import Output, Params


@dataclass(frozen=True, slots=True)
class Engine:
    """The region's memory, and the scheduler that acts on it."""

    region: Region
    rollout: Rollout


Operation = Callable[[Engine, Params], Output]
