"""What a command prints: JSON for programs, plain lines and tables for people.

Results go to stdout; questions and errors go to stderr, so that a pipe carries the result alone.
What is shown may come from image tags, file names or ECS messages, which others write: markup is
never interpreted and control characters never reach the terminal.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Self

import typer

from longshore_cli.errors import CommandError, ExitCode, UsageError


class OutputFormat(StrEnum):
    """Whom the output is for."""

    TEXT = "text"
    JSON = "json"


Output = Annotated[
    OutputFormat,
    typer.Option("--output", "-o", help="text for people, json for programs."),
]


class StreamFormat(StrEnum):
    """Whom the output is for, of a command that can tell what happens while it happens."""

    TEXT = "text"
    JSON = "json"
    NDJSON = "ndjson"


StreamOutput = Annotated[
    StreamFormat,
    typer.Option(
        "--output",
        "-o",
        help="text for people; json, one document at the end; ndjson, one a line as it happens.",
    ),
]


def on_a_terminal() -> bool:
    """Whether a person looks at stdout: a terminal, and no CI job that only looks like one."""
    in_ci = os.environ.get("CI", "").lower() not in {"", "0", "false"}
    return sys.stdout.isatty() and not in_ci


class Exact(float):
    """A JSON number with a fraction or exponent that is written again as it was read."""

    __slots__ = ("text",)

    def __new__(cls, text: str) -> Self:
        """Read a number and keep its text: 1e400 and long fractions do not survive a float."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str


def visible(text: object) -> str:
    r"""Return text in which every character can be seen: ESC becomes \x1b, a bidi mark \u202e.

    Terminals obey what they are sent, so a tag or an ECS message could otherwise hide lines,
    reorder them or set the window's title.
    """
    return "".join(map(_visible_character, str(text)))


def _visible_character(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def to_json(value: object, indent: str = "") -> str:
    """Return a value as indented ASCII JSON; numbers read as `Exact` keep their digits."""
    deeper = f"{indent}  "
    if isinstance(value, Exact):
        return value.text
    if isinstance(value, Mapping) and value:
        items = (f"{json.dumps(str(key))}: {to_json(v, deeper)}" for key, v in value.items())
        return _block("{}", items, indent)
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return _block("[]", (to_json(item, deeper) for item in value), indent)
    return json.dumps(value)


def _block(brackets: str, items: Iterable[str], indent: str) -> str:
    inner = f",\n{indent}  ".join(items)
    return f"{brackets[0]}\n{indent}  {inner}\n{indent}{brackets[1]}"


def print_json(document: object) -> None:
    """Print one JSON document on stdout."""
    sys.stdout.write(to_json(document) + "\n")


def print_json_line(document: object) -> None:
    """Print one JSON document on one line, and send it on its way."""
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def print_document(document: object, output: StreamFormat) -> None:
    """Print the one document of a command that has no more to tell."""
    if output is StreamFormat.NDJSON:
        print_json_line(document)
    else:
        print_json(document)


def print_line(text: object = "") -> None:
    """Print one line for people on stdout."""
    sys.stdout.write(visible(text) + "\n")


def print_warning(text: object) -> None:
    """Print one line on stderr that does not end the command."""
    sys.stderr.write(f"longshore: {visible(text)}\n")


def print_error(error: CommandError) -> None:
    """Print what failed, the findings, and the next command, on stderr."""
    sys.stderr.write(f"longshore: {visible(error.message)}\n")
    for detail in error.details:
        sys.stderr.write(f"  {visible(detail)}\n")
    sys.stderr.write(f"  next: {visible(error.next_step)}\n")


def confirm(question: str) -> None:
    """Ask a yes-or-no question on stderr; raise unless the answer is yes."""
    try:
        agreed = typer.confirm(visible(question), err=True)
    except typer.Abort:
        sys.stderr.write("\n")  # the question has no end of line
        raise UsageError(
            "nobody answered, so nothing was changed",
            next_step="repeat the command with --yes",
        ) from None
    if not sys.stdin.isatty():
        sys.stderr.write("\n")  # nobody pressed Enter where it would be seen
    if not agreed:
        raise CommandError(
            "you said no, so nothing was changed",
            next_step="change what you do not want, then repeat the command",
            code=ExitCode.DENIED,
        )
