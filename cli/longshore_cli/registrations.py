"""`longshore.yaml` read leniently: what its stages follow and own, whatever else it says.

`apply` refuses what this version does not act on. To explain an event less is needed, and people
explain before a file is finished: so here everything that cannot be used is a warning with its
place, and what a policy cannot be read to exclude is taken as possible.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from longshore.decide.registered import (
    FollowedImage,
    NamedPipeline,
    NamedProject,
    OwnedTarget,
    Place,
    Registered,
)
from longshore.decide.versions import Range
from longshore.domain.configuration import Mode
from longshore.domain.facts import ECS_NAME
from longshore.domain.pipelines import PIPELINE_NAME
from longshore.domain.policies import Selection, SemverPolicy, TagPolicy
from longshore.events.arns import ACCOUNT, REGION
from longshore.events.configuration import NOT_YET
from longshore.events.ecr import REPOSITORY, TAG
from longshore.events.git_section import BUILD
from longshore.events.pipeline_section import PIPELINE_KEYS
from longshore_cli.configuration.models import Document, Image, Select
from longshore_cli.configuration.source import Path, Problem, Source, parse_source
from longshore_cli.configuration.stages import Stage, Target
from longshore_cli.documents import read_bytes
from longshore_cli.errors import UsageError

_REGISTRY = re.compile(
    rf"(?P<account>{ACCOUNT.pattern})\.dkr[.-]ecr(?:-fips)?\.(?P<region>{REGION.pattern})"
    r"\.(?:amazonaws\.com(?:\.cn)?|on\.aws)"
)
_NOT_ACTED_ON = "this version of Longshore does not act on it yet"


@dataclass(frozen=True, slots=True)
class _Image:
    """An image as declared."""

    repository: str
    place: Place
    selection: Selection | None


@dataclass(frozen=True, slots=True)
class Registrations:
    """What was understood of a file, and what was not."""

    registered: Registered
    warnings: tuple[str, ...]


def read_registrations(file: str) -> Registrations:
    """Read a file; raise UsageError where it cannot be opened or is no YAML mapping."""
    source = parse_source(read_bytes(file, next_step="name a longshore.yaml: --config FILE"))
    if not isinstance(source.value, Mapping):
        raise UsageError(
            f"{file} is no YAML mapping",
            details=tuple(f"{file}:{problem}" for problem in source.problems),
            next_step="write one from a running service: longshore init --service CLUSTER/SERVICE",
        )
    reading = _Reading(source)
    registered = reading.registered()
    problems = sorted([*source.problems, *reading.problems], key=lambda each: each.position)
    return Registrations(registered, tuple(f"{file}:{problem}" for problem in problems))


@dataclass(slots=True)
class _Reading:
    """One pass over one file; collects what it has to complain about."""

    source: Source
    problems: dict[Problem, None] = field(default_factory=dict)
    """Each once, though a part may be read for every stage."""

    def registered(self) -> Registered:
        """Return what the stages follow and own."""
        self._check_keys((), Document)
        images = [image for path in self._entries(("images",)) for image in self._image(path)]
        stages = list(self._entries(("stages",)))
        return Registered(
            images=tuple(followed for path in stages for followed in self._follows(path, images)),
            services=tuple(owned for path in stages for owned in self._owns(path)),
            pipelines=tuple(self._pipelines()),
            projects=tuple(self._projects()),
        )

    def _pipelines(self) -> Iterator[NamedPipeline]:
        """Yield the pipelines that are named: an entry is a name, or an object with one."""
        entries = self._value(("pipelines",))
        if not isinstance(entries, list):
            if entries is not None:
                self._warn(("pipelines",), "is no list, so no pipeline is named")
            return
        for index, entry in enumerate(entries):
            path: Path = ("pipelines", index)
            if isinstance(entry, Mapping):
                for key in entry.keys() - PIPELINE_KEYS:
                    self._warn((*path, str(key)), "is no key known here")
                path = (*path, "name")
            name = self._text(path, PIPELINE_NAME)
            if name is not None:
                yield NamedPipeline(self._text(("application",)) or "", name, Place())

    def _projects(self) -> Iterator[NamedProject]:
        """Yield the build projects that pushes start."""
        entries = self._value(("git",))
        for index in range(len(entries) if isinstance(entries, list) else 0):
            name = self._text(("git", index, "build"), BUILD)
            if name is not None:
                yield NamedProject(self._text(("application",)) or "", name, Place())

    def _image(self, path: Path) -> Iterator[_Image]:
        self._check_keys(path, Image)
        text = self._text((*path, "repository")) or ""
        host, _, rest = text.partition("/")
        registry = _REGISTRY.fullmatch(host)
        name = rest if registry else text
        if REPOSITORY.fullmatch(name) is None:
            self._warn((*path, "repository"), "is no ECR repository, so nothing of it is known")
            return
        said = registry.groupdict() if registry else {}
        place = self._place(path)
        yield _Image(
            name,
            Place(said.get("account") or place.account, said.get("region") or place.region),
            self._selection((*path, "select")),
        )

    def _selection(self, path: Path) -> Selection | None:
        """Return the policy, None for one that cannot be read: it could choose anything."""
        self._check_keys(path, Select, NOT_YET["select"])
        ways = self._mapping(path)
        tag, versions = self._text((*path, "tag"), TAG), self._text((*path, "semver"))
        if len(ways) == 1 and tag is not None:
            return TagPolicy(tag)
        if len(ways) == 1 and versions is not None and self._is_range((*path, "semver"), versions):
            return SemverPolicy(versions)
        self._warn(path, "no policy that can be read, so any tag is taken as possible")
        return None

    def _is_range(self, path: Path, text: str) -> bool:
        try:
            Range.parse(text)
        except ValueError as error:
            self._warn(path, str(error))
            return False
        return True

    def _follows(self, path: Path, images: Iterable[_Image]) -> Iterator[FollowedImage]:
        self._check_keys(path, Stage, NOT_YET["stage"])
        mode = self._text((*path, "mode"))
        if mode not in {None, *Mode}:
            self._warn((*path, "mode"), f"is none of {', '.join(Mode)}")
        here = self._place(path)
        for image in images:
            account, region = image.place.account, image.place.region
            place = Place(account or here.account, region or here.region)
            yield FollowedImage(self._stage(path), image.repository, place, image.selection)

    def _owns(self, path: Path) -> Iterator[OwnedTarget]:
        targets = self._value((*path, "targets"))
        if not isinstance(targets, list):
            self._warn((*path, "targets"), "is no list, so the stage owns nothing")
            return
        for index in range(len(targets)):
            target = (*path, "targets", index)
            self._check_keys(target, Target, NOT_YET["target"])
            service = self._text((*target, "service"))
            cluster, _, name = (service or "").partition("/")
            if ECS_NAME.fullmatch(cluster) and ECS_NAME.fullmatch(name):
                yield OwnedTarget(self._stage(path), cluster, name, self._place(path))
            elif service is not None:
                self._warn((*target, "service"), "names no service: write cluster/service")

    def _stage(self, path: Path) -> str:
        application = self._text(("application",))
        return f"{application}/{path[-1]}" if application else str(path[-1])

    def _place(self, path: Path) -> Place:
        account, region = (*path, "account"), (*path, "region")
        return Place(self._text(account, ACCOUNT), self._text(region, REGION))

    def _check_keys(
        self, path: Path, model: type[BaseModel], not_yet: frozenset[str] = frozenset()
    ) -> None:
        known = {field.alias or name for name, field in model.model_fields.items()}
        for key in self._mapping(path).keys() - known:
            self._warn((*path, key), _NOT_ACTED_ON if key in not_yet else "is no key known here")

    def _entries(self, path: Path) -> Iterator[Path]:
        return ((*path, key) for key in self._mapping(path))

    def _mapping(self, path: Path) -> Mapping[str, object]:
        value = self._value(path)
        if isinstance(value, Mapping):
            return value
        self._warn(path, "is no mapping, so nothing of it is known")
        return {}

    def _text(self, path: Path, pattern: re.Pattern[str] | None = None) -> str | None:
        """Return a text, numbers as they were written; None, with a warning, for what is none."""
        value = self._value(path)
        text = value if isinstance(value, str) else self.source.written.get(path)
        if value is None or text is None:
            if value is not None:
                self._warn(path, "is no text")
            return None
        if pattern is not None and pattern.fullmatch(text) is None:
            self._warn(path, "is not what it should be, so it is passed over")
            return None
        return text

    def _value(self, path: Path) -> object:
        value = self.source.value
        for part in path:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int):
                value = value[part]
            else:
                return None
        return value

    def _warn(self, path: Path, message: str) -> None:
        self.problems[Problem(self.source.position(path, key=True), path, message)] = None
