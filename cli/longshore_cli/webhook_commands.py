"""The commands of `longshore webhook`: what a Git host sends, tried out."""

from typing import Annotated

import typer

from longshore_cli.options import Installation, Profile, Region
from longshore_cli.output import Output, OutputFormat
from longshore_cli.webhook.deliveries import GitHost

webhook = typer.Typer(
    help="Try out the webhook that a Git host calls.", no_args_is_help=True, rich_markup_mode=None
)


@webhook.callback()
def group() -> None:
    """Try out the webhook that a Git host calls."""


@webhook.command("test")
def try_webhook(
    *,
    provider: Annotated[GitHost, typer.Option(help="Whose delivery it is.")] = GitHost.GITHUB,
    push: Annotated[
        bool,
        typer.Option("--push", help="Send a push, which starts what it matches; else a ping."),
    ] = False,
    repository: Annotated[
        str, typer.Option(metavar="OWNER/NAME", help="The repository, as in longshore.yaml.")
    ] = "",
    branch: Annotated[str, typer.Option(metavar="NAME", help="The branch that is pushed.")] = "",
    tag: Annotated[str, typer.Option(metavar="NAME", help="The tag that is pushed.")] = "",
    commit: Annotated[str, typer.Option(metavar="SHA", help="The whole id of the commit.")] = "",
    path: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="A file that the push changes; may be repeated."),
    ] = None,
    pusher: Annotated[
        str, typer.Option(metavar="NAME", help="Who pushes, where longshore.yaml says who may.")
    ] = "longshore-webhook-test",
    url: Annotated[
        str | None, typer.Option(help="Address of the webhook; by default the installation's.")
    ] = None,
    secret_from: Annotated[
        str | None,
        typer.Option(metavar="ARN", help="Secret to sign with; by default the installation's."),
    ] = None,
    secret_env: Annotated[
        str | None,
        typer.Option(metavar="VARIABLE", help="Sign with what this environment variable holds."),
    ] = None,
    installation: Installation = "longshore",
    region: Region = None,
    profile: Profile = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Sign and send a ping or a sample push."""
    from longshore_cli.access import Place
    from longshore_cli.webhook.deliveries import SamplePush
    from longshore_cli.webhook.trial import Trial, run_trial

    sample = SamplePush(repository, commit, branch, tag, tuple(path or ()), pusher)
    trial = Trial(provider, sample if push else None, url, secret_from, secret_env)
    run_trial(Place(installation, profile, region), trial, output)
