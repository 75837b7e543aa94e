"""A deployment on a terminal: one picture, drawn again as it changes."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from longshore.domain.deployments import Phase
from longshore_cli.output import visible
from longshore_cli.picture import LogLine, Picture, ServiceEvent, ServicePicture
from longshore_cli.stage_view import present_leg
from longshore_cli.tables import console_of_stdout
from longshore_cli.watch_changes import SHORT_TASK
from longshore_cli.wording import NOTHING, release_text, revision_text, trigger_text

_HEADINGS = ("SERVICE", "REVISION", "STATE", "DESIRED", "RUNNING", "PENDING", "FAILED")
_WORDS = 3
"""Columns of words; the others are numbers."""
_MOST_EVENTS = 3
_FEWEST_LINES = 3
_ROOM_FOR_THE_REST = 14
"""Lines of a screen that are not log lines or rows of services, roughly."""
_A_SECOND = 1

_GOOD, _BAD, _BUSY, _DIM = "green", "bold red", "cyan", "dim"
_STYLES = {
    Phase.SUCCEEDED: _GOOD,
    Phase.FAILED: _BAD,
    Phase.ABORTED: _BAD,
    Phase.ROLLED_BACK: _BAD,
    Phase.ROLLING_BACK: _BAD,
}


class Screen:
    """One picture, redrawn at each look, and each second so that the elapsed time moves."""

    def __init__(self, lines: int, console: Console | None = None) -> None:
        """Show at most `lines` log lines, and fewer where the terminal is small."""
        self._console = console or console_of_stdout()
        self._logs: deque[LogLine] = deque(maxlen=max(lines, 1))
        self._notes: dict[str, None] = {}
        self._waiting = ""
        self._picture: Picture | None = None
        self._live = Live(
            console=self._console,
            get_renderable=self.draw,
            refresh_per_second=_A_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def picture(self, picture: Picture) -> None:
        """Show a look in the place of the last one."""
        self._logs.extend(picture.logs)
        self._notes |= dict.fromkeys(picture.notes)
        self._picture, self._waiting = picture, ""
        self._live.refresh()

    def note(self, text: str) -> None:
        """Show what is waited for below the rest."""
        self._waiting = text
        self._live.refresh()

    def open(self) -> AbstractContextManager[object]:
        """Draw from now on, until this is closed; the last picture stays."""
        return self._live

    def draw(self) -> RenderableType:
        """Return the picture as of this moment."""
        parts: list[RenderableType] = []
        if self._picture is not None:
            parts += self._parts(self._picture)
        if self._waiting:
            parts.append(_text(self._waiting, _DIM))
        return Group(*parts)

    def _parts(self, picture: Picture) -> Iterator[RenderableType]:
        yield from _head(picture, datetime.now(UTC))
        most = max(_FEWEST_LINES, (self._console.height - _ROOM_FOR_THE_REST) // 2)
        yield from _services(picture.services, most)
        yield from map(_event, _newest_events(picture.services))
        for line in list(self._logs)[-most:]:
            where = f"{line.container}/{line.task[:SHORT_TASK]}"
            yield _one_line(f"{where} | {line.text}")
        failure = picture.deployment.failure
        if failure is not None and failure.summary not in picture.deployment.reason:
            yield _text(failure.summary, _BAD)
        for note in self._notes:
            yield _text(note, _DIM)


def _head(picture: Picture, now: datetime) -> Iterator[RenderableType]:
    deployment = picture.deployment
    elapsed = (deployment.finished_at or now) - deployment.started_at
    phase = Text(deployment.phase.value, _STYLES.get(deployment.phase, _BUSY))
    yield Text("  ").join((_text(deployment.name, "bold"), phase, Text(_seconds(elapsed))))
    before, by = release_text(deployment.before), trigger_text(deployment.trigger)
    yield _text(f"{before} -> {deployment.release}, by {by}")
    yield _text(deployment.reason, _BAD if deployment.failure else _DIM)


def _seconds(elapsed: timedelta) -> str:
    return f"{max(0, int(elapsed.total_seconds()))} s"


def _services(services: Sequence[ServicePicture], most: int) -> Iterator[RenderableType]:
    """Draw what is under way or failed first, and only say how many are left out."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for number, heading in enumerate(_HEADINGS):
        table.add_column(heading, overflow="fold", justify="left" if number < _WORDS else "right")
    shown = sorted(services, key=lambda each: present_leg(each.target).state.good)[:most]
    for service in shown:
        for row in _rows(service):
            table.add_row(*(_text(cell) for cell in row))
    if shown:
        yield table
    if len(services) > len(shown):
        yield _text(f"and {len(services) - len(shown)} more services", _DIM)


def _rows(service: ServicePicture) -> Iterator[Sequence[object]]:
    leg = present_leg(service.target)
    way = "back, " if service.target.backward else ""
    name, state = str(service.service), f"{way}{leg.state.value}"
    if not service.rollouts:
        yield (name, revision_text(leg.revision), state, *([NOTHING] * (len(_HEADINGS) - _WORDS)))
    for each in service.rollouts:
        if each.gone:
            continue
        mine = each.id == leg.ecs_deployment_id
        told = f"{state}, {each.state or each.status}" if mine else f"{each.status} {each.state}"
        numbers = (each.desired, each.running, each.pending, each.failed)
        yield (name, each.revision, told.rstrip(), *numbers)
        name = ""


def _newest_events(services: Sequence[ServicePicture]) -> Sequence[ServiceEvent]:
    events = [event for service in services for event in service.events]
    return sorted(events, key=lambda event: event.at)[-_MOST_EVENTS:]


def _event(event: ServiceEvent) -> Text:
    return _one_line(f"{event.at.astimezone(UTC):%H:%M:%SZ} {event.message}", _DIM)


def _text(content: object, style: str = "") -> Text:
    return Text(visible(content), style)


def _one_line(content: str, style: str = "") -> Text:
    return Text(visible(content), style, no_wrap=True, overflow="ellipsis")
