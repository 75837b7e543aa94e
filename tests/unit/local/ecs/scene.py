"""A small ECS to try things on: one cluster, images that behave in every way, a clock by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from longshore_local.ecs import (
    CannotBePulled,
    EcsWorld,
    Event,
    Exits,
    Gate,
    ImageBehaviour,
    ImageCatalogue,
    NeverHealthy,
    NeverStarts,
    Pace,
    open_gate,
)

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
BREAKER = {"enable": True, "rollback": True}
REPOSITORY = "000000000000.dkr.ecr.eu-central-1.amazonaws.com/app"


def digest(letter: str) -> str:
    return f"sha256:{letter * 64}"


def catalogue() -> dict[str, ImageBehaviour]:
    """v1, v2 and v3 run; the others are named for what is wrong with them."""
    crash = Exits(1, timedelta(seconds=2))
    images = {
        "v1": ImageBehaviour(digest("1")),
        "v2": ImageBehaviour(digest("2")),
        "v3": ImageBehaviour(digest("3")),
        "crashes": ImageBehaviour(digest("a"), crash),
        "dies-later": ImageBehaviour(digest("b"), Exits(137, timedelta(minutes=10), "OOM")),
        "unhealthy": ImageBehaviour(digest("c"), NeverHealthy()),
        "pending": ImageBehaviour(digest("d"), NeverStarts()),
        "forbidden": ImageBehaviour(conduct=CannotBePulled("403 Forbidden")),
    }
    return {f"{REPOSITORY}:{tag}": behaviour for tag, behaviour in images.items()}


@dataclass
class Scene:
    """A world, its clock, and what it has emitted."""

    gate: Gate = open_gate
    pace: Pace = field(default_factory=Pace)
    now: datetime = START
    images: dict[str, ImageBehaviour] = field(default_factory=catalogue)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = EcsWorld(
            clock=lambda: self.now,
            images=ImageCatalogue(self.images),
            emit=self.events.append,
            gate=self.gate,
            pace=self.pace,
        )
        self.call("CreateCluster", clusterName="prod")

    # Results are AWS documents: tests reach into them as a client would.
    def call(self, operation: str, **parameters: object) -> Any:  # noqa: ANN401 - see above
        return self.world.call(operation, parameters)

    def later(self, **time: float) -> None:
        """Let time pass, and everything in it happen."""
        self.now += timedelta(**time)
        self.world.settle()

    def register(self, tag: str, **more: object) -> str:
        """Register a revision of family `app` that runs a tag; return its ARN."""
        definition = self.call("RegisterTaskDefinition", **{**definition_of(tag), **more})
        return str(definition["taskDefinition"]["taskDefinitionArn"])

    def create(self, tag: str = "v1", **more: object) -> Any:  # noqa: ANN401 - see call
        """Create the service `web`, running a tag."""
        parameters: Mapping[str, object] = {
            "cluster": "prod",
            "serviceName": "web",
            "taskDefinition": self.register(tag),
            "desiredCount": 2,
            **more,
        }
        return self.call("CreateService", **parameters)["service"]

    def running(self, tag: str = "v1", *, breaker: object = BREAKER, **more: object) -> None:
        """Create the service `web` and wait until its first deployment is completed."""
        self.create(tag, deploymentConfiguration={"deploymentCircuitBreaker": breaker}, **more)
        self.later(minutes=3)
        self.events.clear()

    def release(self, tag: str, **more: object) -> str:
        """Roll the service to a tag; return the id of the ECS deployment this begins."""
        updated = self.update(taskDefinition=self.register(tag), **more)
        return str(updated["deployments"][0]["id"])

    def update(self, **changes: object) -> Any:  # noqa: ANN401 - see call
        return self.call("UpdateService", cluster="prod", service="web", **changes)["service"]

    def service(self) -> Any:  # noqa: ANN401 - see call
        described = self.call("DescribeServices", cluster="prod", services=["web"])
        return described["services"][0]

    def deployment(self, ecs_deployment_id: str) -> Any:  # noqa: ANN401 - see call
        return next(d for d in self.service()["deployments"] if d["id"] == ecs_deployment_id)

    def messages(self) -> list[str]:
        """The service's event messages, oldest first."""
        return [event["message"] for event in reversed(self.service()["events"])]

    def tasks(self, status: str = "RUNNING", **selection: object) -> list[Any]:
        listed = self.call("ListTasks", cluster="prod", desiredStatus=status, **selection)
        if not listed["taskArns"]:
            return []
        described = self.call("DescribeTasks", cluster="prod", tasks=listed["taskArns"])
        return list(described["tasks"])

    def told(self, detail_type: str = "ECS Deployment State Change") -> list[tuple[str, str]]:
        """What was emitted of a kind: event names with the deployments they are about."""
        details: list[Any] = [
            event["detail"] for event in self.events if event["detail-type"] == detail_type
        ]
        return [(detail["eventName"], detail.get("deploymentId", "")) for detail in details]


def definition_of(tag: str) -> dict[str, object]:
    container = {"name": "web", "image": f"{REPOSITORY}:{tag}", "memory": 128}
    return {"family": "app", "containerDefinitions": [container]}


def impatient(**times: timedelta) -> Pace:
    """The default pace with some times replaced."""
    return replace(Pace(), **times)
