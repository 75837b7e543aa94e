"""Read `longshore.yaml` strictly: every problem at once, each with line, column and path."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from longshore.domain.configuration import Configuration
from longshore.domain.places import Home
from longshore.events.arns import REGION, partition_of
from longshore.events.configuration import NOT_YET
from longshore.events.documents import kind_of
from longshore.events.sections import ConfigurationError, suggestion
from longshore.usecases.read_configuration import read_configuration
from longshore_cli.configuration.alarms import Alarms
from longshore_cli.configuration.git import PushTrigger
from longshore_cli.configuration.models import (
    Document,
    Image,
    Pipeline,
    Route,
    Select,
)
from longshore_cli.configuration.source import (
    Path,
    Position,
    Problem,
    Source,
    parse_source,
    path_text,
)
from longshore_cli.configuration.stages import Stage, Target
from longshore_cli.documents import read_bytes
from longshore_cli.errors import UsageError

_EXPECTED: Mapping[str, str] = {
    "string_type": "text",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "list_type": "a list",
}
_SAID: Mapping[str, str] = {
    "missing": "is missing",
    "too_short": "is empty; at least one is needed",
    "too_long": "has too many entries; {max_length} are possible, so make two of it",
}
_SECTIONS: Mapping[str, tuple[type[BaseModel], str]] = {
    "git": (PushTrigger, "trigger"),
    "images": (Image, "image"),
    "notify": (Route, "route"),
    "pipelines": (Pipeline, "pipeline"),
    "stages": (Stage, "stage"),
}
"""What the entries of a section are, and what control calls such a place."""

_KEY = "[key]"
"""How pydantic says that a key of a mapping, not its value, is wrong."""


@dataclass(frozen=True, slots=True)
class ConfigurationFile:
    """A valid file: its name as given, what it says as plain JSON, and where."""

    file: str
    document: Mapping[str, object]
    source: Source

    @property
    def application(self) -> str:
        """The name of the application that the file declares."""
        return str(self.document["application"])

    def configuration(self, home: Home, *, number: int, deploy: bool) -> Configuration:
        """Return what control would make of the file in an installation; raise UsageError."""
        try:
            return _parsed(self.document, home, number=number, deploy=deploy)
        except ConfigurationError as error:
            raise _wrong(self.file, [_problem_of_rules(self.source, error)]) from None


def load_configuration(file: str) -> ConfigurationFile:
    """Read and check a file; raise UsageError that names every problem."""
    content = read_bytes(
        file, next_step="write one from a running service: longshore init --service CLUSTER/SERVICE"
    )
    source, problems = check(content)
    if problems or not isinstance(source.value, Mapping):
        raise _wrong(file, problems)
    return ConfigurationFile(file, source.value, source)


def _wrong(file: str, problems: Sequence[Problem]) -> UsageError:
    count = f"{len(problems)} problems" if len(problems) != 1 else "a problem"
    return UsageError(
        f"{file} has {count}; the configuration in force stays as it is",
        details=tuple(f"{file}:{problem}" for problem in problems),
        next_step=f"correct it, then: longshore apply {file}",
    )


def check(content: bytes) -> tuple[Source, list[Problem]]:
    """Return what a file says and all that is wrong with it, in the order of its lines."""
    source = parse_source(content)
    problems = list(source.problems)
    if source.value is not None:
        problems += _of_shape(source) or _of_meaning(source, problems)
    elif not problems:
        problems.append(Problem(Position(1, 1), (), "the file is empty"))
    return source, sorted(problems, key=lambda problem: problem.position)


def _of_shape(source: Source) -> list[Problem]:
    """Check keys, types and texts of the whole document."""
    try:
        Document.model_validate(source.value, context=_context(source.value))
    except ValidationError as error:
        found = (_problem(source, details) for details in error.errors(include_url=False))
        known = {problem.path for problem in source.problems}
        return [problem for problem in found if problem.path not in known]
    return []


def _of_meaning(source: Source, problems: Collection[Problem]) -> list[Problem]:
    """Check what only the whole can tell, with the rules of control itself."""
    if problems:
        return []
    try:
        _parsed(source.value, _likely_home(source.value))
    except ConfigurationError as error:
        return [_problem_of_rules(source, error)]
    return []


def _likely_home(value: object) -> Home:
    """Return where an installation would be that the file fits: it is not known yet.

    Whether it is the one that the file goes to is checked again once that is found.
    """
    texts = [each for each in _leaves(value) if isinstance(each, str)]
    regions = [text for text in texts if REGION.fullmatch(text)]
    stages = value.get("stages") if isinstance(value, Mapping) else None
    accounts = [each.get("account") for each in stages.values()] if stages else []
    region = regions[0] if regions else "eu-central-1"
    partition = "aws-cn" if "amazonaws.com.cn/" in "".join(texts) else partition_of(region)
    account = next((str(each) for each in accounts if each is not None), "123456789012")
    return Home(partition, account, region)


def _leaves(value: object) -> Iterator[object]:
    inner = value.values() if isinstance(value, Mapping) else value
    if isinstance(inner, str) or not isinstance(inner, Iterable):
        yield value
        return
    for each in inner:
        yield from _leaves(each)


def _problem_of_rules(source: Source, error: ConfigurationError) -> Problem:
    path = _path_of(source, error.path)
    return Problem(source.position(path, key=True), path, error.message)


def _parsed(
    document: object, home: Home, *, number: int = 1, deploy: bool = False
) -> Configuration:
    return read_configuration(
        document,
        home=home,
        number=number,
        applied_by="",
        applied_at=datetime.now(UTC),
        deploy=deploy,
    )


def _context(value: object) -> Mapping[str, Collection[str]]:
    """Return the names that other parts of the document may refer to."""
    return {"aliases": _names(value, "images"), "stages": _names(value, "stages")}


def _names(value: object, key: str) -> Collection[str]:
    named = value.get(key) if isinstance(value, Mapping) else None
    return frozenset(named) if isinstance(named, Mapping) else frozenset()


def _path_of(source: Source, text: str) -> Path:
    return next((path for path in source.positions if path_text(path) == text), ())


def _problem(source: Source, details: ErrorDetails) -> Problem:
    path = tuple(part for part in details["loc"] if part != _KEY)
    about_key = _KEY in details["loc"] or details["type"] in {
        "extra_forbidden",
        "too_long",
        "too_short",
    }
    position = _parent(source, path) if details["type"] == "missing" else None
    return Problem(
        position or source.position(path, key=about_key),
        path,
        _message(source, path, details),
    )


def _parent(source: Source, path: Path) -> Position:
    return source.position(path[:-1], key=True)


def _message(source: Source, path: Path, details: ErrorDetails) -> str:
    kind, value = details["type"], details["input"]
    context = details.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind in _SAID:
        return _SAID[kind].format(**context)
    if kind == "literal_error":
        return _none_of(value, str(context.get("expected", "")))
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, found {_found(source, path, value)}"
    return details["msg"].removeprefix("Value error, ")


def _unknown_key(path: Path) -> str:
    key = str(path[-1])
    model, place = _place(path)
    not_yet = NOT_YET.get(place, frozenset())
    if key in not_yet:
        return f"{key} is not acted on by this version; remove it"
    known = {field.alias or name for name, field in model.model_fields.items()}
    meant = suggestion(key, known, also=not_yet)
    return f"unknown key; {meant.removeprefix(': ')}"


def _place(path: Path) -> tuple[type[BaseModel], str]:
    """Return the model a path's last key belongs to, and what control calls such a place."""
    match path:
        case ("images", _, "select", _):
            return Select, "select"
        case ("stages", _, "alarms", _):
            return Alarms, "alarms"
        case ("stages", _, "targets", _, _):
            return Target, "target"
        case (str() as section, _, _) if section in _SECTIONS:
            return _SECTIONS[section]
        case _:
            return Document, "document"


def _none_of(value: object, expected: str) -> str:
    choices = _quoted_in(expected)
    if not isinstance(value, str):
        return f"expected {' or '.join(choices)}, found {kind_of(value)}"
    return f"{value!r} is none of {', '.join(choices)}{suggestion(value, choices)}"


def _quoted_in(expected: str) -> list[str]:
    """Return the choices in pydantic's sentence about a literal: `'a', 'b' or 'c'`."""
    return expected.split("'")[1::2]


def _found(source: Source, path: Path, value: object) -> str:
    written = source.written.get(path)
    if isinstance(value, bool | int | float) and written:
        return f"{kind_of(value)}; if {written} is meant as text, put it in quotes"
    return kind_of(value)
