"""Weak guards: alarms that are blamed wrongly or not at all, and bakes that are skipped."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from longshore.decide.alarms import Alarms, arm
from longshore.decide.settlement import Fault
from longshore.domain.alarms import Alarm, Guard
from longshore.domain.deployments import DeploymentRecord
from longshore.usecases.conclude_deployment import succeed as _succeed
from longshore.usecases.guard import blame as _blame
from longshore.usecases.round import Round
from longshore.usecases.step import Answer, Fails, Passed
from tests.simulation.mutants.mutant import Mutant, replacing, together


def _arm_all(names: Sequence[str], alarms: Alarms, recovered: Collection[str]) -> Guard:
    """Blame whatever fires, though it did before anything was moved."""
    del alarms, recovered
    return Guard(tuple(names))


def _arm_recovered(names: Sequence[str], alarms: Alarms, recovered: Collection[str]) -> Guard:
    del recovered
    return arm(names, alarms, frozenset())


def _arm_nothing(names: Sequence[str], alarms: Alarms, recovered: Collection[str]) -> Guard:
    """Leave out every alarm, as if all had fired before."""
    guard = arm(names, alarms, recovered)
    every = (*guard.armed, *(each.name for each in guard.unarmed))
    return arm(every, alarms, every)


def _never_fires(guard: Guard, alarms: Alarms) -> Alarm | None:
    del guard, alarms
    return None


def _pass_at_once(round_: Round, guard: Guard, until: datetime) -> Answer:
    """Take the first quiet look for the whole bake."""
    del round_, guard, until
    return Passed()


def _hold_only(alarm: Alarm, deployment: DeploymentRecord) -> Fails:
    return replace(_blame(alarm, deployment), fault=Fault.REQUEST)


def _proven_all_the_same(
    round_: Round, deployment: DeploymentRecord, unproven: Sequence[str]
) -> None:
    """Take what alarms said nothing of for verified: a rollback goes there."""
    guard = deployment.guard or Guard()
    _succeed(round_, replace(deployment, guard=replace(guard, silent=())), unproven)


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "firing-alarm-blamed",
        "an alarm that fires before anything was moved takes the release back",
        replacing("longshore.decide.alarms.arm", _arm_all),
    ),
    Mutant(
        "no-cooldown",
        "an alarm that fired until shortly before counts at once",
        replacing("longshore.decide.alarms.arm", _arm_recovered),
    ),
    Mutant(
        "quiet-alarms-left-out",
        "no alarm is armed, so none takes anything back",
        replacing("longshore.decide.alarms.arm", _arm_nothing),
    ),
    Mutant(
        "alarm-not-heeded",
        "a release is verified while its alarm fires",
        replacing("longshore.decide.alarms.firing", _never_fires),
    ),
    Mutant(
        "bake-skipped",
        "a release is verified as soon as its services have come up",
        replacing("longshore.usecases.bake._wait", _pass_at_once),
    ),
    Mutant(
        "alarm-holds-and-does-not-veto",
        "what an alarm took back ships again under a newer hold",
        together(
            replacing("longshore.usecases.guard.blame", _hold_only),
            replacing("longshore.usecases.bake.blame", _hold_only),
        ),
    ),
    Mutant(
        "mute-alarm-proves",
        "what an alarm said nothing of becomes what a rollback goes to",
        replacing("longshore.usecases.advance_deployment.succeed", _proven_all_the_same),
    ),
)
