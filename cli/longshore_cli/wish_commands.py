"""The commands by which a person asks something of a stage: they differ in the wish alone."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from longshore_cli.options import Installation, Profile, Region
from longshore_cli.output import Output, OutputFormat

WISHES: Mapping[str, str] = {
    "retry": "Let through what a stage holds or vetoed.",
    "pause": "Keep a stage from moving by itself; what is under way goes on.",
    "resume": "Let a paused stage move by itself again.",
}
"""What each command does, by the wish that it is called after."""


def wish_command(kind: str) -> Callable[..., None]:
    """Return the command for a wish."""

    def command(
        stage: Annotated[str, typer.Argument(metavar="STAGE", help="application/stage")],
        *,
        reason: Annotated[str, typer.Option(help="Why; it is kept with your name.")],
        installation: Installation = "longshore",
        region: Region = None,
        profile: Profile = None,
        output: Output = OutputFormat.TEXT,
    ) -> None:
        from longshore.domain.stages import IntentKind
        from longshore_cli.access import Place
        from longshore_cli.wish import run_wish

        place = Place(installation, profile, region)
        run_wish(place, IntentKind(kind), stage, reason, output)

    command.__name__, command.__doc__ = kind, WISHES[kind]
    return command
