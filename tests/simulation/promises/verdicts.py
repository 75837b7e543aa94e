"""The verdict over a deployment is that of the ECS deployments that it began: promise 4."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.simulation.plan import Plan
from tests.simulation.promises.ledger_view import Body
from tests.simulation.truth import Truth

SHORTEST_DEADLINE = timedelta(minutes=10)
"""No plan has a shorter one; what fails sooner has not run out of time."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Knows how the ECS deployments ended that a verdict is about."""

    plan: Plan
    truth: Truth
    clock: Callable[[], datetime]

    def wrong_successes(self, targets: Iterable[Body]) -> Iterator[str]:
        """Yield the ECS deployments that are said to have succeeded, and have not."""
        began = (target["forward"]["ecs_deployment_id"] for target in targets)
        yield from (each for each in began if each not in self.truth.completed)

    def wrong_failures(self, targets: Iterable[Body]) -> Iterator[str]:
        """Yield the services that are said to have failed while ECS was content with them."""
        if self.plan.climate.skewed:
            return  # whose clock is ahead ends what has time left
        for target in targets:
            leg = target["forward"]
            service = f"{target['service']['cluster']}/{target['service']['name']}"
            begun = leg["ecs_deployment_id"] is not None
            if begun and leg["state"] == "failed" and not self._may_have_failed(leg, service):
                yield service

    def _may_have_failed(self, leg: Body, service: str) -> bool:
        called_at = datetime.fromisoformat(leg["called_at"])
        late = self.clock() - called_at >= SHORTEST_DEADLINE
        return (
            late or leg["ecs_deployment_id"] in self.truth.failed or service in self.truth.touched
        )
