"""How images behave: the port through which the world learns what would happen in a container."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Runs:
    """The container starts and stays up until it is stopped."""


@dataclass(frozen=True, slots=True)
class Exits:
    """The container ends by itself; `reason` is what the container runtime says of it."""

    exit_code: int
    after: timedelta = timedelta()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CannotBePulled:
    """The image is not there, or may not be pulled; `cause` ends the message ECS gives."""

    cause: str = "not found"


@dataclass(frozen=True, slots=True)
class NeverHealthy:
    """The container runs and fails every health check, until ECS stops it."""


@dataclass(frozen=True, slots=True)
class NeverStarts:
    """The task stays pending for ever, which no circuit breaker counts as a failure."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The container runs in a real engine; whoever runs it tells the world what becomes of it."""


Conduct = Runs | Exits | CannotBePulled | NeverHealthy | NeverStarts | Elsewhere


@dataclass(frozen=True, slots=True)
class ImageBehaviour:
    """What a reference names: its digest where the registry knows one, and how it behaves.

    `output` is what a container of it writes when it starts.
    """

    digest: str | None = None
    conduct: Conduct = Runs()
    output: str = ""


Images = Callable[[str], ImageBehaviour]
"""Says how an image reference behaves at this moment: tags move, and digests are deleted."""

MISSING = ImageBehaviour(conduct=CannotBePulled())


@dataclass(frozen=True, slots=True)
class ImageCatalogue:
    """Images from a table of references; a digest is found under any tag of its repository.

    What the table does not hold cannot be pulled. The table may change while the world runs.
    """

    behaviours: Mapping[str, ImageBehaviour]

    def __call__(self, reference: str) -> ImageBehaviour:
        """Return how a reference behaves."""
        if reference in self.behaviours:
            return self.behaviours[reference]
        repository, _, digest = reference.partition("@")
        same = (
            behaviour
            for known, behaviour in self.behaviours.items()
            if digest and behaviour.digest == digest and repository_of(known) == repository
        )
        return next(same, MISSING)


def repository_of(reference: str) -> str:
    """Return a reference without its tag and digest; a registry's port is no tag."""
    bare = reference.partition("@")[0]
    path, colon, tag = bare.rpartition(":")
    return path if colon and "/" not in tag else bare


def pinned(reference: str, digest: str | None) -> str:
    """Return the reference that a task pulls once ECS has resolved its tag to a digest."""
    return f"{repository_of(reference)}@{digest}" if digest else reference
