"""Voyages: harbours that are set up, and what is pushed in them."""

from dataclasses import replace
from datetime import timedelta

from longshore.domain.configuration import StageSpec
from longshore.domain.places import RepositoryRef
from longshore.domain.policies import SemverPolicy
from longshore_local.ecs.images import Conduct, Exits
from tests.support.builders import REPOSITORY, make_digest, make_spec
from tests.support.harbour import WORKER_REPOSITORY, Harbour

CRASH = Exits(1, timedelta(seconds=1))
MAIN = f"{REPOSITORY.uri}:main"


def make_harbour(**more: object) -> Harbour:
    """Return a harbour whose services run digest 1, adopted."""
    harbour = Harbour(**more)  # type: ignore[arg-type]  # fields by name
    for image, target in zip(harbour.spec.images, harbour.spec.targets, strict=True):
        harbour.push(1, *_first_tag(harbour), repository=image.repository)
        uri = image.repository.uri
        harbour.open_service(target.service, f"{uri}:{_first_tag(harbour)[0]}")
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)
    harbour.ecs.calls.calls.clear()
    return harbour


def _first_tag(harbour: Harbour) -> tuple[str]:
    semver = isinstance(harbour.spec.images[0].selection, SemverPolicy)
    return ("1.0.0" if semver else "main",)


def of_digest(number: int, repository: RepositoryRef = REPOSITORY) -> str:
    return f"{repository.uri}@{make_digest(number)}"


def push_both(harbour: Harbour, conduct: Conduct | None = None) -> None:
    """Push new images of both services; `conduct` is the worker's."""
    harbour.lose_events, lost = True, harbour.lose_events
    harbour.push(3, conduct=conduct, repository=WORKER_REPOSITORY)
    harbour.lose_events = lost
    harbour.push(2)


def semver_spec(text: str = "^1") -> StageSpec:
    spec = make_spec()
    return replace(spec, images=(replace(spec.images[0], selection=SemverPolicy(text)),))
