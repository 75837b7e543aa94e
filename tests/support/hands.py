"""Other hands: people who move services in the console, behind everybody's back."""

from dataclasses import replace

from longshore.domain.configuration import StageSpec, TargetSpec
from longshore.domain.places import RepositoryRef, ServiceRef
from tests.support.builders import REPOSITORY, SERVICE, make_digest, make_spec
from tests.support.harbour import WORKER, Harbour
from tests.support.voyages import of_digest


def move_by_hand(
    harbour: Harbour, number: int, service: ServiceRef = SERVICE, of: RepositoryRef = REPOSITORY
) -> None:
    """Bring a service to an image by a revision of one's own."""
    harbour.registry.push(of, make_digest(number), "by-hand")
    image = of_digest(number, of)
    container = {"name": "web", "image": image, "essential": True, "memory": 65}
    definition = {"family": service.name, "containerDefinitions": [container]}
    harbour.world.call("RegisterTaskDefinition", definition)
    request = {"cluster": service.cluster, "service": service.name, "taskDefinition": service.name}
    harbour.world.call("UpdateService", request)


def both_of_one_image() -> StageSpec:
    """Return a stage of two services that run the same image."""
    return replace(make_spec(), targets=(TargetSpec(SERVICE), TargetSpec(WORKER)))
