"""The commands by which a person asks something of a stage: they differ in the wish alone."""

from typing import Annotated

import typer

from longshore_cli.options import Installation, Profile, Region
from longshore_cli.output import Output, OutputFormat

Stage = Annotated[str, typer.Argument(metavar="STAGE", help="application/stage")]
Reason = Annotated[str, typer.Option(help="Why; it is told and kept with your name.")]


def retry(
    stage: Stage,
    *,
    reason: Reason,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Let through what a stage holds or vetoed."""
    _wish("retry", (installation, profile, region), stage, reason, output)


def pause(
    stage: Stage,
    *,
    reason: Reason,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Keep a stage from moving by itself; what is under way goes on."""
    _wish("pause", (installation, profile, region), stage, reason, output)


def resume(
    stage: Stage,
    *,
    reason: Reason,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Let a paused stage move by itself again."""
    _wish("resume", (installation, profile, region), stage, reason, output)


def _wish(
    kind: str,
    place: tuple[str, str | None, str | None],
    stage: str,
    reason: str,
    output: OutputFormat,
) -> None:
    from longshore.domain.stages import IntentKind
    from longshore_cli.access import Place
    from longshore_cli.wish import run_wish

    run_wish(Place(*place), IntentKind(kind), stage, reason, output)
