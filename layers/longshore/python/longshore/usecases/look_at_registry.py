"""Look at the registry: what the policies of some images name there at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass

from longshore.decide.selection import Choice, choose
from longshore.domain.configuration import StageImage
from longshore.domain.policies import SemverPolicy, TagPolicy
from longshore.domain.releases import RegistryImage
from longshore.usecases.ports import Registry


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the registry: what the policies name there, and every digest that it showed."""

    choice: Choice
    digests: frozenset[str]


def look_at_registry(images: Sequence[StageImage], registry: Registry) -> Look:
    """Return what the policies of these images name in the registry.

    Raises whatever the registry raises: a listing that is not whole decides nothing.
    """
    listings = {image.alias: _listing(registry, image) for image in images}
    digests = frozenset(found.digest for listing in listings.values() for found in listing)
    return Look(choose(images, listings), digests)


def _listing(registry: Registry, image: StageImage) -> Sequence[RegistryImage]:
    match image.selection:
        case TagPolicy(tag):
            found = registry.image_by_tag(image.repository, tag)
            return [found] if found else []
        case SemverPolicy():
            return registry.tagged_images(image.repository)
