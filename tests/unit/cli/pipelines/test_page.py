"""docs/cli.md lists what the commands of pipelines call."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.unit.cli.pipelines.conftest import Engines, pipelines

PAGE = Path(__file__).parent.parent.parent.parent.parent / "docs/cli.md"


def documented(command: str) -> set[str]:
    (row,) = re.findall(rf"^\| `pipelines {command}` \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    return set(re.findall(r"`\w+:(\w+)`", row))


@pytest.mark.parametrize(
    "arguments",
    [["list"], ["show", "checkout"], ["retry", "checkout", "--reason", "x"]],
    ids=lambda arguments: arguments[0],
)
def test_a_command_calls_what_its_page_says(engines: Engines, arguments: Sequence[str]) -> None:
    engines.checkout(build="Failed")

    assert pipelines(*arguments).exit_code == 0
    assert {name for name, _ in engines.asked} == documented(arguments[0])


def test_stop_calls_what_its_page_says(engines: Engines) -> None:
    engines.ran("x", "1", "InProgress")

    assert pipelines("stop", "x", "--reason", "x").exit_code == 0
    assert {name for name, _ in engines.asked} == documented("stop")
