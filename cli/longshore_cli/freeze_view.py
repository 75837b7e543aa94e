"""What is frozen, told: it goes before all that is said of stages."""

from collections.abc import Sequence

from longshore.domain.stop_switch import Freeze, StopSwitch
from longshore.events.outbound import freeze_detail
from longshore_cli.output import print_line


def end_of(freeze: Freeze) -> str:
    """Return the command that ends a freeze."""
    return f"longshore unfreeze {freeze.arguments} --reason TEXT"


def print_freezes(freezes: Sequence[Freeze]) -> None:
    """Print what is frozen, each on one line, and how that ends; nothing where nothing is."""
    for freeze in freezes:
        print_line(f"FROZEN: {freeze.told}")
        print_line(f"next: {end_of(freeze)}")
    if freezes:
        print_line()


def freezes_of(switch: StopSwitch, what: str | None) -> Sequence[Freeze]:
    """Return what is frozen of an application or a stage; all of it where neither is named."""
    return [freeze for freeze in switch.freezes if what is None or _touches(freeze.scope, what)]


def freeze_json(switch: StopSwitch) -> dict[str, object] | None:
    """Return the freeze of everything for programs, None where there is none."""
    return freeze_detail(switch.everything) if switch.on else None


def _touches(scope: str, what: str) -> bool:
    """Whether a freeze has to do with an application or a stage: it is of it, or within it."""
    return not scope or f"{what}/".startswith(f"{scope}/") or scope.startswith(f"{what}/")
