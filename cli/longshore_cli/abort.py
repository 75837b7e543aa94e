"""`longshore abort`: end the deployment under way, and take the stage back."""

from longshore.decide.promotion import Stay
from longshore.decide.word import decide_abort
from longshore.domain.intents import IntentKind
from longshore.events.outbound import release_detail
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.answer import Asked, tell
from longshore_cli.control import Control
from longshore_cli.errors import CommandError, ExitCode
from longshore_cli.installation import find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.status import parse_stage
from longshore_cli.wish import Wish, ask, check_reason


def run_abort(place: Place, wish: Wish) -> None:
    """Say which deployment ends, and ask control for just that."""
    stage = parse_stage(wish.stage)
    check_reason(wish.reason, f'longshore abort {stage} --reason "prices are wrong"')
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        ledger = LedgerView(access, installation)
        snapshot = ledger.existing(stage)
        flight = snapshot.deployment
        answer = decide_abort(snapshot, flight.number if flight else None)
        if isinstance(answer, Stay):
            idle = flight is None
            raise CommandError(
                answer.reason,
                next_step=f"longshore status {stage}",
                code=ExitCode.NOTHING_TO_DO if idle else ExitCode.FAILED,
            )
        control = Control(access, installation)
        number = {"number": answer.number}
        intent = ask(control, stage, IntentKind.ABORT, wish.reason, **number)
    told: dict[str, object] = {"stage": wish.stage, "intent": intent, "reason": wish.reason}
    told |= {"deployment": answer.name, "release": release_detail(answer.release)}
    lines = (
        f"{answer.name} is ended: {answer.release} is vetoed, and what was moved goes back to",
        f"{snapshot.stage.stable or 'what each service ran before'}",
    )
    asked = Asked(stage, IntentKind.ABORT, intent, told, lines)
    tell(asked, wish.output, access, ledger, wish.watch)
