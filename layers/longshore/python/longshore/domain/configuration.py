"""What a valid `longshore.yaml` says, with every default filled in.

A configuration is immutable and numbered. A new one is written whole and takes effect when the
application's pointer moves to its number, for all stages at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from longshore.domain.alarms import NO_GUARD, GuardSpec
from longshore.domain.pipelines import PipelineSpec
from longshore.domain.places import RepositoryRef, ServiceRef, StageId
from longshore.domain.policies import Selection
from longshore.domain.routes import Route
from longshore.domain.triggers import PushTrigger

DEFAULT_DEADLINE = timedelta(minutes=30)

MOST_TARGETS = 90
"""Targets of one stage. What becomes of a stage is one transaction over all of them, and DynamoDB
takes 100 writes in one: split, a release could be stable on a part of them."""

MOST_IMAGES = 40
"""Images of one application. Its stages keep several releases in one item of the ledger."""


class Base(StrEnum):
    """The revision that a new one starts from."""

    SERVICE = "service"
    """The revision that the service uses."""
    LATEST = "latest"
    """The newest ACTIVE revision of that family, where another tool registers the definitions."""


class Mode(StrEnum):
    """What becomes of what a stage decides."""

    DEPLOY = "deploy"
    OBSERVE = "observe"
    """It is told, and nothing is changed in ECS."""


@dataclass(frozen=True, slots=True)
class StageImage:
    """An image that a stage runs, and how it is chosen."""

    alias: str
    repository: RepositoryRef
    selection: Selection


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """An ECS service of a stage.

    `containers` pairs container names with aliases. Where it is empty every container is meant
    that runs a repository of the stage: containers are found by name or repository, never by
    their position.
    """

    service: ServiceRef
    containers: tuple[tuple[str, str], ...] = ()
    base: Base = Base.SERVICE


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One stage as configured; an older Longshore kept no mode, and deployed.

    `bake` is how long a release is watched after ECS has brought it up, `guard` by which alarms.
    """

    id: StageId
    images: tuple[StageImage, ...]
    targets: tuple[TargetSpec, ...]
    deadline: timedelta = DEFAULT_DEADLINE
    mode: Mode = Mode.DEPLOY
    bake: timedelta = timedelta()
    guard: GuardSpec = NO_GUARD


@dataclass(frozen=True, slots=True)
class Follower:
    """A stage that chooses among the images of one repository, and by which policies."""

    stage: StageId
    images: tuple[StageImage, ...]


@dataclass(frozen=True, slots=True)
class Configuration:
    """One numbered version of an application's configuration.

    `deploy` says whether the person who applied it wants what it selects deployed at once,
    `ledger` is the name of the ledger that it was written to, `since` for each stage the version
    from which on every one has had it, `git` which pushes start something. An older Longshore
    kept none of them.
    """

    application: str
    number: int
    stages: tuple[StageSpec, ...]
    applied_by: str
    applied_at: datetime
    deploy: bool = False
    ledger: str = ""
    since: tuple[tuple[StageId, int], ...] = ()
    notify: tuple[Route, ...] = ()
    pipelines: tuple[PipelineSpec, ...] = ()
    git: tuple[PushTrigger, ...] = ()

    def observing(self) -> Self:
        """Return the configuration with every stage only observing."""
        stages = tuple(replace(spec, mode=Mode.OBSERVE) for spec in self.stages)
        return replace(self, stages=stages)

    def stage_since(self, stage: StageId) -> int:
        """Return the version from which on every one has had a stage, 0 where it is not known."""
        return dict(self.since).get(stage, 0)

    def stage(self, stage: StageId) -> StageSpec | None:
        """Return a stage's specification, None when this version has no such stage."""
        return next((spec for spec in self.stages if spec.id == stage), None)
