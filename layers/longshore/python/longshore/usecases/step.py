"""A step of a deployment, before its targets roll, while they do, or after they came up.

A step looks at what is recorded, does one thing if it must, and answers. It is asked again in every
round until it passes, so it records what it is about to do before it does it, and costs nothing
where nothing is configured for it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from longshore.decide.settlement import Fault
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.failures import Failure
from longshore.usecases.round import Round


@dataclass(frozen=True, slots=True)
class Passed:
    """There is nothing more to do."""


@dataclass(frozen=True, slots=True)
class Waits:
    """It is not decided yet; `until` is when to ask again if no event does before."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fails:
    """The deployment has failed, and whose fault that is."""

    failure: Failure
    fault: Fault


Answer = Passed | Waits | Fails

Step = Callable[[Round, DeploymentRecord], Answer]


def take(steps: Iterable[Step], round_: Round, deployment: DeploymentRecord) -> Answer:
    """Take steps in their order as far as they pass; return the answer of the last one taken.

    Each is given the deployment as the one before it left it.
    """
    for step in steps:
        answer = step(round_, round_.snapshot.deployment or deployment)
        if not isinstance(answer, Passed):
            return answer
    return Passed()
