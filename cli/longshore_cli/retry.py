"""`longshore retry`: a person lets through what was held or vetoed."""

from uuid import uuid4

from longshore.domain.stages import IntentKind
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.control import Control
from longshore_cli.errors import UsageError
from longshore_cli.installation import find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.output import OutputFormat, print_json, print_line
from longshore_cli.status import parse_stage


def run_retry(place: Place, stage: str, reason: str, output: OutputFormat) -> None:
    """Post the intent; what comes of it is shown by `longshore status`."""
    wanted = parse_stage(stage)
    if not reason.strip():
        raise UsageError(
            "the reason is empty: say why, it is kept beside the deployment",
            next_step=f'longshore retry {stage} --reason "the database is back"',
        )
    intent = str(uuid4())
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        LedgerView(access, installation).existing(wanted)
        Control(access, installation).post(
            "/v1/intents",
            {"stage": stage, "kind": IntentKind.RETRY.value, "reason": reason, "id": intent},
        )
    if output is OutputFormat.JSON:
        print_json({"stage": stage, "intent": intent, "reason": reason})
        return
    print_line(f"{stage} is looked at again; whatever holds or vetoes its present choice is lifted")
    print_line(f"next: longshore status {stage}")
