"""The pages that people read, as data: code lines, command lines with their output, links.

A command line is one that begins with `longshore` in a block of code, or with a prompt. In a block
with prompts the lines that follow a command are its output.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROMPT = "$ "
PROGRAM = ".venv/bin/longshore"
_INDENT = " " * 4
_FENCE = "```"
_OURS = re.compile(r"(?:\.venv/bin/)?longshore [a-z-]|.*\| *(?:\.venv/bin/)?longshore ")
_TOLD = re.compile(r"`(longshore [a-z-][^`]*)`")
_REMARK = re.compile(r"\s{3,}.*|\s+# .*")
_PLACEHOLDER = re.compile(r"…|\[|\b[A-Z][A-Z|/]*[A-Z]\b")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`]*`")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; `number` counts from 1."""

    page: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.number}"


@dataclass(frozen=True, slots=True)
class Documented:
    """A command line as somebody would type it, and what the page says that it prints.

    `output` is None where the page shows none.
    """

    at: Line
    text: str
    output: Sequence[str] | None = field(default=None, compare=False)

    @property
    def is_form(self) -> bool:
        """Whether it only shows how such a command is written: `longshore history STAGE`."""
        return bool(_PLACEHOLDER.search(_QUOTED.sub("", self.text)))

    @property
    def is_ours(self) -> bool:
        """Whether it runs the longshore command."""
        return _OURS.match(self.text) is not None

    def __str__(self) -> str:
        return f"{self.at}: {self.text}"


@cache
def pages() -> Sequence[Path]:
    """Return every page that people read, the front page first."""
    top = (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"))
    return [*top, *sorted((ROOT / "docs").rglob("*.md")), ROOT / "events/README.md"]


def name_of(page: Path) -> str:
    """Return a page's path in the repository."""
    return page.relative_to(ROOT).as_posix()


def lines_of(page: Path) -> list[Line]:
    """Return all lines of a page."""
    texts = page.read_text(encoding="utf-8").splitlines()
    return [Line(name_of(page), number, text) for number, text in enumerate(texts, 1)]


def blocks_of(page: Path) -> list[list[Line]]:
    """Return the blocks of code, fenced or indented, without fence and indentation."""
    marked = groupby(_marked(lines_of(page)), key=itemgetter(1))
    return [[line for line, _ in group] for is_code, group in marked if is_code]


def _marked(lines: Sequence[Line]) -> Iterator[tuple[Line, bool]]:
    fenced, block = False, False
    for line in lines:
        if line.text.startswith(_FENCE):
            fenced, block = not fenced, False
            yield line, False
        elif fenced:
            yield line, True
        elif line.text.startswith(_INDENT):
            block = True
            yield Line(line.page, line.number, line.text.removeprefix(_INDENT)), True
        else:
            block = block and not line.text
            yield line, block


def commands_of(page: Path) -> list[Documented]:
    """Return the command lines in the blocks of code, in order."""
    return [command for block in blocks_of(page) for command in _commands(block)]


def told_in(page: Path) -> list[Documented]:
    """Return the commands that sentences name, between backticks; a line end may be in them."""
    code = {line.number for block in blocks_of(page) for line in block}
    lines = [line for line in lines_of(page) if line.number not in code]
    texts = [
        (line, f"{line.text} {after.text}") for line, after in pairwise([*lines, Line("", 0, "")])
    ]
    return [
        Documented(line, found[1])
        for line, text in texts
        for found in _TOLD.finditer(text)
        if found.start() < len(line.text)
    ]


def _commands(block: Sequence[Line]) -> Iterator[Documented]:
    if any(line.text.startswith(PROMPT) for line in block):
        yield from _session(block)
        return
    lines = iter(block)
    for line in lines:
        text = line.text
        while text.endswith(("\\", "|")):
            text = f"{text.removesuffix(chr(92))} {next(lines).text.strip()}"
        if _OURS.match(text):
            yield Documented(line, _REMARK.sub("", text))


def _session(block: Sequence[Line]) -> Iterator[Documented]:
    starts = [i for i, line in enumerate(block) if line.text.startswith(PROMPT)]
    for start, end in zip(starts, [*starts[1:], len(block)], strict=True):
        output = [line.text for line in block[start + 1 : end]]
        while output and not output[-1].strip():
            output.pop()
        text = _REMARK.sub("", block[start].text.removeprefix(PROMPT))
        yield Documented(block[start], text, output)


def links_of(page: Path) -> list[tuple[Line, str]]:
    """Return the targets of the links and pictures outside of code."""
    code = {line.number for block in blocks_of(page) for line in block}
    return [
        (line, found[1] or found[2])
        for line in lines_of(page)
        if line.number not in code and not line.text.startswith("<!--")
        for found in _LINK.finditer(_CODE.sub("`", line.text))
    ]


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    code = {line.number for block in blocks_of(page) for line in block}
    headings = (
        line.text.lstrip("#").strip()
        for line in lines_of(page)
        if line.text.startswith("#") and line.number not in code
    )
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}
