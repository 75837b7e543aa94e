"""The commands that show what is, and change nothing."""

from typing import Annotated

import typer

from longshore_cli.options import Installation, Lines, Logs, Profile, Region, Stage, Timeout
from longshore_cli.output import Output, OutputFormat, StreamFormat, StreamOutput


def status(
    what: Annotated[
        str | None,
        typer.Argument(metavar="STAGE", help="application/stage, or an application."),
    ] = None,
    *,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Show what runs, what is held, and what to do."""
    from longshore_cli.access import Place
    from longshore_cli.status import run_status

    run_status(Place(installation, profile, region), what, output)


def history(
    stage: Stage,
    *,
    most: Annotated[
        int, typer.Option("--limit", min=1, max=1000, help="How many deployments, newest first.")
    ] = 20,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Show the deployments of a stage."""
    from longshore_cli.access import Place
    from longshore_cli.status import run_history

    run_history(Place(installation, profile, region), stage, most, output)


def events(
    stage: Stage,
    *,
    most: Annotated[
        int, typer.Option("--limit", min=1, max=1000, help="How many events, newest first.")
    ] = 20,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Show what was seen of a stage, and what came of it."""
    from longshore_cli.access import Place
    from longshore_cli.events import run_events

    run_events(Place(installation, profile, region), stage, most, output)


def origin(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="application/stage, application/stage#42, sha256:…, an image with its digest, "
            "or the ARN of an ECS task.",
        ),
    ],
    *,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Show where what runs came from: build, commit and push."""
    from longshore_cli.access import Place
    from longshore_cli.origin.command import run_origin

    run_origin(Place(installation, profile, region), what, output)


def watch(
    stage: Stage,
    *,
    follow: Annotated[
        bool, typer.Option("--follow", help="With nothing under way, wait for the next deployment.")
    ] = False,
    timeout: Timeout = None,
    logs: Logs = True,
    lines: Lines = 10,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: StreamOutput = StreamFormat.TEXT,
) -> None:
    """Follow the deployment of a stage to its end."""
    from longshore_cli.access import Place
    from longshore_cli.watch import WatchOptions, run_watch

    options = WatchOptions.of(timeout, lines, logs=logs)
    run_watch(Place(installation, profile, region), stage, options, output, follow=follow)


def doctor(
    stage: Annotated[
        str | None, typer.Argument(metavar="STAGE", help="application/stage; by default all.")
    ] = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Leave out what is well.")] = False,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Check what a rollout or a rollback needs."""
    from longshore_cli.access import Place
    from longshore_cli.doctor.command import run_doctor

    run_doctor(Place(installation, profile, region), stage, output, quiet=quiet)
