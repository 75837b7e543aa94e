"""Triggers: which pushes start which pipeline or build, as `longshore.yaml` says."""

from dataclasses import dataclass

from longshore.domain.pushes import GitRepository, Startable

MOST_TRIGGERS = 50
"""Triggers of one application."""

MOST_GLOBS = 100
"""Globs of one list: branches, tags or paths of one trigger."""

DEFAULT_SOURCE = "Source"
"""The name that the console gives the source action of a pipeline."""


@dataclass(frozen=True, slots=True)
class PushTrigger:
    """What one kind of push starts.

    `branches`, `tags` and `paths` are globs; without `paths` every change counts, without `pushers`
    everybody's. `source` is the action of the pipeline that takes the commit, `variables` are those
    of the pipeline that are told what was pushed.
    """

    repository: GitRepository
    starts: Startable
    name: str
    branches: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    pushers: tuple[str, ...] = ()
    source: str = DEFAULT_SOURCE
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class PushFollower:
    """An application that has something to start for pushes to a repository.

    What that is stands in its configuration in force, and nowhere else.
    """

    repository: GitRepository
    application: str


PUSH_VARIABLES = (
    "GIT_REPOSITORY",
    "GIT_REF",
    "GIT_BRANCH",
    "GIT_TAG",
    "GIT_COMMIT",
    "GIT_PUSHER",
)
"""What builds find in their environment, and pipelines in those of their variables that are named.
"""
