"""The commands by which a person asks something of a stage."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from longshore_cli.options import (
    For,
    Installation,
    Lines,
    Logs,
    Profile,
    Reason,
    Region,
    Stage,
    Timeout,
    Until,
    Watched,
)
from longshore_cli.output import Output, OutputFormat, StreamFormat, StreamOutput

WISHES: Mapping[str, str] = {
    "pause": "Keep a stage from moving by itself; what is under way goes on.",
    "resume": "Let a paused stage move by itself again.",
    "hold": "The same as pause: keep a stage from moving by itself.",
    "unhold": "The same as resume: let a held stage move by itself again.",
}
"""What each command does, by its name."""

_KINDS: Mapping[str, str] = {"hold": "pause", "unhold": "resume"}
"""The wish of a command that is not called after it."""


def wish_command(name: str) -> Callable[..., None]:
    """Return the command for a wish."""
    kind = _KINDS.get(name, name)
    command = _begin_command(kind) if kind == "pause" else _end_command(kind)
    command.__name__, command.__doc__ = name, WISHES[name]
    return command


def _begin_command(kind: str) -> Callable[..., None]:
    """Return the command for a wish that may end by itself."""

    def command(
        stage: Stage,
        *,
        reason: Reason,
        lasting: For = None,
        until: Until = None,
        installation: Installation = "longshore",
        region: Region = None,
        profile: Profile = None,
        output: Output = OutputFormat.TEXT,
    ) -> None:
        from longshore.domain.intents import IntentKind
        from longshore_cli.access import Place
        from longshore_cli.ends import End
        from longshore_cli.wish import Wish, run_wish

        place, wish = (
            Place(installation, profile, region),
            Wish(stage, reason, StreamFormat(output)),
        )
        run_wish(place, IntentKind(kind), wish, End(lasting, until))

    return command


def _end_command(kind: str) -> Callable[..., None]:
    def command(
        stage: Stage,
        *,
        reason: Reason,
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
    reason: Reason,
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
    reason: Reason,
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
