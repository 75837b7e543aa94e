"""What can be known of an image from its Dockerfile without building it: labels, missing files."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

CONTINUED = re.compile(r"\\\s*\n")
REFERENCE = re.compile(r"\$\{(?P<braced>\w+)\}|\$(?P<plain>\w+)")
FROM_CONTEXT = frozenset({"COPY", "ADD"})


def labels_of(text: str, arguments: Mapping[str, str]) -> dict[str, str]:
    """Return the labels of the last stage, with the values of build arguments in them."""
    known: dict[str, str] = {}
    labels: dict[str, str] = {}
    for instruction, rest in _instructions(text):
        if instruction == "FROM":
            labels = {}
        elif instruction == "ARG":
            name, _, default = rest.partition("=")
            known[name] = arguments.get(name, default.strip("\"'"))
        elif instruction == "LABEL":
            labels |= dict(_pairs(rest, known))
    return labels


def missing_from(context: Path, text: str) -> str | None:
    """Return the first file that is copied out of a build context and is not there."""
    for instruction, rest in _instructions(text):
        if instruction in FROM_CONTEXT:
            for source in _sources(rest):
                if not any(context.glob(source.strip("/") or ".")):
                    return source
    return None


def _sources(rest: str) -> list[str]:
    words = shlex.split(rest.strip("[]").replace(",", " "))
    if any(word.startswith("--from") for word in words):
        return []
    given = [word for word in words if not word.startswith("--")][:-1]
    return [word for word in given if "://" not in word and "$" not in word and word != "."]


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    without_comments = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in CONTINUED.sub(" ", without_comments).splitlines():
        instruction, _, rest = line.strip().partition(" ")
        if instruction:
            yield instruction.upper(), rest.strip()


def _pairs(rest: str, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    def value(match: re.Match[str]) -> str:
        return known.get(match["braced"] or match["plain"], "")

    for word in shlex.split(rest):
        name, _, given = word.partition("=")
        yield name, REFERENCE.sub(value, given)
