"""`longshore watch`: follow a deployment to its end, and end as it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn, Protocol

import typer

from longshore.aws.errors import TRIED_AGAIN
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.errors import Throttled
from longshore.domain.places import StageId
from longshore.domain.stages import StageSnapshot
from longshore.events.sections import parse_duration
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.errors import CommandError, ExitCode, UsageError
from longshore_cli.installation import find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.output import StreamFormat, print_error, print_line
from longshore_cli.pace import Pace
from longshore_cli.picture import OUTCOMES, Picture
from longshore_cli.status import parse_stage
from longshore_cli.watch_eyes import Eyes
from longshore_cli.watch_show import Show, print_end, show_for
from longshore_cli.wording import took

INTERRUPTED = 130
"""How a shell tells that somebody pressed Ctrl-C."""

_ENDS: Mapping[Phase, ExitCode] = {
    Phase.SUCCEEDED: ExitCode.OK,
    Phase.ROLLED_BACK: ExitCode.ROLLED_BACK,
}


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """How somebody watches; `lines` of 0 leaves the log lines out."""

    timeout: timedelta | None = None
    lines: int = 10

    @classmethod
    def of(cls, timeout: str | None, lines: int, *, logs: bool) -> "WatchOptions":
        """Read the options of a command line; raise UsageError for what is no duration."""
        wanted = parse_duration(timeout) if timeout is not None else None
        if timeout is not None and wanted is None:
            raise UsageError(
                f"{timeout!r} is no duration", next_step="write --timeout like 90s, 30m, 2h or 1d"
            )
        return cls(wanted, lines if logs else 0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """No deployment to follow yet, and what is waited for."""

    text: str


class Search(Protocol):
    """Finds the deployment to follow."""

    def find(self, snapshot: StageSnapshot) -> int | Waiting:
        """Return its number; raise CommandError where there will be none."""
        ...


@dataclass(slots=True)
class UnderWay:
    """The deployment that is under way or, with `follow`, the next one."""

    ledger: LedgerView
    follow: bool
    _before: int | None = None
    _number: int | None = None

    def find(self, snapshot: StageSnapshot) -> int | Waiting:
        """Return the one under way, or one that began and ended between two looks."""
        if self._number is None:
            self._number = self._begun(snapshot)
        if self._number is not None:
            return self._number
        name = snapshot.stage.id
        if not self.follow:
            raise CommandError(
                f"{name} has no deployment under way{self._last(snapshot)}",
                next_step=f"longshore watch {name} --follow waits for the next one",
                code=ExitCode.NOTHING_TO_DO,
            )
        self._before = snapshot.stage.latest
        return Waiting(f"{name} has no deployment under way: waiting for the next one")

    def _begun(self, snapshot: StageSnapshot) -> int | None:
        if snapshot.deployment is not None:
            return snapshot.deployment.number
        ended_since = self._before is not None and snapshot.stage.latest > self._before
        return snapshot.stage.latest if ended_since else None

    def _last(self, snapshot: StageSnapshot) -> str:
        last = self.ledger.latest_deployment(snapshot)
        return f"; the last one, {last.name}, {OUTCOMES[last.phase]}" if last else ""


@dataclass(slots=True)
class Watch:
    """One run of watching a stage."""

    stage: StageId
    ledger: LedgerView
    eyes: Eyes
    show: Show
    pace: Pace
    superseded: list[str] = field(default_factory=list)
    seen: Picture | None = None

    def run(self, search: Search) -> Picture:
        """Return the last look at a deployment that ended; what supersedes it takes its place."""
        number: int | None = None
        while True:
            slowed = False
            try:
                snapshot = self.ledger.existing(self.stage)
                if number is None:
                    number = self._found(search.find(snapshot))
                if number is not None:
                    number, ended = self._follow(snapshot, number)
                    if ended is not None:
                        return ended
                slowed = self.eyes.slowed
            except Throttled as error:
                why = str(error).removesuffix(TRIED_AGAIN)
                self.show.note(f"AWS is slow to answer, looking again: {why}")
                slowed = True
            self.pace.wait(slowed=slowed)

    def _found(self, found: int | Waiting) -> int | None:
        if isinstance(found, Waiting):
            self.show.note(found.text)
            return None
        return found

    def _follow(self, snapshot: StageSnapshot, number: int) -> tuple[int, Picture | None]:
        """Show a deployment; return the one to follow from here, and the picture of an end."""
        while True:
            deployment = self._record(snapshot, number)
            self.seen = self.eyes.look(snapshot, deployment)
            self.show.picture(self.seen)
            if deployment.phase is not Phase.SUPERSEDED:
                return number, self.seen if deployment.phase.terminal else None
            self.superseded.append(deployment.name)
            number += 1

    def _record(self, snapshot: StageSnapshot, number: int) -> DeploymentRecord:
        """Return a deployment's record; what supersedes one is written with the end of it."""
        current = snapshot.deployment
        if current is not None and current.number == number:
            return current
        found = self.ledger.deployment(self.stage, number)
        if found is None:
            raise CommandError(
                f"the ledger has no {self.stage}#{number} any more",
                next_step=f"longshore history {self.stage}",
            )
        return found


