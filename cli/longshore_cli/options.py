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
