"""What is looked up of configurations.

Who follows a repository or a pipeline, which stages there are, which applications have something
to start for pushes to a Git repository, and which builds they start for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from longshore.domain.configuration import Configuration, Follower, StageImage
from longshore.domain.pipelines import PipelineFollower, PipelineRef
from longshore.domain.places import RepositoryRef, ServiceRef, StageId
from longshore.domain.projects import ProjectId
from longshore.domain.pushes import Startable
from longshore.domain.triggers import PushFollower

FollowedBy = tuple[RepositoryRef, StageId]
"""One way from a repository to a stage."""

ServedBy = tuple[PipelineRef, str]
"""One way from a pipeline to an application that it serves."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """The lookups of one or more configurations, by what they are found by."""

    followers: Mapping[FollowedBy, Follower]
    stages: frozenset[StageId]
    pipelines: Mapping[ServedBy, PipelineFollower] = field(default_factory=dict)
    git: frozenset[PushFollower] = frozenset()
    projects: frozenset[ProjectId] = frozenset()

    def along(self, ways: "Lookups") -> "Lookups":
        """Return the lookups by the ways, and of the stages, that `ways` has."""
        followers = {way: f for way, f in self.followers.items() if way in ways.followers}
        pipelines = {way: f for way, f in self.pipelines.items() if way in ways.pipelines}
        git, projects = self.git & ways.git, self.projects & ways.projects
        return Lookups(followers, self.stages & ways.stages, pipelines, git, projects)

    def without(self, kept: "Lookups") -> "Lookups":
        """Return the lookups that `kept` does not have."""
        followers = {way: f for way, f in self.followers.items() if way not in kept.followers}
        pipelines = {way: f for way, f in self.pipelines.items() if way not in kept.pipelines}
        git, projects = self.git - kept.git, self.projects - kept.projects
        return Lookups(followers, self.stages - kept.stages, pipelines, git, projects)


def lookups_of(*configurations: Configuration) -> Lookups:
    """Return what finds the stages of all these configurations, whichever of them is in force."""
    images: dict[FollowedBy, dict[StageImage, None]] = {}
    for configuration in configurations:
        for stage in configuration.stages:
            for image in stage.images:
                images.setdefault((image.repository, stage.id), {})[image] = None
    followers = {way: Follower(way[1], tuple(each)) for way, each in images.items()}
    stages = frozenset(stage.id for each in configurations for stage in each.stages)
    pipelines = {
        (spec.pipeline, each.application): PipelineFollower(each.application, spec.limit)
        for each in configurations
        for spec in each.pipelines
    }
    git = frozenset(
        PushFollower(t.repository, each.application) for each in configurations for t in each.git
    )
    projects = frozenset(
        ProjectId(each.application, trigger.name)
        for each in configurations
        for trigger in each.git
        if trigger.starts is Startable.BUILD
    )
    return Lookups(followers, stages, pipelines, git, projects)


def services_of(configuration: Configuration) -> Mapping[ServiceRef, StageId]:
    """Return the services of a configuration, each with the stage that owns it."""
    return {target.service: stage.id for stage in configuration.stages for target in stage.targets}
