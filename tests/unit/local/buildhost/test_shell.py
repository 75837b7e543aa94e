"""One shell for all commands of a build."""

import threading
from pathlib import Path

import pytest

from longshore_local.buildhost.shell import BuildShell


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def shell(tmp_path: Path, lines: list[str]) -> BuildShell:
    folder = tmp_path / "src"
    folder.mkdir()
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "GIVEN": "outside"}
    return BuildShell(folder, environment, lines.append)


def test_what_a_command_leaves_the_next_one_has(shell: BuildShell, lines: list[str]) -> None:
    shell.run('export TAG="v 1"; PLAIN=2; greet() { echo "hello $1"; }; mkdir -p a/b; cd a/b')

    status = shell.run('echo "$TAG $PLAIN $GIVEN"; greet you; basename "$PWD"')

    assert (status, lines) == (0, ["v 1 2 outside", "hello you", "b"])


@pytest.mark.parametrize(
    ("command", "status"),
    [("true", 0), ("false", 1), ("exit 3", 3), ("(exit 4)\n", 4), ("false; true", 0)],
)
def test_the_exit_status_is_the_commands_own(shell: BuildShell, command: str, status: int) -> None:
    assert shell.run(command) == status


def test_a_command_that_exits_leaves_its_variables_too(shell: BuildShell) -> None:
    shell.run("TAG=v1; exit 1")

    assert shell.values(["TAG", "NOTHING", "GIVEN"]) == {
        "TAG": "v1",
        "NOTHING": "",
        "GIVEN": "outside",
    }


def test_values_may_have_lines_and_quotes(shell: BuildShell) -> None:
    shell.run("A=$'one\\ntwo \"three\"'; export A")
    shell.run('B="$A"')

    assert shell.values(["B"]) == {"B": 'one\ntwo "three"'}


def test_both_streams_are_heard_in_order(shell: BuildShell, lines: list[str]) -> None:
    shell.run("echo out; echo err >&2; printf end")

    assert lines == ["out", "err", "end"]


def test_the_build_can_be_told_something_before_a_command(
    shell: BuildShell, lines: list[str]
) -> None:
    shell.run("A=1")
    shell.run('echo "$SUCCEEDING"', {"SUCCEEDING": "0"})

    assert lines == ["0"]


def test_an_end_kills_what_runs_and_lets_nothing_run_after(
    shell: BuildShell, lines: list[str]
) -> None:
    begun = threading.Event()

    def tell(line: str) -> None:
        lines.append(line)
        begun.set()

    def end() -> None:
        begun.wait(10)
        shell.end()

    shell.tell = tell
    threading.Thread(target=end).start()

    status = shell.run("echo begun; sleep 60")

    assert status != 0
    assert shell.run("echo again") != 0
    assert lines == ["begun"]


def test_nothing_was_set_before_the_first_command(shell: BuildShell) -> None:
    assert shell.values(["TAG"]) == {"TAG": ""}
    assert shell.values([]) == {}
