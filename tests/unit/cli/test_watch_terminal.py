"""On a terminal `longshore watch` draws one picture again and again; elsewhere it appends lines."""

import fcntl
import io
import os
import pty
import re
import struct
import sys
import termios
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from rich.console import Console

from longshore.domain.deployments import Leg, LegState, Phase
from longshore.domain.places import ServiceRef
from longshore.domain.stages import TargetRecord
from longshore_cli.access import Place
from longshore_cli.errors import CommandError
from longshore_cli.output import StreamFormat
from longshore_cli.picture import LogLine, Picture, Rollout, ServiceEvent, ServicePicture
from longshore_cli.stage_view import StageView
from longshore_cli.watch import WatchOptions, run_watch
from longshore_cli.watch_live import Screen
from tests.unit.cli.conftest import HOME, World
from tests.unit.cli.records import CRASH, REVISION, SERVICE, STAGE, deployment, stage

UP = "\x1b[1A"
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ROLLING = Leg(LegState.ROLLING, REVISION, ecs_deployment_id="ecs-svc/1")
TARGET = TargetRecord(STAGE, SERVICE, deployment=1, forward=ROLLING, version=1)


@dataclass
class Terminal:
    """A terminal of 100 columns and 30 lines that stdout goes to."""

    shown: str = ""

    def __post_init__(self) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.stdout = os.fdopen(theirs, "w")
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        data = b""
        try:
            while part := os.read(self._ours, 65536):
                data += part
        except OSError:  # how Linux says that the other side was closed
            pass
        self.shown = data.decode()

    def close(self) -> None:
        """Hang up, and keep what was shown."""
        if not self.stdout.closed:
            self.stdout.close()
            self._reader.join(10)
            os.close(self._ours)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    made = Terminal()
    for name in ("CI", "NO_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    yield made
    made.close()


@pytest.fixture
def watch(
    applied: World,  # noqa: ARG001  # the installation that is watched
    keep: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    terminal: Terminal,
) -> Callable[[], str]:
    """Watch a deployment that is rolled back after some looks; return what was shown."""
    began = datetime.now(UTC) - timedelta(seconds=5)
    keep(stage(current=1, latest=1), deployment(Phase.PROGRESSING, started_at=began), TARGET)
    ended = {"started_at": began, "finished_at": began + timedelta(seconds=9), "failure": CRASH}
    looks = [
        lambda: keep(deployment(Phase.ROLLING_BACK, started_at=began, failure=CRASH)),
        lambda: keep(stage(latest=1), deployment(Phase.ROLLED_BACK, 1, **ended)),
    ]
    monkeypatch.setattr("longshore_cli.pace.sleep", lambda _: looks.pop(0)())

    def run() -> str:
        monkeypatch.setattr(sys, "stdout", terminal.stdout)  # pytest sets its own for each phase
        with pytest.raises(CommandError) as raised:
            run_watch(Place(), str(STAGE), WatchOptions(), StreamFormat.TEXT, follow=False)
        assert raised.value.code == 4
        terminal.close()
        return terminal.shown

    return run


def test_a_terminal_shows_one_picture_that_is_redrawn(watch: Callable[[], str]) -> None:
    shown = watch()

    assert UP in shown
    assert (shown.count(HIDDEN), shown.count(SHOWN)) == (1, 1), "the cursor comes back"
    last = COLOUR.sub("", shown.rpartition(UP)[2])
    assert re.search(r"shop/staging#1  Progressing  [5-9] s", COLOUR.sub("", shown))
    assert "shop/staging#1  RolledBack  9 s" in last
    assert "1.4.1 (000000000000) -> 1.5.0 (000000000000), by a push" in last
    assert re.search(r"SERVICE +REVISION +STATE +DESIRED +RUNNING +PENDING +FAILED", last)
    assert re.search(r"staging/web +web:1 +PRIMARY \w+ +1 +\d +\d +\d", last)
    assert CRASH.summary in " ".join(last.split())
    assert "\x1b[1;31mRolledBack" in shown


def test_no_color_leaves_the_picture_and_takes_the_colour(
    watch: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    shown = watch()

    assert UP in shown
    assert not re.search(r"\x1b\[(?:\d+;)*(?:3[0-7]|9[0-7]|38)(?:;\d+)*m", shown)


@pytest.mark.parametrize("name", ["CI", "TERM"])
def test_a_ci_job_and_a_dumb_terminal_get_lines(
    watch: Callable[[], str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, {"CI": "true", "TERM": "dumb"}[name])

    shown = watch()

    assert "\x1b" not in shown
    assert "shop/staging#1 RollingBack: because it is RollingBack" in shown


def draw(screen: Screen, console: Console) -> list[str]:
    with console.capture() as drawn:
        console.print(screen.draw())
    return drawn.get().splitlines()


def make_screen(height: int = 40) -> tuple[Screen, Console]:
    console = Console(file=io.StringIO(), width=100, height=height, color_system=None)
    return Screen(10, console), console


def make_picture(*services: ServicePicture, logs: int = 0, **changes: object) -> Picture:
    now = datetime.now(UTC)
    record = deployment(
        Phase.PROGRESSING, 1, **{"started_at": now - timedelta(seconds=42)} | changes
    )
    lines = [LogLine(now, SERVICE, "web", "0123456789", f"line {n}") for n in range(logs)]
    return Picture(now, view_of(record), record, services, lines, ["no permission"])


def view_of(record: object) -> StageView:
    return StageView(None, record)  # type: ignore[arg-type]  # a picture that is drawn asks no more


def rollout(number: int, status: str, state: str, *counts: int) -> Rollout:
    return Rollout(f"ecs-svc/{number}", f"web:{number}", status, state, *counts)


def test_the_picture_has_all_that_there_is_to_know() -> None:
    screen, console = make_screen()
    events = tuple(
        ServiceEvent(str(n), datetime(2026, 11, 23, 10, 0, n, tzinfo=UTC), f"ECS did {n} \x1b[2J")
        for n in range(5)
    )
    rollouts = (
        rollout(1, "PRIMARY", "IN_PROGRESS", 2, 1, 1, 3),
        rollout(0, "ACTIVE", "COMPLETED", 2, 2, 0, 0),
        rollout(9, "ACTIVE", "COMPLETED", 0, 0, 0, 0),
    )

    screen.picture(make_picture(ServicePicture(TARGET, rollouts, events), logs=12))
    lines = draw(screen, console)

    assert [" ".join(line.split()) for line in lines] == [
        "shop/staging#1 Progressing 42 s",
        "1.4.1 (000000000000) -> 1.5.0 (000000000000), by a push",
        "because it is Progressing",
        "SERVICE REVISION STATE DESIRED RUNNING PENDING FAILED",
        "staging/web web:1 rolling, IN_PROGRESS 2 1 1 3",
        "web:0 ACTIVE COMPLETED 2 2 0 0",
        *(f"10:00:0{n}Z ECS did {n} \\x1b[2J" for n in (2, 3, 4)),
        *(f"web/01234567 | line {n}" for n in range(2, 12)),
        "no permission",
    ]


def test_a_failure_that_the_reason_does_not_tell_is_shown() -> None:
    screen, console = make_screen()

    screen.picture(make_picture(failure=CRASH))

    assert CRASH.summary in draw(screen, console)


def test_what_is_waited_for_is_shown_until_there_is_something_to_see() -> None:
    screen, console = make_screen()

    screen.note("waiting to be heard")
    assert draw(screen, console) == ["waiting to be heard"]

    screen.picture(make_picture())
    assert "waiting to be heard" not in draw(screen, console)


def test_of_many_services_those_under_way_are_shown_and_the_others_counted() -> None:
    screen, console = make_screen(height=24)
    good = Leg(LegState.COMPLETED, REVISION)
    services = [
        ServicePicture(
            TargetRecord(
                STAGE,
                ServiceRef(HOME, "staging", f"web-{n}"),
                deployment=1,
                forward=ROLLING if n == 79 else good,
            )
        )
        for n in range(80)
    ]

    screen.picture(make_picture(*services, logs=12))
    lines = draw(screen, console)

    assert len(lines) <= 24
    assert "web-79" in lines[4]
    assert any("and 75 more services" in line for line in lines)
    assert sum("| line" in line for line in lines) == 5
