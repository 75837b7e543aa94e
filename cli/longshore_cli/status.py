"""`longshore status` and `longshore history`: the ledger, read aloud."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from longshore.domain.deployments import DeploymentRecord
from longshore.domain.holds import until_text
from longshore.domain.places import StageId
from longshore.domain.stages import StageRecord
from longshore.domain.stop_switch import StopSwitch
from longshore.events.outbound import deployment_detail, freeze_detail
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.errors import CommandError, UsageError
from longshore_cli.freeze_view import freeze_json, freezes_of, print_freezes
from longshore_cli.installation import Installation, find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.output import OutputFormat, print_json, print_line
from longshore_cli.stage_view import StageView, present_leg
from longshore_cli.tables import print_table
from longshore_cli.wording import NOTHING, age, release_text, revision_text, took, trigger_text


def run_status(place: Place, what: str | None, output: OutputFormat) -> None:
    """Show all stages, those of an application, or one stage in detail."""
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        ledger = LedgerView(access, installation)
        switch, views = ledger.switch(), _views(ledger, what)
    now = datetime.now(UTC)
    if output is OutputFormat.JSON:
        print_json(_status_json(installation, switch, views))
        return
    print_freezes(freezes_of(switch, what))
    if what is not None and "/" in what:
        _print_stage(views[0], now)
    else:
        _print_stages(views, now)


def run_history(place: Place, stage: str, most: int, output: OutputFormat) -> None:
    """Show the newest deployments of a stage, newest first."""
    wanted = parse_stage(stage)
    with aws_in_sentences():
        access = Access(place)
        ledger = LedgerView(access, find_installation(access))
        ledger.existing(wanted)
        found = ledger.deployments(wanted, most)
    if output is OutputFormat.JSON:
        print_json({"stage": stage, "deployments": [deployment_detail(each) for each in found]})
        return
    _print_deployments(found, datetime.now(UTC))
    if not found:
        print_line(f"{stage} has no deployments yet; it runs what it ran when it was adopted")


def parse_stage(text: str) -> StageId:
    """Read `application/stage`; raise UsageError when it is not of that form."""
    try:
        return StageId.parse(text)
    except ValueError as error:
        raise UsageError(str(error), next_step="longshore status lists the stages") from None


def _views(ledger: LedgerView, what: str | None) -> Sequence[StageView]:
    if what is not None and "/" in what:
        snapshots = [ledger.existing(parse_stage(what))]
    else:
        wanted = [stage for stage in ledger.stages() if what in {None, stage.application}]
        if what is not None and not wanted:
            raise CommandError(f"there is no application {what}", next_step="longshore status")
        snapshots = [found for stage in wanted if (found := ledger.snapshot(stage)) is not None]
    return [StageView(each, ledger.latest_deployment(each)) for each in snapshots]


def _status_json(
    installation: Installation, switch: StopSwitch, views: Iterable[StageView]
) -> dict[str, object]:
    return {
        "installation": installation.name,
        "version": installation.version,
        "region": installation.home.region,
        "freeze": freeze_json(switch),
        "freezes": [freeze_detail(freeze) for freeze in switch.freezes],
        "stages": [view.as_json() for view in views],
    }


def _print_stages(views: Sequence[StageView], now: datetime) -> None:
    if not views:
        print_line("no application is configured here yet")
        print_line("next: longshore init --service CLUSTER/SERVICE writes a first longshore.yaml")
        return
    print_table(
        ("STAGE", "PHASE", "RUNS", "TRIED LAST", "WHEN", "BY", "WHY"),
        [_row(view, now) for view in views],
    )
    for view in views:
        for step in view.next_steps:
            print_line(f"next for {view.name}: {step}")


def _row(view: StageView, now: datetime) -> Sequence[str]:
    tried = view.deployment
    return (
        view.name,
        view.phase,
        release_text(view.snapshot.stage.live),
        release_text(tried.release if tried else None),
        age(tried.started_at, now) if tried else NOTHING,
        trigger_text(tried.trigger) if tried else NOTHING,
        view.reason,
    )


def _print_stage(view: StageView, now: datetime) -> None:
    stage, tried = view.snapshot.stage, view.deployment
    print_line(f"{view.name}: {view.phase}")
    print_line(f"  why      {view.reason}")
    print_line(f"  runs     {release_text(stage.live)}")
    print_line(f"  stable   {release_text(stage.stable)}")
    if stage.earlier:
        few = "; ".join(map(str, stage.earlier[:3]))
        print_line(f"  earlier  {few}")
    if tried is not None:
        print_line(f"  tried    {tried.release} as {tried.name}, {age(tried.started_at, now)}")
        print_line(f"  by       {trigger_text(tried.trigger)}; took {took(tried, now)}")
    if tried is not None and tried.failure is not None:
        print_line(f"  failure  {tried.failure.summary}")
    _print_keeping(stage, now)
    _print_targets(view)
    for step in view.next_steps:
        print_line(f"next: {step}")


def _print_keeping(stage: StageRecord, now: datetime) -> None:
    """Print what keeps a stage, or a release from it, and until when."""
    if stage.pin is not None:
        print_line(f"  pinned   {age(stage.pin.since, now)}: {stage.pin.told}")
    for hold in (stage.paused, stage.hold):
        if hold is not None:
            how = f"{hold.kind}{until_text(hold.until)}"
            print_line(f"  held     {age(hold.since, now)} ({how}): {hold.reason}")
    for veto in stage.vetoes:
        print_line(f"  vetoed   {veto.release}, {age(veto.since, now)}: {veto.told}")


def _print_targets(view: StageView) -> None:
    rows = []
    for target in view.targets:
        leg = present_leg(target)
        way = "back, " if target.backward else ""
        rows.append(
            (
                str(target.service),
                f"{way}{leg.state.value}",
                revision_text(leg.revision),
                revision_text(target.stable.revision if target.stable else None),
                leg.reason or NOTHING,
            )
        )
    if rows:
        print_table(("SERVICE", "STATE", "REVISION", "STABLE ON", "WHY"), rows)


def _print_deployments(found: Sequence[DeploymentRecord], now: datetime) -> None:
    rows = [
        (
            f"#{each.number}",
            each.phase.value,
            str(each.release),
            release_text(each.before),
            age(each.started_at, now),
            took(each, now),
            trigger_text(each.trigger),
            each.failure.summary if each.failure else each.reason,
        )
        for each in found
    ]
    if rows:
        print_table(("", "PHASE", "RELEASE", "BEFORE", "STARTED", "TOOK", "BY", "WHY"), rows)
