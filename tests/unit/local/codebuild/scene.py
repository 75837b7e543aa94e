"""A project, a clock by hand, and builds that go as told."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from longshore_local.codebuild import BuildOrder, BuildWorld, Conduct, Pace, Succeeds
from longshore_local.worlds.surroundings import Event, Gate, open_gate

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ROLE = "arn:aws:iam::000000000000:role/build"
COMMIT = "b" * 40


def project(**more: object) -> dict[str, object]:
    return {
        "name": "checkout",
        "source": {"type": "GITHUB", "location": "https://github.com/acme/checkout.git"},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [{"name": "REPOSITORY", "value": "checkout"}],
        },
        "serviceRole": ROLE,
        **more,
    }


@dataclass
class Scene:
    """A world with the project `checkout`, its clock, and what it has emitted."""

    conduct: Conduct = field(default_factory=Succeeds)
    pace: Pace = field(default_factory=Pace)
    now: datetime = START
    gate: Gate = open_gate
    events: list[Event] = field(default_factory=list)
    orders: list[BuildOrder] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = BuildWorld(
            clock=lambda: self.now,
            runner=self.run,
            emit=self.events.append,
            pace=self.pace,
            gate=self.gate,
        )
        self.call("CreateProject", **project())

    def run(self, order: BuildOrder) -> Conduct:
        self.orders.append(order)
        return self.conduct

    # Results are AWS documents: tests reach into them as a client would.
    def call(self, operation: str, **parameters: object) -> Any:  # noqa: ANN401 - see above
        return self.world.call(operation, parameters)

    def later(self, **time: float) -> None:
        """Let time pass, and everything in it happen."""
        self.now += timedelta(**time)
        self.world.settle()

    def start(self, **more: object) -> str:
        started = self.call("StartBuild", projectName="checkout", **more)
        return str(started["build"]["id"])

    def build(self, build: str) -> Any:  # noqa: ANN401 - see call
        return self.call("BatchGetBuilds", ids=[build])["builds"][0]

    def phases(self, build: str) -> dict[str, str | None]:
        """The phases of a build with their status."""
        found = self.build(build)["phases"]
        return {one["phaseType"]: one.get("phaseStatus") for one in found}

    def details(self, what: str) -> list[Any]:
        """The details of the events of a kind: State or Phase."""
        kind = f"CodeBuild Build {what} Change"
        return [event["detail"] for event in self.events if event["detail-type"] == kind]
