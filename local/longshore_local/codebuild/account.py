"""The world's memory and its ports: all that CodeBuild holds in one account and region."""

from dataclasses import dataclass, field
from datetime import datetime

from longshore.domain.places import Home
from longshore_local.codebuild import errors
from longshore_local.codebuild.conduct import Runner
from longshore_local.codebuild.pace import Pace
from longshore_local.codebuild.state import BuildState, ProjectState
from longshore_local.worlds.agenda import Agenda, Timed
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.surroundings import Emit


@dataclass(slots=True)
class Account(Timed):
    """Projects and builds, and the time up to which everything has happened."""

    home: Home
    runner: Runner
    emit: Emit
    pace: Pace
    ids: Ids
    now: datetime
    agenda: Agenda = field(default_factory=Agenda)
    projects: dict[str, ProjectState] = field(default_factory=dict)
    builds: dict[str, BuildState] = field(default_factory=dict)
    tokens: dict[str, tuple[datetime, object, BuildState]] = field(default_factory=dict)

    def arn(self, path: str) -> str:
        """Return an ARN: `project/name` or `build/name:id`."""
        home = self.home
        return f"arn:{home.partition}:codebuild:{home.region}:{home.account}:{path}"

    def project(self, name: str | None) -> ProjectState:
        """Return a project by name or ARN; raise ResourceNotFoundException without it."""
        bare = (name or "").rpartition("/")[2]
        found = self.projects.get(bare)
        if found is None:
            raise errors.project_not_found(self.arn(f"project/{bare}"))
        return found

    def find_build(self, build: str) -> BuildState | None:
        """Return a build by id or ARN."""
        return self.builds.get(build.rpartition("/")[2])

    def build(self, build: str | None) -> BuildState:
        """Return a build by id or ARN; raise ResourceNotFoundException without it."""
        found = self.find_build(build or "")
        if found is None:
            raise errors.build_not_found(build or "")
        return found
