"""The commands of `longshore pipelines`: executions of CodePipeline."""

from typing import Annotated

import typer

from longshore_cli.options import Profile, Region
from longshore_cli.output import Output, OutputFormat
from longshore_cli.pipelines.formats import PipelineFormat, PipelineOutput

pipelines = typer.Typer(
    help="Show what ran in CodePipeline and why it failed; run it again, or stop it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Pipeline = Annotated[str, typer.Argument(metavar="NAME", help="The pipeline.")]
Execution = Annotated[
    str | None,
    typer.Option(metavar="ID", help="Id of an execution, or its beginning; by default the newest."),
]
Reason = Annotated[str, typer.Option(help="Why; AWS keeps it with your name.")]


@pipelines.command("list")
def list_pipelines(
    *,
    config: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Only those that this longshore.yaml names."),
    ] = None,
    region: Region = None,
    profile: Profile = None,
    output: PipelineOutput = PipelineFormat.TABLE,
) -> None:
    """List the pipelines with their last execution."""
    from longshore_cli.access import Place
    from longshore_cli.pipelines.look import run_list

    run_list(Place(profile=profile, region=region), config, output)


@pipelines.command("show")
def show_pipeline(
    name: Pipeline,
    *,
    execution: Execution = None,
    most: Annotated[
        int, typer.Option("--limit", min=1, max=1000, help="How many executions, newest first.")
    ] = 10,
    region: Region = None,
    profile: Profile = None,
    output: PipelineOutput = PipelineFormat.TABLE,
) -> None:
    """Show an execution, its stages, and why it failed."""
    from longshore_cli.access import Place
    from longshore_cli.pipelines.look import run_show

    run_show(Place(profile=profile, region=region), name, execution, most, output)


@pipelines.command("retry")
def retry_pipeline(
    name: Pipeline,
    *,
    execution: Execution = None,
    stage: Annotated[
        str | None,
        typer.Option(metavar="STAGE", help="The stage; by default the one that failed."),
    ] = None,
    reason: Reason,
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Run what failed in an execution again."""
    from longshore_cli.access import Place
    from longshore_cli.pipelines.change import Change, run_retry

    place = Place(profile=profile, region=region)
    run_retry(place, Change(name, reason, execution), stage, output)


@pipelines.command("stop")
def stop_pipeline(
    name: Pipeline,
    *,
    execution: Execution = None,
    abandon: Annotated[
        bool, typer.Option("--abandon", help="At once, without waiting for what is under way.")
    ] = False,
    reason: Reason,
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Stop an execution that is under way."""
    from longshore_cli.access import Place
    from longshore_cli.pipelines.change import Change, run_stop

    place = Place(profile=profile, region=region)
    run_stop(place, Change(name, reason, execution), output, abandon=abandon)
