"""`longshore events`: what was seen of a stage, and what came of each event and wish."""

from collections.abc import Sequence
from datetime import UTC, datetime

from longshore.domain.intents import Intent
from longshore.domain.outcomes import EventOutcome
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.installation import find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.output import OutputFormat, print_json, print_line
from longshore_cli.status import parse_stage
from longshore_cli.tables import print_table
from longshore_cli.wording import age


def run_events(place: Place, stage: str, most: int, output: OutputFormat) -> None:
    """Show the newest ends of events, newest first, after what people wait for."""
    wanted = parse_stage(stage)
    with aws_in_sentences():
        access = Access(place)
        ledger = LedgerView(access, find_installation(access))
        waiting = ledger.existing(wanted).intents
        ended = ledger.outcomes(wanted, most)
    if output is OutputFormat.JSON:
        events = [_ended_json(each) for each in ended]
        wishes = [_waiting_json(each) for each in waiting]
        print_json({"stage": stage, "waiting": wishes, "events": events})
        return
    _print(waiting, ended, datetime.now(UTC))
    if not waiting and not ended:
        print_line(f"nothing was seen of {stage} in the last 30 days")
        print_line(f"next: push an image that it follows; longshore status {stage} says which")


def _print(waiting: Sequence[Intent], ended: Sequence[EventOutcome], now: datetime) -> None:
    rows = [(age(i.at, now), "waiting", i.id, _wish(i)) for i in waiting]
    rows += [(age(each.at, now), each.outcome.value, each.event, each.reason) for each in ended]
    if rows:
        print_table(("WHEN", "OUTCOME", "EVENT", "WHY"), rows)


def _wish(intent: Intent) -> str:
    return f"{intent.told}: {intent.reason}"


def _ended_json(ended: EventOutcome) -> dict[str, object]:
    return {
        "event": ended.event,
        "outcome": ended.outcome.value,
        "reason": ended.reason,
        "at": ended.at.isoformat(),
    }


def _waiting_json(intent: Intent) -> dict[str, object]:
    return {
        "event": intent.id,
        "kind": intent.kind.value,
        "actor": intent.actor,
        "reason": intent.reason,
        "at": intent.at.isoformat(),
    }
