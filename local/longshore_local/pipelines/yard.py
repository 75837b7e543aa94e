"""CodePipeline, CodeBuild and a Git host beside the emulator, as one."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from longshore.domain.places import Home
from longshore_local import codebuild, codepipeline
from longshore_local.awsjson import StandIn
from longshore_local.buildhost.commands import BuildCommands
from longshore_local.buildhost.runner import BuildHost
from longshore_local.cloud.clients import Cloud
from longshore_local.codebuild import BuildWorld, codebuild_stand_in
from longshore_local.codepipeline import Outside, PipelineWorld, codepipeline_stand_in
from longshore_local.gates.policies import Policies
from longshore_local.gates.principals import Principals
from longshore_local.git import BareRepository
from longshore_local.pipelines.outside import (
    RoleArtifacts,
    RoleBuilds,
    RoleFunctions,
    RoleTopics,
)
from longshore_local.pipelines.place import LocalBuildPlace
from longshore_local.pipelines.sessions import RoleSessions
from longshore_local.pipelines.sources import LocalSources
from longshore_local.worlds.surroundings import Emit


@dataclass(slots=True, kw_only=True)
class PipelineYard:
    """A context manager: builds that still run when it is left are ended.

    `cloud` is for the worlds, `full_cloud` also knows where the stand-ins listen, once they do;
    `commands` what builds find on their PATH.
    """

    cloud: Cloud
    full_cloud: Callable[[], Cloud]
    commands: Callable[[], BuildCommands]
    principals: Principals
    clock: Callable[[], datetime]
    emit: Emit
    home: Home
    repositories: dict[str, BareRepository] = field(default_factory=dict)
    builds: BuildWorld = field(init=False)
    pipelines: PipelineWorld = field(init=False)
    host: BuildHost = field(init=False)
    lock: AbstractContextManager[object] = field(default_factory=threading.RLock)
    _sessions: RoleSessions | None = None

    def __post_init__(self) -> None:
        """Begin both worlds; `lock` is held whenever one is touched."""
        place = LocalBuildPlace(self._full_sessions, self.commands, self.repositories)
        self.host = BuildHost(place, self.lock)
        self.builds = BuildWorld(
            clock=self.clock,
            runner=self.host,
            emit=self.emit,
            home=self.home,
            pace=codebuild.QUICK,
        )
        self.host.world = self.builds
        self.pipelines = PipelineWorld(
            clock=self.clock,
            outside=self._outside(),
            emit=self.emit,
            home=self.home,
            pace=codepipeline.QUICK,
        )

    @property
    def stand_ins(self) -> Sequence[StandIn]:
        """Both APIs."""
        return (codepipeline_stand_in(self.pipelines), codebuild_stand_in(self.builds))

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        self.builds.settle()
        self.pipelines.settle()

    def host_repository(self, path: Path, full_name: str) -> BareRepository:
        """Make a bare repository that source actions and builds find by its name."""
        repository = BareRepository.create(path, full_name)
        self.repositories[full_name] = repository
        return repository

    def _outside(self) -> Outside:
        sessions = RoleSessions(self.cloud, self.principals)
        return Outside(
            sources=LocalSources(self.cloud, self.repositories),
            builds=RoleBuilds(self.builds, sessions, Policies(self.cloud, self.principals)),
            functions=RoleFunctions(sessions),
            artifacts=RoleArtifacts(sessions),
            topics=RoleTopics(sessions),
        )

    def _full_sessions(self) -> RoleSessions:
        if self._sessions is None:
            self._sessions = RoleSessions(self.full_cloud(), self.principals)
        return self._sessions

    def __enter__(self) -> Self:
        self.host.__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        self.host.__exit__(*details)
