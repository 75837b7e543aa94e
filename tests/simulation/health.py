"""How the alarms of guarded stages stand: by what their services run, by people, and by chance."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from tests.simulation.cloud.cloudwatch import ALARM, NO_DATA, OK, CloudWatch
from tests.simulation.guards import Guarded
from tests.simulation.kernel import Kernel
from tests.simulation.plan import Action, Plan, Service
from tests.simulation.promises.broken import Tell
from tests.simulation.truth import Truth

TOGGLES, BETWEEN = 8, timedelta(seconds=25)

Runs = Callable[[Service], str | None]
"""Returns the image that a service's primary deployment runs, None where it is gone."""


class Health:
    """Lets alarms go off where something runs that ails, and where nothing does."""

    def __init__(
        self, plan: Plan, truth: Truth, kernel: Kernel, cloudwatch: CloudWatch, tell: Tell
    ) -> None:
        self._plan = plan
        self._truth = truth
        self._kernel = kernel
        self._cloudwatch = cloudwatch
        self._tell = tell
        self._ails = dict.fromkeys(plan.guards, False)
        self._services = {
            f"{application.name}/{stage.name}": stage.services
            for application in plan.applications
            for stage in application.stages
        }
        self._names = list(dict.fromkeys(n for g in plan.guards.values() for n in g.alarms))

    def set_up(self) -> None:
        """Make every alarm, quiet."""
        for name in self._names:
            self._turn(name, OK)

    def look(self, runs: Runs) -> None:
        """Look whether a stage has begun, or ceased, to run something that ails."""
        if not self._truth.ailing:
            return
        for stage, guard in self._plan.guards.items():
            ails = any(self._is_ailing(runs(service)) for service in self._services[stage])
            if ails != self._ails[stage]:
                self._ails[stage] = ails
                self._kernel.after(guard.sickens, partial(self._show, stage, guard, ails))

    def _is_ailing(self, image: str | None) -> bool:
        return image is not None and image.partition("@")[2] in self._truth.ailing

    def _show(self, stage: str, guard: Guarded, ails: bool) -> None:  # noqa: FBT001  by partial
        if guard.alarms and self._ails[stage] == ails:
            self._turn(guard.alarms[0], ALARM if ails else OK)

    # ── what befalls alarms whatever runs ────────────────────────────────────────────────────

    def act(self, action: Action) -> None:
        """Do one thing of the plan to one alarm."""
        if not self._names:
            return
        befall: Callable[[str], None] = getattr(self, action.verb)
        befall(self._names[action.whom % len(self._names)])

    def alarm_fires(self, name: str) -> None:
        """Go off, whatever runs."""
        self._turn(name, ALARM)

    def alarm_clears(self, name: str) -> None:
        """Be quiet, whatever runs; one that was deleted is made again."""
        self._turn(name, OK)

    def alarm_mutes(self, name: str) -> None:
        """Have no data any more."""
        self._turn(name, NO_DATA)

    def alarm_flaps(self, name: str) -> None:
        """Go off and end some times in a few minutes."""
        for number in range(TOGGLES):
            state = OK if number % 2 else ALARM
            self._kernel.after(number * BETWEEN, partial(self._turn, name, state))

    def alarm_deletes(self, name: str) -> None:
        """Delete an alarm."""
        self._tell("people", f"delete the alarm {name}")
        self._cloudwatch.delete(name)

    def _turn(self, name: str, state: str) -> None:
        if self._cloudwatch.turn(name, state, f"It was {state} in the last minute."):
            self._tell(name, f"is {state}")
