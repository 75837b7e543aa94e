"""`longshore retry`, `pause` and `resume`: what a person wants of a stage, by control's hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from longshore.decide.promotion import Stay
from longshore.domain.intents import IntentKind
from longshore.domain.outcomes import Outcome
from longshore.domain.places import StageId
from longshore.domain.stages import StageSnapshot
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.answer import Asked, tell
from longshore_cli.control import Control
from longshore_cli.ends import NO_END, End
from longshore_cli.errors import CommandError, ExitCode, UsageError
from longshore_cli.installation import find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.output import StreamFormat
from longshore_cli.status import parse_stage
from longshore_cli.watch import WatchOptions


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks of a stage, and how they want to hear of it: `watch` follows it."""

    stage: str
    reason: str
    output: StreamFormat
    watch: WatchOptions | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    """How a wish is spoken of: a reason that somebody may have, and what the stage does now."""

    example: str
    granted: str


_WORDS: Mapping[IntentKind, _Words] = {
    IntentKind.RETRY: _Words(
        "the database is back",
        "is looked at again; whatever holds or vetoes its present choice is lifted",
    ),
    IntentKind.PAUSE: _Words(
        "release freeze until Monday",
        "moves no more by itself; what is under way goes on to its end",
    ),
    IntentKind.RESUME: _Words(
        "the freeze is over", "moves by itself again; what its policies choose now is looked at"
    ),
}


def run_wish(place: Place, kind: IntentKind, wish: Wish, end: End = NO_END) -> None:
    """Post the intent; what comes of it is shown by `longshore status`, or followed."""
    wanted, words, until = parse_stage(wish.stage), _WORDS[kind], end.moment()
    check_reason(wish.reason, f'longshore {kind} {wanted} --reason "{words.example}"')
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        ledger = LedgerView(access, installation)
        _check_needed(kind, ledger.existing(wanted))
        ends = {"until": until.isoformat()} if until else {}
        intent = ask(Control(access, installation), wanted, kind, wish.reason, **ends)
    told = {"stage": wish.stage, "intent": intent, "reason": wish.reason, **ends}
    lines = [f"{wanted} {words.granted}"]
    lines += [f"it ends by itself at {until:%Y-%m-%d %H:%M}Z"] if until else []
    asked = Asked(wanted, kind, intent, told, lines)
    tell(asked, wish.output, access, ledger, wish.watch)


def check_reason(reason: str, example: str) -> None:
    """Refuse a reason that says nothing."""
    if not reason.strip():
        raise UsageError(
            "the reason is empty: say why, it is kept with your name", next_step=example
        )


def refused(stage: StageId, stay: Stay) -> CommandError:
    """Return the end of a command whose wish the stage would decline, or has granted already."""
    is_declined = stay.outcome is Outcome.REJECTED
    return CommandError(
        f"{stage}: {stay.reason}",
        next_step=f"longshore status {stage}",
        code=ExitCode.FAILED if is_declined else ExitCode.NOTHING_TO_DO,
    )


def ask(control: Control, stage: StageId, kind: IntentKind, reason: str, **more: object) -> str:
    """Post an intent, `more` being what its kind has of its own; return its id."""
    intent = str(uuid4())
    body = {"stage": str(stage), "kind": kind.value, "reason": reason, "id": intent}
    control.post("/v1/intents", body | more)
    return intent


def _check_needed(kind: IntentKind, snapshot: StageSnapshot) -> None:
    """Refuse to ask for what is so already; one who waits to be heard may still change that."""
    name, paused = snapshot.stage.id, snapshot.stage.paused
    if any(intent.kind is not IntentKind.RETRY for intent in snapshot.intents):
        return
    if kind is IntentKind.PAUSE and paused is not None:
        raise CommandError(
            f"{name} moves no more by itself already: {paused.told}",
            next_step=f"longshore resume {name} --reason TEXT lets it move by itself again",
            code=ExitCode.NOTHING_TO_DO,
        )
    if kind is IntentKind.RESUME and paused is None:
        raise CommandError(
            f"{name} is neither paused nor held by a person",
            next_step=f"longshore status {name} shows what else keeps it, if anything does",
            code=ExitCode.NOTHING_TO_DO,
        )
