"""`longshore freeze` and `unfreeze`: the stop switch of an installation, by control's hand."""

from collections.abc import Mapping

from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.control import Control
from longshore_cli.errors import CommandError, ExitCode, UsageError
from longshore_cli.freeze_view import END
from longshore_cli.installation import Installation, find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.output import OutputFormat, print_json, print_line
from longshore_cli.wish import check_reason

_EXAMPLES = {True: "prices are wrong everywhere", False: "prices are right again"}


def run_freeze(
    place: Place, *, freeze: bool, everything: bool, reason: str, output: OutputFormat
) -> None:
    """Turn the switch by control, unless it is so already."""
    command = "freeze" if freeze else "unfreeze"
    example = f'longshore {command} --everything --reason "{_EXAMPLES[freeze]}"'
    _check_everything(command, example, everything=everything)
    check_reason(reason, example)
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        there = LedgerView(access, installation).switch()
        if there.on is freeze:
            raise _so_already(there.told, freeze=freeze)
        body = {"frozen": freeze, "reason": reason, "seen": there.version}
        answer = Control(access, installation).post("/v1/freeze", body)
    if not answer.get("changed"):
        raise _so_already(str(answer.get("told", "")), freeze=freeze)
    _show(installation, answer, output, freeze=freeze)


def _check_everything(command: str, example: str, *, everything: bool) -> None:
    if not everything:
        raise UsageError(
            f"{command} takes --everything: this version freezes all stages of an installation at "
            "once, and no single application or stage",
            next_step=f"{example}; one stage is kept by `longshore pause STAGE`",
        )


def _so_already(told: str, *, freeze: bool) -> CommandError:
    """Return the end of a command that would change nothing."""
    return CommandError(
        told if freeze else f"nothing is frozen: {told}",
        next_step=f"{END} lets it go on" if freeze else "longshore status",
        code=ExitCode.NOTHING_TO_DO,
    )


def _show(
    installation: Installation,
    answer: Mapping[str, object],
    output: OutputFormat,
    *,
    freeze: bool,
) -> None:
    if output is OutputFormat.JSON:
        print_json({"installation": installation.name, **answer})
        return
    if freeze:
        print_line(f"nothing begins any more in any stage of {installation.name!r}")
        print_line("what is under way goes on to its end, what fails is taken back, and")
        print_line("`longshore rollback STAGE` goes on working")
        print_line(f"next: longshore status; when it is over: {END}")
        return
    _show_end(installation, woken=answer.get("woken") is not False)


def _show_end(installation: Installation, *, woken: bool) -> None:
    """Say that a freeze is over; an older control says nothing of who was woken."""
    print_line(f"the stages of {installation.name!r} move by themselves again")
    if woken:
        print_line("what was held meanwhile ships now where it is newer than what runs")
    else:
        print_line("they could not be woken at once: the next sweep, within 15 minutes, looks at")
        print_line("them, and what was held meanwhile ships then where it is newer than what runs")
    print_line("next: longshore status")
