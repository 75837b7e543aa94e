"""A fleet of many applications that are all alike, in weather in which nothing fails by itself."""

from dataclasses import dataclass

from tests.simulation.climate import CALM
from tests.simulation.plan import Application, Plan, Repository, Service, Stage


@dataclass(frozen=True, slots=True)
class Fleet:
    """So many applications, stages of each, and services of each stage.

    Those that are `alike` run the one definition of their image, not each its own. All
    applications may have `one_image`, as one base serves many customers.
    """

    applications: int
    stages: int
    services: int
    alike: bool = False
    one_image: bool = False

    @property
    def size(self) -> int:
        """How many services there are in all."""
        return self.applications * self.stages * self.services

    @property
    def definitions(self) -> int:
        """How many definitions they run that differ from each other."""
        return self.images if self.alike else self.size

    @property
    def images(self) -> int:
        """How many images they run."""
        return 1 if self.one_image else self.applications

    def plan(self) -> Plan:
        """Return the fleet as a plan of which nothing is drawn."""
        applications = tuple(self._application(number) for number in range(self.applications))
        return Plan(seed=1, climate=CALM, applications=applications, actions=())

    def _application(self, number: int) -> Application:
        name = f"app-{number:03}"
        image = "base" if self.one_image else name
        repository = Repository(image, by_version=False, immutable=False)
        stages = (
            Stage(f"stage-{s}", self._services(name, repository, s), 30) for s in range(self.stages)
        )
        return Application(name, (repository,), tuple(stages))

    def _services(self, name: str, repository: Repository, stage: int) -> tuple[Service, ...]:
        return tuple(
            Service(
                cluster=f"cluster-{stage}",
                name=f"{name}-{number:02}",
                repository=repository.name,
                breaker="on",
                desired=1,
                base="service",
                pinned=True,
                shares=repository.name if self.alike else "",
            )
            for number in range(self.services)
        )
