"""The commands by which a person asks something of a stage."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from longshore_cli.options import (
    Installation,
    Lines,
    Logs,
    Profile,
    Region,
    Stage,
    Timeout,
    Watched,
)
from longshore_cli.output import Output, OutputFormat, StreamFormat, StreamOutput

WISHES: Mapping[str, str] = {
    "pause": "Keep a stage from moving by itself; what is under way goes on.",
    "resume": "Let a paused stage move by itself again.",
}
"""What each command does, by the wish that it is called after."""


def wish_command(kind: str) -> Callable[..., None]:
    """Return the command for a wish."""

    def command(
        stage: Stage,
        *,
        reason: Annotated[str, typer.Option(help="Why; it is kept with your name.")],
        installation: Installation = "longshore",
        region: Region = None,
        profile: Profile = None,
        output: Output = OutputFormat.TEXT,
    ) -> None:
        from longshore.domain.intents import IntentKind
        from longshore_cli.access import Place
        from longshore_cli.wish import Wish, run_wish

        place = Place(installation, profile, region)
        run_wish(place, IntentKind(kind), Wish(stage, reason, StreamFormat(output)))

    command.__name__, command.__doc__ = kind, WISHES[kind]
    return command


FREEZES: Mapping[str, str] = {
    "freeze": "Stop everything: nothing begins in any stage; what is under way goes on.",
    "unfreeze": "End a freeze of everything; what was held meanwhile ships.",
}
"""What the two commands do that turn the stop switch."""


def freeze_command(name: str) -> Callable[..., None]:
    """Return the command that turns the stop switch one way."""

    def command(
        *,
        everything: Annotated[
            bool, typer.Option("--everything", help="All stages of the installation.")
        ] = False,
        reason: Annotated[str, typer.Option(help="Why; it is kept with your name.")],
        installation: Installation = "longshore",
        region: Region = None,
        profile: Profile = None,
        output: Output = OutputFormat.TEXT,
    ) -> None:
        from longshore_cli.access import Place
        from longshore_cli.freeze import run_freeze

        place, freeze = Place(installation, profile, region), name == "freeze"
        run_freeze(place, freeze=freeze, everything=everything, reason=reason, output=output)

    command.__name__, command.__doc__ = name, FREEZES[name]
    return command


def deploy(
    stage: Stage,
    images: Annotated[
        list[str],
        typer.Argument(
            metavar="TAG|DIGEST",
            help="What to deploy; ALIAS=TAG|DIGEST where the stage has several images.",
        ),
    ],
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept with your name.")] = "",
    watch: Watched = False,
    timeout: Timeout = None,
    logs: Logs = True,
    lines: Lines = 10,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: StreamOutput = StreamFormat.TEXT,
) -> None:
    """Bring a stage to an image by name, past holds and vetoes."""
    from longshore_cli.access import Place
    from longshore_cli.deploy import run_deploy
    from longshore_cli.watch import WatchOptions
    from longshore_cli.wish import Wish

    watching = WatchOptions.of(timeout, lines, logs=logs) if watch else None
    wish = Wish(stage, reason, output, watching)
    run_deploy(Place(installation, profile, region), images, wish)


def rollback(
    stage: Stage,
    *,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="RELEASE",
            help="Id, tag or digest of a verified release; by default the one before.",
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; it is kept with your name.")],
    watch: Watched = False,
    timeout: Timeout = None,
    logs: Logs = True,
    lines: Lines = 10,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: StreamOutput = StreamFormat.TEXT,
) -> None:
    """Bring a stage back to an earlier release, and keep it there."""
    from longshore_cli.access import Place
    from longshore_cli.rollback import run_rollback
    from longshore_cli.watch import WatchOptions
    from longshore_cli.wish import Wish

    watching = WatchOptions.of(timeout, lines, logs=logs) if watch else None
    wish = Wish(stage, reason, output, watching)
    run_rollback(Place(installation, profile, region), to, wish)


def retry(
    stage: Stage,
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept with your name.")],
    watch: Watched = False,
    timeout: Timeout = None,
    logs: Logs = True,
    lines: Lines = 10,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: StreamOutput = StreamFormat.TEXT,
) -> None:
    """Let through what a stage holds or vetoed."""
    from longshore.domain.intents import IntentKind
    from longshore_cli.access import Place
    from longshore_cli.watch import WatchOptions
    from longshore_cli.wish import Wish, run_wish

    watching = WatchOptions.of(timeout, lines, logs=logs) if watch else None
    wish = Wish(stage, reason, output, watching)
    run_wish(Place(installation, profile, region), IntentKind.RETRY, wish)
