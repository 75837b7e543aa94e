"""The reader of the pages sees a difference where there is one, and none where chance made it."""

import pytest

from longshore_local.demo.command import Run
from tests.e2e.reader import prints

SHOWN = "#1  Succeeded  1.5.0 (1fbae6713391)  6 s ago\n\nnext: look at it"


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("#1  Succeeded  1.5.0 (00055654a0b5)   12 min ago\nnext: look at it\n", SHOWN),
        ("a long line that goes on\n", "a long line …"),
        ("ecs-svc/77 completed\n", "ecs-svc/8 completed"),
    ],
)
def test_what_chance_made_is_passed_over(printed: str, shown: str) -> None:
    assert prints(Run(0, printed, ""), shown)


@pytest.mark.parametrize(
    "printed",
    [
        "#1  Failed  1.5.0 (1fbae6713391)  6 s ago\nnext: look at it\n",
        "#1  Succeeded  1.6.0 (1fbae6713391)  6 s ago\nnext: look at it\n",
        "#1  Succeeded  1.5.0 (1fbae6713391)  6 s ago\n",
        f"{SHOWN}\nnext: one more line\n",
    ],
)
def test_what_is_different_is_seen(printed: str) -> None:
    assert not prints(Run(0, printed, ""), SHOWN)


def test_what_a_command_says_of_an_error_counts() -> None:
    assert prints(
        Run(7, "the plan\n", "longshore: nothing to do\n"), "the plan\nlongshore: nothing…"
    )
