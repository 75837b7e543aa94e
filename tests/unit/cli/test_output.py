"""What reaches the terminal: nothing hostile, no colour in a pipe, no traceback."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import longshore
from longshore_cli.output import Exact, to_json, visible
from tests.unit.cli.conftest import run

COMMAND = Path(sys.executable).parent / "longshore"
CONTROL = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x2066, 0x2028, 0xFEFF)]
PINNED = f"shop@sha256:{'0' * 64}"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def command(
    *arguments: str, environment: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """Run the installed command as a process of its own."""
    return subprocess.run(
        [COMMAND, *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )


@given(text=st.text(st.characters() | st.sampled_from([*CONTROL, "\ud800"])))
def test_visible_text_is_printable_and_loses_nothing(text: str) -> None:
    shown = visible(text)

    assert shown.isprintable()
    assert visible(shown) == shown


@pytest.mark.parametrize("character", CONTROL)
def test_every_control_character_is_shown_as_its_escape(character: str) -> None:
    assert visible(f"a{character}b").startswith("a\\")


def test_readable_text_stays_readable() -> None:
    assert visible("Grüße, 東京, 100 % [bold]") == "Grüße, 東京, 100 % [bold]"


@given(document=JSON)
def test_json_is_json(document: object) -> None:
    text = to_json(document)

    assert json.loads(text) == document
    assert text.isascii()


def test_json_is_laid_out_as_the_standard_library_does() -> None:
    document = {"a": [1, {"b": []}, {}], "c": {"d": None, "e": "ü"}}

    assert to_json(document) == json.dumps(document, indent=2)


def test_a_number_is_written_as_it_was_read() -> None:
    document = json.loads('{"a": 1.10, "b": [1e400, -0.0]}', parse_float=Exact)

    assert to_json(document) == '{\n  "a": 1.10,\n  "b": [\n    1e400,\n    -0.0\n  ]\n}'


def test_help_answers_at_once() -> None:
    """The best of three: other work on the machine must not fail this."""
    times = []
    for _ in range(3):
        start = perf_counter()
        assert command("--help").returncode == 0
        times.append(perf_counter() - start)

    assert min(times) <= 0.4


def loaded(arguments: Sequence[str], environment: dict[str, str]) -> tuple[str, set[str]]:
    """Run the command; return what it says, and which heavy packages that takes."""
    probe = (
        "import sys; from longshore_cli.main import app\n"
        f"try: app({list(arguments)}, prog_name='longshore')\n"
        "except SystemExit: pass\n"
        "heavy = {'boto3', 'botocore', 'pydantic', 'rich', 'ruamel', 'urllib3', 'yaml'}\n"
        "print(*sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        check=True,
        env={**os.environ, **environment},
    )
    return done.stdout.decode(), set(done.stderr.decode().split())


def test_help_loads_nothing_heavy() -> None:
    assert loaded(["--help"], {})[1] == set()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_at_once(shell: str) -> None:
    """The script for the shell calls the command, which speaks to nobody for it.

    Typer itself takes pydantic and rich as soon as a command has parameters.
    """
    script = command(environment={"_LONGSHORE_COMPLETE": f"source_{shell}"}).stdout.decode()
    asked = {
        "_LONGSHORE_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": "longshore wat",
        "COMP_CWORD": "1",
        "_TYPER_COMPLETE_ARGS": "longshore wat",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": "wat",
    }

    said, heavy = loaded([], asked)

    assert f"complete_{shell}" in script
    assert "watch" in said
    assert heavy <= {"pydantic", "rich"}


def test_version() -> None:
    assert run("--version").stdout == f"longshore {longshore.__version__}\n"


def test_no_arguments_show_the_help() -> None:
    result = run()

    assert "Usage: longshore" in result.output
    assert "apply" in result.output


@pytest.mark.parametrize(
    "arguments",
    [["staus"], ["--nonsense"], ["status", "--output", "xml"], ["history", "a/b", "--limit", "0"]],
)
def test_a_wrong_command_line_exits_2_without_a_traceback(arguments: Sequence[str]) -> None:
    done = command(*arguments)

    assert done.returncode == 2
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr
    assert b"--help" in done.stderr


@pytest.fixture
def described(tmp_path: Path) -> Path:
    file = tmp_path / "described.json"
    containers = [{"name": "web", "image": "\x1b[31mred [bold]x[/bold] \u202e"}]
    file.write_text(json.dumps({"family": "w\u00e9b", "containerDefinitions": containers}))
    return file


@pytest.mark.parametrize(
    "environment", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}, {"CI": "true"}, {"FORCE_COLOR": "1"}]
)
def test_a_pipe_gets_plain_lines(described: Path, environment: dict[str, str]) -> None:
    done = command(
        *("render", "--task-definition", str(described), "--image", f"web={PINNED}"),
        environment=environment,
    )

    assert done.returncode == 0
    assert b"\x1b" not in done.stdout
    assert b"\\x1b[31mred [bold]x[/bold] \\u202e" in done.stdout
    assert not any(line != line.rstrip() for line in done.stdout.decode().splitlines())


def on_a_terminal(*arguments: str, environment: dict[str, str]) -> str:
    """Run the command as on a terminal of 60 columns."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        process = subprocess.Popen(
            [COMMAND, *arguments],
            stdout=theirs,
            env={**os.environ, "COLUMNS": "60", "TERM": "xterm", "CI": "", **environment},
        )
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # how Linux says that the other side was closed
            while part := screen.read(4096):
                shown += part
        assert process.wait() == 0
    return shown.decode()


def test_a_terminal_gets_bold_headings_and_folded_cells(described: Path) -> None:
    arguments = ("render", "--task-definition", str(described), "--image", f"web={PINNED}")

    bold = on_a_terminal(*arguments, environment={})
    plain = on_a_terminal(*arguments, environment={"NO_COLOR": "1"})
    in_ci = on_a_terminal(*arguments, environment={"CI": "true", "FORCE_COLOR": "1"})

    assert "\x1b[1m" in bold
    assert "\x1b[31m" not in bold
    assert "\x1b" not in plain
    assert "\x1b" not in in_ci
    assert max(map(len, in_ci.splitlines())) > 60, "one row a line, however long"
    table = plain.splitlines()[1:-2]
    assert len(table) > 2
    assert max(map(len, table)) <= 60


def test_a_terminal_that_knows_ascii_only_gets_escapes(described: Path) -> None:
    done = command(
        *("render", "--task-definition", str(described), "--image", f"web={PINNED}"),
        environment={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )

    assert done.returncode == 0, done.stderr
    assert b"w\\xe9b" in done.stdout


def test_a_closed_pipe_is_no_traceback(described: Path) -> None:
    render = f"'{COMMAND}' render --task-definition '{described}' --image web={PINNED} -o json"

    done = subprocess.run(
        ["bash", "-c", f"{render} | true"], capture_output=True, check=False, timeout=60
    )

    assert b"Traceback" not in done.stderr


def test_the_demo_says_what_it_needs_when_it_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in an installation of the command alone."""
    monkeypatch.setitem(sys.modules, "longshore_local.demo.cli", None)

    result = run("demo")

    assert result.exit_code == 2
    assert "next: clone the repository of Longshore, then: make demo" in result.stderr
