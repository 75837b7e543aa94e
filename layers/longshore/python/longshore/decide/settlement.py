"""One verdict for a stage from what became of each of its targets."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from longshore.domain.deployments import LegState
from longshore.domain.holds import HoldKind
from longshore.domain.stages import TargetRecord


class Fault(StrEnum):
    """Whose a failure is: it decides between a veto and a hold."""

    RELEASE = "release"
    """ECS could not bring it up: the release is vetoed."""
    REQUEST = "request"
    """ECS refused to try, or a permission is missing: nothing is known of the release."""
    GONE = "gone"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Some target is not over yet."""


@dataclass(frozen=True, slots=True)
class Done:
    """Every target ended as meant; `unproven` names those whose desired count is 0."""

    unproven: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """A target failed, and with it the stage."""

    target: TargetRecord
    fault: Fault


Settlement = UnderWay | Done | Broken

_HOLDS = {
    Fault.REQUEST: HoldKind.FAILED,
    Fault.GONE: HoldKind.TARGET_GONE,
    Fault.REPLACED: HoldKind.REPLACED,
}


def settle(targets: Sequence[TargetRecord], *, to_the_end: bool = False) -> Settlement:
    """Return the verdict over the way forward: one failure decides, success needs them all.

    With `to_the_end` a failure decides when every target is over.
    """
    under_way = not all(target.forward.state.over for target in targets)
    if under_way and to_the_end:
        return UnderWay()
    for target in targets:
        if target.forward.state.over and not target.forward.state.good:
            return Broken(target, _fault(target))
    if under_way:
        return UnderWay()
    unproven = (t for t in targets if t.forward.state is LegState.UNPROVEN)
    return Done(tuple(str(target.service) for target in unproven))


def hold_for(fault: Fault) -> HoldKind | None:
    """Return the hold that a failure leaves, None where a veto says enough."""
    return _HOLDS.get(fault)


def to_return(targets: Sequence[TargetRecord]) -> list[TargetRecord]:
    """Return the targets that must go back to their stable revision."""
    return [target for target in targets if target.must_return]


def taken(targets: Sequence[TargetRecord]) -> dict[str, str]:
    """Return the services that another hand has, and how it came to that, by their names."""
    return {
        str(target.service): leg.reason
        for target in targets
        for leg in (target.forward, target.backward)
        if leg is not None and leg.state is LegState.REPLACED
    }


def _fault(target: TargetRecord) -> Fault:
    match target.forward.state:
        case LegState.GONE:
            return Fault.GONE
        case LegState.REPLACED:
            return Fault.REPLACED
        case _:
            return Fault.RELEASE if target.forward.moved else Fault.REQUEST
