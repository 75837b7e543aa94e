"""`longshore freeze` and `unfreeze`: the stop switch of an installation, by control's hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from longshore.domain.places import StageId
from longshore.domain.stop_switch import EVERYTHING, Freeze
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.control import Control
from longshore_cli.ends import End
from longshore_cli.errors import CommandError, ExitCode, UsageError
from longshore_cli.freeze_view import end_of
from longshore_cli.installation import Installation, find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.output import OutputFormat, print_json, print_line
from longshore_cli.wish import check_reason

_EXAMPLES = {True: "prices are wrong everywhere", False: "prices are right again"}


@dataclass(frozen=True, slots=True)
class Turn:
    """What a person wants frozen, or not any more: an application, a stage, or everything."""

    freeze: bool
    scope: str | None
    everything: bool
    reason: str
    end: End

    @property
    def command(self) -> str:
        """The command that was typed."""
        return "freeze" if self.freeze else "unfreeze"


def run_freeze(place: Place, turn: Turn, output: OutputFormat) -> None:
    """Turn the switch by control, unless it is so already."""
    scope = _scope(turn)
    where = scope or "--everything"
    check_reason(
        turn.reason, f'longshore {turn.command} {where} --reason "{_EXAMPLES[turn.freeze]}"'
    )
    until = turn.end.moment()
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        switch = LedgerView(access, installation).switch()
        there = switch.of(scope)
        if there.on is turn.freeze and (not there.on or there.until == until):
            raise _so_already(there.told, there, freeze=turn.freeze)
        body = {"frozen": turn.freeze, "reason": turn.reason, "seen": switch.version}
        control = Control(access, installation)
        answer = control.post("/v1/freeze", body | _narrower(scope, until))
    if not answer.get("changed"):
        raise _so_already(str(answer.get("told", "")), there, freeze=turn.freeze)
    _show(installation, answer, output, Freeze(turn.freeze, scope=scope, until=until))


def _scope(turn: Turn) -> str:
    """Return what is meant; raise UsageError where it is not said, or said twice."""
    example = f'longshore {turn.command} --everything --reason "{_EXAMPLES[turn.freeze]}"'
    if turn.everything is (turn.scope is not None):
        raise UsageError(
            f"{turn.command} takes --everything, or the name of an application or a stage",
            next_step=f"{example}; or `longshore {turn.command} SHOP`, or SHOP/PRODUCTION",
        )
    scope = turn.scope or EVERYTHING
    try:
        StageId.parse(scope if "/" in scope else f"{scope or 'any'}/any")
    except ValueError as error:
        raise UsageError(str(error), next_step="longshore status lists the stages") from None
    return scope


def _narrower(scope: str, until: datetime | None) -> dict[str, object]:
    """Return what is said besides: nothing of what an older control knows by itself."""
    body: dict[str, object] = {"scope": scope} if scope else {}
    return body | ({"until": until.isoformat()} if until else {})


def _so_already(told: str, there: Freeze, *, freeze: bool) -> CommandError:
    """Return the end of a command that would change nothing."""
    return CommandError(
        told if freeze else f"nothing is frozen: {told}",
        next_step=f"{end_of(there)} lets it go on" if freeze else "longshore status",
        code=ExitCode.NOTHING_TO_DO,
    )


def _show(
    installation: Installation, answer: Mapping[str, object], output: OutputFormat, turned: Freeze
) -> None:
    if output is OutputFormat.JSON:
        print_json({"installation": installation.name, **answer})
        return
    where = turned.scope or f"any stage of {installation.name!r}"
    if turned.on:
        print_line(f"nothing begins any more in {where}")
        print_line("what is under way goes on to its end, what fails is taken back, and")
        print_line("`longshore rollback STAGE` goes on working")
        if turned.until is not None:
            print_line(f"it ends by itself at {turned.until:%Y-%m-%d %H:%M}Z")
        print_line(f"next: longshore status; when it is over: {end_of(turned)}")
        return
    many = f"the stages of {installation.name!r} move by themselves again"
    print_line(f"{turned.scope} is not frozen any more" if turned.scope else many)
    _show_end(woken=answer.get("woken") is not False)


def _show_end(*, woken: bool) -> None:
    """Say when what was held ships; an older control says nothing of who was woken."""
    if woken:
        print_line("what was held meanwhile ships now where it is newer than what runs")
    else:
        print_line("they could not be woken at once: the next sweep, within 15 minutes, looks at")
        print_line("them, and what was held meanwhile ships then where it is newer than what runs")
    print_line("next: longshore status")
