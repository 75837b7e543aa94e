"""YAML 1.2 as plain values, each with the place where it stood.

Nothing is guessed that people would trip over: `on` and `no` are text as YAML 1.2 has it, dates
are text, a key that stands twice is refused instead of one value winning, and tags that build
objects are refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLStreamError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

MOST_BYTES = 100 * 1024
"""The limit of one ledger item: a larger file could not be kept."""
MOST_VALUES = 20_000
"""Aliases of aliases make a small file enormous; nobody writes this much."""

PathPart = str | int
Path = tuple[PathPart, ...]

_PREFIX = "tag:yaml.org,2002:"
_TEXT = frozenset({"str", "timestamp", "value", "merge"})
_SAID: Mapping[str, str] = {
    "but found another document": "a file holds one document, here a second begins"
}


class Position(NamedTuple):
    """Where something stands in a file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file. An empty path means the file as a whole."""

    position: Position
    path: Path
    message: str

    def __str__(self) -> str:
        """Return `line:column: path: message`; the file's name goes before it."""
        where = f"{self.position.line}:{self.position.column}: "
        path = path_text(self.path)
        return f"{where}{path}: {self.message}" if path else f"{where}{self.message}"


@dataclass(slots=True)
class Source:
    """A parsed file: its value as plain JSON, where values and keys stood, what was wrong.

    `written` keeps the text of values that YAML reads as something else than text, so that
    `tag: 1.10` can be told apart from `tag: 1.1` in a message.
    """

    value: object = None
    positions: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)
    written: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def position(self, path: Path, *, key: bool = False) -> Position:
        """Return where a path stands, or the nearest thing around it that stands anywhere."""
        places = self.keys if key and path in self.keys else self.positions
        for end in range(len(path), -1, -1):
            if path[:end] in places:
                return places[path[:end]]
        return Position(1, 1)


def path_text(path: Path) -> str:
    """Return a path as people write it: `stages.staging.targets[0].service`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


def parse_source(content: bytes) -> Source:
    """Read one YAML document; what cannot be read is among the problems, never an exception."""
    source = Source()
    if len(content) > MOST_BYTES:
        source.problems.append(
            Problem(Position(1, 1), (), f"the file is larger than {MOST_BYTES // 1024} KiB")
        )
        return source
    try:
        node = YAML(typ="safe", pure=True).compose(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        source.problems.append(Problem(_place_of(content, error.start), (), "this is not UTF-8"))
    except (YAMLError, RecursionError, ValueError) as error:
        source.problems.append(_unreadable(error))
    else:
        _Conversion(source).convert(node)
    return source


def _place_of(content: bytes, offset: int) -> Position:
    before = content[:offset]
    return Position(before.count(b"\n") + 1, offset - (before.rfind(b"\n") + 1) + 1)


def _unreadable(error: Exception) -> Problem:
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        said = _SAID.get(error.problem or "", error.problem) or error.context
        return Problem(Position(mark.line + 1, mark.column + 1), (), said or "this is no YAML")
    if isinstance(error, ReaderError):
        return Problem(
            Position(1, 1), (), f"the character U+{error.character:04X} is not allowed in YAML"
        )
    if isinstance(error, RecursionError):
        return Problem(Position(1, 1), (), "the file is nested too deeply")
    kind = "no YAML stream" if isinstance(error, YAMLStreamError) else "no YAML"
    return Problem(Position(1, 1), (), f"this is {kind}: {error}")


class _TooMuchError(Exception):
    """The file says more than any configuration."""


class _Conversion:
    """Turns nodes into values; one for each file."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._values = 0

    def convert(self, root: Node | None) -> None:
        """Fill the source from its root node."""
        if root is None:
            self._problem(None, (), "the file is empty")
            return
        try:
            self._source.value = self._value(root, ())
        except _TooMuchError:
            self._problem(root, (), f"the file says more than {MOST_VALUES} values")
        except RecursionError:
            self._problem(root, (), "the file is nested too deeply, or contains itself")

    def _value(self, node: Node, path: Path) -> object:
        self._values += 1
        if self._values > MOST_VALUES:
            raise _TooMuchError
        self._source.positions[path] = _start(node)
        if isinstance(node, MappingNode) and _kind(node) == "map":
            return dict(self._entries(node, path))
        if isinstance(node, SequenceNode) and _kind(node) == "seq":
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _entries(self, node: MappingNode, path: Path) -> Iterator[tuple[str, object]]:
        seen: dict[str, Position] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode) or _kind(key_node) not in _TEXT:
                self._problem(key_node, path, "a key must be text; put it in quotes")
                continue
            key = str(key_node.value)
            if key in seen:
                self._problem(
                    key_node,
                    (*path, key),
                    f"this key stands twice; the first is in line {seen[key].line}",
                )
                continue
            seen[key] = self._source.keys[(*path, key)] = _start(key_node)
            yield key, self._value(value_node, (*path, key))

    def _scalar(self, node: Node, path: Path) -> object:
        kind, text = _kind(node), str(node.value)
        if kind in _TEXT:
            return text
        self._source.written[path] = text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind in {"int", "float"}:
            return _number(text, kind)
        self._problem(node, path, f"the tag {node.tag} is not allowed here")
        return None

    def _problem(self, node: Node | None, path: Path, message: str) -> None:
        position = _start(node) if node is not None else Position(1, 1)
        self._source.problems.append(Problem(position, path, message))


def _start(node: Node) -> Position:
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)


def _kind(node: Node) -> str:
    return str(node.tag).removeprefix(_PREFIX)


def _number(text: str, kind: str) -> object:
    plain = text.replace("_", "")
    try:
        return int(plain, 0) if kind == "int" else float(plain)
    except ValueError:
        return text
