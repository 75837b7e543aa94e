"""Tables for people. Apart from the rest of the output because rich takes long to import."""

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from longshore_cli.output import on_a_terminal, visible

_UNWRAPPED = 10_000
"""Columns of a line that no terminal shows: pipes and logs get one line a row."""


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings on stdout; a terminal folds long cells, a pipe never does."""
    console = console_of_stdout()
    heading_style = "" if console.no_color or not console.is_terminal else "bold"
    table = Table(box=None, pad_edge=False, show_edge=False, header_style=heading_style)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    with console.capture() as drawn:
        console.print(table)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in drawn.get().splitlines()))


def console_of_stdout() -> Console:
    """Return stdout as rich draws on it; nothing but a terminal gets colour, whatever asks for it.

    Rich itself honours NO_COLOR.
    """
    on_terminal = on_a_terminal()
    return Console(
        file=sys.stdout,
        width=None if on_terminal else _UNWRAPPED,
        force_terminal=on_terminal,
        markup=False,
        highlight=False,
        emoji=False,
    )
