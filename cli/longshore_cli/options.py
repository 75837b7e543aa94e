"""Options that several commands take."""

from typing import Annotated

import typer

Installation = Annotated[
    str, typer.Option(envvar="LONGSHORE_INSTALLATION", help="Name of the installation.")
]
Region = Annotated[
    str | None, typer.Option(help="AWS region; by default that of the profile or environment.")
]
Profile = Annotated[str | None, typer.Option(help="AWS profile to sign with.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Stage = Annotated[str, typer.Argument(metavar="STAGE", help="application/stage")]
For = Annotated[
    str | None,
    typer.Option("--for", metavar="DURATION", help="It ends by itself after 90m, 2h, 3d …"),
]
Until = Annotated[
    str | None,
    typer.Option(metavar="MOMENT", help="It ends by itself then; UTC where no offset is given."),
]
Reason = Annotated[str, typer.Option(help="Why; it is kept with your name.")]
Timeout = Annotated[
    str | None,
    typer.Option(metavar="DURATION", help="Stop watching after 90s, 30m, 2h …; exit status 5."),
]
Logs = Annotated[bool, typer.Option("--logs/--no-logs", help="Show log lines of new tasks.")]
Lines = Annotated[
    int, typer.Option("--lines", min=0, max=1000, metavar="N", help="How many log lines at first.")
]
Watched = Annotated[bool, typer.Option("--watch", help="Follow it to its end; exit as it ends.")]
