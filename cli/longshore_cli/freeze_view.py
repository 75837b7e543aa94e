"""A freeze of everything, told: it goes before all that is said of stages."""

from longshore.domain.stop_switch import StopSwitch
from longshore.events.outbound import switch_detail
from longshore_cli.output import print_line

END = "longshore unfreeze --everything --reason TEXT"
"""The command that ends a freeze."""


def print_freeze(switch: StopSwitch) -> None:
    """Print on one line that everything is frozen, and how that ends; nothing where it is not."""
    if switch.on:
        print_line(f"FROZEN: {switch.told}")
        print_line(f"next: {END}")
        print_line()


def freeze_json(switch: StopSwitch) -> dict[str, object] | None:
    """Return the freeze of everything for programs, None where nothing is frozen."""
    return switch_detail(switch) if switch.on else None
