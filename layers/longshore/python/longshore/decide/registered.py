"""What applications have registered, as far as a fact can concern it."""

from dataclasses import dataclass

from longshore.domain.facts import ServiceMention
from longshore.domain.places import Home
from longshore.domain.policies import Selection


@dataclass(frozen=True, slots=True)
class Place:
    """An account and a region; None stands for any, where a configuration names none."""

    account: str | None = None
    region: str | None = None

    def holds(self, home: Home) -> bool:
        """Whether something at home there can be meant."""
        return self.account in {None, home.account} and self.region in {None, home.region}

    def __str__(self) -> str:
        """Return account and region as people read them."""
        return f"account {self.account or 'any'}, region {self.region or 'any'}"


@dataclass(frozen=True, slots=True)
class FollowedImage:
    """A stage chooses among the images of a repository.

    `selection` is None for a policy that this version cannot read: it could choose anything.
    """

    stage: str
    repository: str
    place: Place
    selection: Selection | None


@dataclass(frozen=True, slots=True)
class OwnedTarget:
    """A stage owns an ECS service."""

    stage: str
    cluster: str
    name: str
    place: Place

    def is_named(self, mention: ServiceMention) -> bool:
        """Whether an event means this service, as far as it says which one it means."""
        return self.name == mention.name and mention.cluster in {None, self.cluster}


@dataclass(frozen=True, slots=True)
class NamedPipeline:
    """An application names a pipeline as one that serves it."""

    application: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class NamedProject:
    """An application names a build project that pushes start."""

    application: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Registered:
    """What the stages follow and own, and the pipelines and projects that applications name."""

    images: tuple[FollowedImage, ...] = ()
    services: tuple[OwnedTarget, ...] = ()
    pipelines: tuple[NamedPipeline, ...] = ()
    projects: tuple[NamedProject, ...] = ()