def run_watch(
    place: Place,
    stage: str,
    options: WatchOptions,
    output: StreamFormat,
    *,
    follow: bool,
) -> None:
    """Follow the deployment under way, or the next one; exit as it ends."""
    wanted = parse_stage(stage)
    with aws_in_sentences():
        access = Access(place)
        ledger = LedgerView(access, find_installation(access))
        search = UnderWay(ledger, follow)
        search.find(ledger.existing(wanted))
    follow_to_the_end(access, ledger, wanted, search, Following(options, output))


@dataclass(frozen=True, slots=True)
class Following:
    """How a deployment is followed; `told` is what the command said of it before."""

    options: WatchOptions
    output: StreamFormat
    told: Mapping[str, object] = field(default_factory=dict)


def follow_to_the_end(
    access: Access, ledger: LedgerView, stage: StageId, search: Search, how: Following
) -> None:
    """Follow what `search` finds, and end as it ends: 0, or CommandError with the exit status."""
    show = show_for(how.output, how.options.lines)
    pace = Pace(str(stage), how.options.timeout)
    watch = Watch(stage, ledger, Eyes(access, how.options.lines), show, pace)
    try:
        with aws_in_sentences(), show.open():
            picture = watch.run(search)
    except CommandError as error:
        _print_document(watch, how, error.code)
        raise
    except KeyboardInterrupt:
        print_error(_stopped(stage))
        raise typer.Exit(INTERRUPTED) from None
    code = _ENDS.get(picture.deployment.phase, ExitCode.FAILED)
    _print_document(watch, how, code)
    if code is not ExitCode.OK:
        _fail(picture, code)
    if how.output is StreamFormat.TEXT:
        print_line(f"{_ended(picture)} after {took(picture.deployment, picture.at)}")
        print_line(f"next: {picture.next_step}")


def _print_document(watch: Watch, how: Following, code: ExitCode) -> None:
    seen = watch.seen.as_json() if watch.seen else {"stage": str(watch.stage), "deployment": None}
    more = {"superseded": watch.superseded, "exit_status": int(code)}
    print_end({**how.told, **seen, **more}, how.output)


def _stopped(stage: StageId) -> CommandError:
    return CommandError(
        f"you stopped watching; what is under way in {stage} goes on by itself",
        next_step=f"longshore watch {stage}",
    )


def _ended(picture: Picture) -> str:
    deployment = picture.deployment
    return f"{deployment.name} {OUTCOMES[deployment.phase]}: {deployment.release}"


def _fail(picture: Picture, code: ExitCode) -> NoReturn:
    raise CommandError(
        _ended(picture), details=_why(picture), next_step=picture.next_step, code=code
    )


def _why(picture: Picture) -> tuple[str, ...]:
    """Return the reason, the cause where that is not a part of it, and what ECS said last."""
    reason, failure = picture.deployment.reason, picture.deployment.failure
    if failure is None:
        return (reason,)
    cause = () if failure.summary in reason else (failure.summary,)
    said = (f"ECS says: {failure.last_event}",) if failure.last_event else ()
    return (reason, *cause, *said)
