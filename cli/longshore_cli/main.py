"""The `longshore` command: what each command is called, takes and says of itself.

Every body imports what it needs when it runs, so that `longshore --help` and shell completion
answer at once.
"""

import sys
from enum import StrEnum
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from longshore import __version__
from longshore_cli.errors import CommandError, UsageError
from longshore_cli.keep_commands import KEEPING
from longshore_cli.look_commands import doctor, events, history, origin, status, watch
from longshore_cli.options import Installation, Profile, Region, Yes
from longshore_cli.output import Output, OutputFormat, print_error, print_line
from longshore_cli.pipeline_commands import pipelines
from longshore_cli.webhook_commands import webhook
from longshore_cli.wish_commands import (
    WISHES,
    deploy,
    retry,
    rollback,
    wish_command,
)

if TYPE_CHECKING:
    from typer._click.core import Context


class Engine(StrEnum):
    """What runs the tasks of the demo."""

    AUTO = "auto"
    DOCKER = "docker"
    NONE = "none"


class _Commands(TyperGroup):
    """Shows expected errors as sentences; whatever else is raised is a defect and stays whole."""

    def invoke(self, ctx: "Context") -> object:
        """Run a command and turn an expected error into its exit code."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except CommandError as error:
            print_error(error)
            raise typer.Exit(error.code) from None


app = typer.Typer(
    name="longshore",
    cls=_Commands,
    help="Continuous delivery for Amazon ECS: push an image to ECR, and its services follow.",
    epilog="Exit status: 0 ok, 2 usage, 3 failed, 4 rolled back, 5 timed out, 6 denied, "
    "7 nothing to do.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(value: bool) -> None:  # noqa: FBT001  # typer calls it with the flag alone
    if value:
        print_line(f"longshore {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Continuous delivery for Amazon ECS: push an image to ECR, and its services follow."""


@app.command()
def init(
    *,
    service: Annotated[
        str, typer.Option(metavar="CLUSTER/SERVICE", help="The ECS service to start from.")
    ],
    application: Annotated[
        str, typer.Option(metavar="NAME", help="By default made from the service's name.")
    ] = "",
    stage: Annotated[
        str, typer.Option(metavar="NAME", help="By default made from the cluster's name.")
    ] = "",
    file: Annotated[str, typer.Option(metavar="FILE", help="What to write.")] = "longshore.yaml",
    yes: Yes = False,
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Write a first longshore.yaml from a running service."""
    from longshore_cli.access import Place
    from longshore_cli.first_file import Names, run_init

    place = Place(profile=profile, region=region)
    run_init(place, Names(service, application, stage), file, output, yes=yes)


@app.command()
def apply(
    file: Annotated[str, typer.Argument(metavar="FILE")] = "longshore.yaml",
    *,
    deploy: Annotated[
        bool, typer.Option("--deploy", help="Deploy at once what the policies choose now.")
    ] = False,
    observe: Annotated[
        bool,
        typer.Option("--observe", help="Only observe, in every stage: change nothing in ECS."),
    ] = False,
    yes: Yes = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and change nothing.")
    ] = False,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Put a longshore.yaml in force, after a plan."""
    from longshore_cli.access import Place
    from longshore_cli.apply import ApplyOptions, run_apply

    place = Place(installation, profile, region)
    options = ApplyOptions(deploy=deploy, yes=yes, dry_run=dry_run, observe=observe)
    run_apply(place, file, options, output)


for look in (status, watch, history, events, origin, doctor):
    app.command()(look)
app.command()(deploy)
app.command()(rollback)
app.command()(retry)
for kind in WISHES:
    app.command()(wish_command(kind))
for keep in KEEPING:
    app.command()(keep)
app.add_typer(pipelines, name="pipelines")
app.add_typer(webhook, name="webhook")


@app.command()
def render(
    *,
    task_definition: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Output of `aws ecs describe-task-definition --include TAGS`; - reads stdin.",
        ),
    ],
    image: Annotated[
        list[str],
        typer.Option(
            metavar="CONTAINER=REF",
            help="The image of a container, as REPOSITORY@sha256:…; may be repeated.",
        ),
    ],
    output: Output = OutputFormat.TEXT,
) -> None:
    """Print what would be registered, offline."""
    from longshore_cli.rendering import run_render

    run_render(task_definition, image, output)


@app.command()
def explain(
    *,
    event: Annotated[
        str, typer.Option(metavar="FILE", help="An event as AWS delivers it; - reads stdin.")
    ],
    config: Annotated[
        str | None, typer.Option(metavar="FILE", help="The longshore.yaml whose stages are asked.")
    ] = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Print what an event would cause and why, offline."""
    from longshore_cli.explain import run_explain

    run_explain(event, config, output)


@app.command()
def schema() -> None:
    """Print the JSON Schema of longshore.yaml."""
    from longshore_cli.configuration.models import json_schema
    from longshore_cli.output import print_json

    print_json(json_schema())


@app.command()
def demo(
    *,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave everything running, to look around.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option(help="What runs the tasks; with none they are simulated.")
    ] = Engine.AUTO,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Run the whole story without an AWS account."""
    try:
        module = import_module("longshore_local.demo.cli")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("longshore_local"):
            raise
        raise UsageError(
            "the demo needs the repository: it runs template.yaml and the functions from there",
            next_step="clone the repository of Longshore, then: make demo",
        ) from None
    module.demo(output=output, keep=keep, engine=engine)
