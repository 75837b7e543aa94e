"""The commands by which a person keeps stages where they are, or takes one back."""

from collections.abc import Callable
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

_Scope = Annotated[
    str | None, typer.Argument(metavar="SCOPE", help="An application, or application/stage.")
]
_Everything = Annotated[bool, typer.Option("--everything", help="All stages of the installation.")]


def freeze(
    scope: _Scope = None,
    *,
    everything: _Everything = False,
    reason: Reason,
    lasting: For = None,
    until: Until = None,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Stop everything, an application or a stage; what is under way goes on to its end."""
    from longshore_cli.access import Place
    from longshore_cli.ends import End
    from longshore_cli.freeze import Turn, run_freeze

    turn = Turn(
        freeze=True, scope=scope, everything=everything, reason=reason, end=End(lasting, until)
    )
    run_freeze(Place(installation, profile, region), turn, output)


def unfreeze(
    scope: _Scope = None,
    *,
    everything: _Everything = False,
    reason: Reason,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """End a freeze; what was held meanwhile ships."""
    from longshore_cli.access import Place
    from longshore_cli.ends import NO_END
    from longshore_cli.freeze import Turn, run_freeze

    turn = Turn(freeze=False, scope=scope, everything=everything, reason=reason, end=NO_END)
    run_freeze(Place(installation, profile, region), turn, output)


def pin(
    stage: Stage,
    images: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RELEASE|TAG|DIGEST",
            help="The release by its id or, as for deploy, by its images; by default the live one.",
        ),
    ] = None,
    *,
    reason: Reason,
    lasting: For = None,
    until: Until = None,
    watch: Watched = False,
    timeout: Timeout = None,
    logs: Logs = True,
    lines: Lines = 10,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: StreamOutput = StreamFormat.TEXT,
) -> None:
    """Have a stage stay on a release: nothing else ships until it is unpinned."""
    from longshore_cli.access import Place
    from longshore_cli.ends import End
    from longshore_cli.pin import run_pin
    from longshore_cli.watch import WatchOptions
    from longshore_cli.wish import Wish

    watching = WatchOptions.of(timeout, lines, logs=logs) if watch else None
    wish = Wish(stage, reason, output, watching)
    run_pin(Place(installation, profile, region), images or (), wish, End(lasting, until))


def unpin(
    stage: Stage,
    *,
    reason: Reason,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Let a pinned stage move on."""
    from longshore_cli.access import Place
    from longshore_cli.pin import run_unpin
    from longshore_cli.wish import Wish

    run_unpin(Place(installation, profile, region), Wish(stage, reason, StreamFormat(output)))


def veto(
    stage: Stage,
    images: Annotated[
        list[str],
        typer.Argument(
            metavar="RELEASE|TAG|DIGEST",
            help="The release by its id, or its images; ALIAS=TAG|DIGEST where there are several.",
        ),
    ],
    *,
    reason: Reason,
    lasting: For = None,
    until: Until = None,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Keep a release from a stage, by whatever tag it comes."""
    from longshore_cli.access import Place
    from longshore_cli.ends import End
    from longshore_cli.veto import run_veto
    from longshore_cli.wish import Wish

    place, wish = Place(installation, profile, region), Wish(stage, reason, StreamFormat(output))
    run_veto(place, images, wish, End(lasting, until))


def unveto(
    stage: Stage,
    release: Annotated[
        str,
        typer.Argument(
            metavar="RELEASE", help="Id, tag or digest of a vetoed release, as status shows it."
        ),
    ],
    *,
    reason: Reason,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Lift the veto of a release, also one that a failure left."""
    from longshore_cli.access import Place
    from longshore_cli.veto import run_unveto
    from longshore_cli.wish import Wish

    place, wish = Place(installation, profile, region), Wish(stage, reason, StreamFormat(output))
    run_unveto(place, release, wish)


def abort(
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
    """End the deployment under way: its release is vetoed, and the stage goes back."""
    from longshore_cli.abort import run_abort
    from longshore_cli.access import Place
    from longshore_cli.watch import WatchOptions
    from longshore_cli.wish import Wish

    watching = WatchOptions.of(timeout, lines, logs=logs) if watch else None
    run_abort(Place(installation, profile, region), Wish(stage, reason, output, watching))


KEEPING: tuple[Callable[..., None], ...] = (pin, unpin, veto, unveto, abort, freeze, unfreeze)
"""The commands of this module, in the order in which help shows them."""
