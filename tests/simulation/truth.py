"""What really happened in the world, kept apart from what Longshore believes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from longshore_local.ecs.images import Conduct, Runs

LONG_AGO = datetime.min.replace(tzinfo=UTC)

ImageKey = tuple[str, str]
"""A repository's name with a tag or a digest of it."""


@dataclass(slots=True)
class Truth:
    """Pushes, tags and deployments as AWS knows them, and what people did by hand.

    `touched` are the services to which people did anything, `moved` those that they brought to
    something else, `brought` the revision of that, `left_out` the stages and the services that no
    configuration has any more, `went_back` the stages that people brought back, `observing` those
    that only observe, as people have it. `ailing` are the images that run and make alarms go off.
    """

    tagged: defaultdict[ImageKey, list[tuple[datetime, str | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    pushed_at: dict[ImageKey, datetime] = field(default_factory=dict)
    conduct: dict[str, Conduct] = field(default_factory=dict)
    ailing: set[str] = field(default_factory=set)
    completed: set[str] = field(default_factory=set)
    completed_at: dict[str, datetime] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    touched: dict[str, datetime] = field(default_factory=dict)
    moved: dict[str, datetime] = field(default_factory=dict)
    brought: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    went_back: set[str] = field(default_factory=set)
    observing: set[str] = field(default_factory=set)
    restored_at: datetime = LONG_AGO
    registered_at: dict[str, datetime] = field(default_factory=dict)

    def tags_of(self, repository: str) -> list[str]:
        """Return every tag that a repository ever had."""
        return [tag for name, tag in self.tagged if name == repository]

    def named(self, repository: str, tag: str, since: datetime) -> set[str | None]:
        """Return every digest that a tag named at some time since a moment."""
        history = self.tagged[repository, tag]
        before = [digest for at, digest in history if at <= since][-1:] or [None]
        return {*before, *(digest for at, digest in history if at > since)}

    def is_good(self, digest: str) -> bool:
        """Whether an image runs well wherever it is started."""
        return self.conduct.get(digest, Runs()) == Runs()

    def hear(self, event: Mapping[str, Any], at: datetime) -> None:
        """Take note of what AWS tells, whether or not it arrives."""
        detail = event["detail"]
        match event["detail-type"]:
            case "ECS Deployment State Change":
                self._rolled(detail, at)
            case "ECR Image Action" if "image-tag" in detail:
                digest = detail["image-digest"] if detail["action-type"] == "PUSH" else None
                self.tagged[detail["repository-name"], detail["image-tag"]].append((at, digest))

    def _rolled(self, detail: Mapping[str, Any], at: datetime) -> None:
        match detail["eventName"]:
            case "SERVICE_DEPLOYMENT_COMPLETED":
                self.completed.add(detail["deploymentId"])
                self.completed_at.setdefault(detail["deploymentId"], at)
            case "SERVICE_DEPLOYMENT_FAILED":
                self.failed.add(detail["deploymentId"])
            case _:
                pass
