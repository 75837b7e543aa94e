"""`longshore apply`: plan, show, ask, and hand the document to control."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.configuration.reading import ConfigurationFile, load_configuration
from longshore_cli.control import Control
from longshore_cli.differences import Difference, differences
from longshore_cli.errors import CommandError, ExitCode, UsageError
from longshore_cli.installation import Installation, find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.output import OutputFormat, confirm, print_json, print_line, print_warning
from longshore_cli.plan import Eyes, StagePlan, lines_of, plan_stages


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How somebody applies: what may be deployed, and whether to ask.

    Where they only want to `observe`, every stage does, whatever the file says.
    """

    deploy: bool
    yes: bool
    dry_run: bool
    observe: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change, against the configuration that is in force."""

    source: ConfigurationFile
    base: int
    deploy: bool
    changes: Sequence[Difference]
    stages: Sequence[StagePlan]
    observe: bool = False

    @property
    def refusals(self) -> Sequence[str]:
        """Why it cannot be applied, one line a target."""
        return [
            f"{stage.spec.id}: {target.service}: {target.refusal}"
            for stage in self.stages
            for target in stage.targets
            if target.refusal
        ]

    @property
    def empty(self) -> bool:
        """Whether applying it would change nothing, neither the configuration nor a service."""
        return not self.changes and not any(stage.deploys for stage in self.stages)

    def as_json(self) -> dict[str, object]:
        """Return the plan for programs."""
        return {
            "file": self.source.file,
            "application": self.source.application,
            "base": self.base,
            "deploy": self.deploy,
            "observe": self.observe,
            "changes": [change.as_json() for change in self.changes],
            "stages": [stage.as_json() for stage in self.stages],
            "refusals": list(self.refusals),
        }


def run_apply(place: Place, file: str, options: ApplyOptions, output: OutputFormat) -> None:
    """Apply a file, or say why not; exit 7 where nothing would change."""
    _check_options(file, options)
    source = load_configuration(file)
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        plan = make_plan(access, installation, source, options)
    _warn_of_slack(source, installation)
    if output is OutputFormat.TEXT:
        _print_plan(plan)
    answer: Mapping[str, object] = {}
    if not (plan.refusals or plan.empty or options.dry_run):
        if not options.yes:
            confirm(_question(plan))
        answer = _post(plan, Control(access, installation))
    if output is OutputFormat.JSON:
        print_json({**plan.as_json(), "applied": bool(answer), "number": answer.get("number")})
    elif answer:
        print_line(f"configuration {answer.get('number')} of {source.application} is in force")
        print_line("next: longshore status")
    _end(plan, options)


def make_plan(
    access: Access, installation: Installation, source: ConfigurationFile, options: ApplyOptions
) -> Plan:
    """Look at everything that a file names; raise what AWS raises."""
    ledger = LedgerView(access, installation)
    base, current = ledger.in_force(source.application)
    wanted = source.configuration(installation.home, number=base + 1, deploy=options.deploy)
    wanted = wanted.observing() if options.observe else wanted
    eyes = Eyes(access.ecs, access.registry, ledger)
    return Plan(
        source=source,
        base=base,
        deploy=options.deploy,
        changes=differences(current, wanted),
        stages=plan_stages(eyes, wanted),
        observe=options.observe,
    )


def _warn_of_slack(source: ConfigurationFile, installation: Installation) -> None:
    """Say where a file wants Slack to be told and the installation has no secret for it."""
    if source.document.get("notify") and not installation.slack:
        print_warning(
            f"{source.file} names Slack channels under notify, and the installation "
            f"{installation.name!r} has no token for Slack: deploy it with SlackSecretArn "
            "(docs/slack.md); until then only the topic is told"
        )


def _post(plan: Plan, control: Control) -> Mapping[str, object]:
    body = {
        "document": plan.source.document,
        "deploy": plan.deploy,
        "base": plan.base,
        "observe": plan.observe,
    }
    with aws_in_sentences():
        return control.post("/v1/configurations", body)


def _check_options(file: str, options: ApplyOptions) -> None:
    if options.deploy and options.observe:
        raise UsageError(
            "--deploy deploys at once and --observe changes nothing: give one of them",
            next_step=f"longshore apply {file} --observe",
        )


def _end(plan: Plan, options: ApplyOptions) -> None:
    """Raise unless what was asked for has been done."""
    if plan.refusals:
        raise CommandError(
            f"{plan.source.file} was not applied; the configuration in force stays",
            details=tuple(plan.refusals),
            next_step="correct the file or the services, then repeat the command",
        )
    if plan.empty:
        raise CommandError(
            f"nothing to do: configuration {plan.base} of {plan.source.application} says the same",
            next_step=f"longshore status {plan.source.application}",
            code=ExitCode.NOTHING_TO_DO,
        )
    if options.dry_run:
        print_warning("nothing was applied: this was a dry run")


def _question(plan: Plan) -> str:
    deployed = [str(stage.spec.id) for stage in plan.stages if stage.deploys]
    follows = f"deploys in {', '.join(deployed)}" if deployed else "moves no service"
    return f"apply {plan.source.file} to {plan.source.application} ({follows})?"


def _print_plan(plan: Plan) -> None:
    print_line(
        f"{plan.source.application}: {plan.source.file} against configuration {plan.base}"
        if plan.base
        else f"{plan.source.application}: {plan.source.file}, the first configuration"
    )
    for change in plan.changes:
        print_line(f"  {change}")
    if not plan.changes:
        print_line("  the configuration stays as it is")
    if plan.observe:
        print_line("  --observe: every stage only observes, whatever the file says")
    for stage in plan.stages:
        for line in lines_of(stage):
            print_line(line)
