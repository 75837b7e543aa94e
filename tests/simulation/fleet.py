"""A fleet of many applications that are all alike, in weather in which nothing fails by itself."""

from dataclasses import dataclass

from tests.simulation.climate import CALM
from tests.simulation.plan import Application, Plan, Repository, Service, Stage


@dataclass(frozen=True, slots=True)
class Fleet:
    """So many applications, stages of each, and services of each stage."""

    applications: int
    stages: int
    services: int

    @property
    def size(self) -> int:
        """How many services there are in all."""
        return self.applications * self.stages * self.services

    def plan(self) -> Plan:
        """Return the fleet as a plan of which nothing is drawn."""
        applications = tuple(self._application(number) for number in range(self.applications))
        return Plan(seed=1, climate=CALM, applications=applications, actions=())

    def _application(self, number: int) -> Application:
        repository = Repository(f"app-{number:03}", by_version=False, immutable=False)
        stages = (
            Stage(f"stage-{s}", self._services(repository, s), 30) for s in range(self.stages)
        )
        return Application(repository.name, (repository,), tuple(stages))

    def _services(self, repository: Repository, stage: int) -> tuple[Service, ...]:
        return tuple(
            Service(
                cluster=f"cluster-{stage}",
                name=f"{repository.name}-{number:02}",
                repository=repository.name,
                breaker="on",
                desired=1,
                base="service",
                pinned=True,
            )
            for number in range(self.services)
        )
