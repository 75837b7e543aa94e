"""Reads a buildspec of version 0.2.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

VERSIONS = frozenset({"0.2"})
PHASES = {
    "install": "INSTALL",
    "pre_build": "PRE_BUILD",
    "build": "BUILD",
    "post_build": "POST_BUILD",
}
NOT_PLAYED = ("parameter-store", "secrets-manager")


class BuildspecError(Exception):
    """The buildspec cannot be read; the text is the context message of the phase that failed."""


@dataclass(frozen=True, slots=True)
class PhaseSpec:
    """The commands of a phase; those in `always` run although one before them failed."""

    commands: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    aborts: bool = False


@dataclass(frozen=True, slots=True)
class ArtifactSpec:
    """What is kept of a build."""

    files: tuple[str, ...] = ()
    base: str = "."
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Buildspec:
    """A whole buildspec; `phases` by CodeBuild's name for each."""

    variables: Mapping[str, str] = field(default_factory=dict)
    exported: tuple[str, ...] = ()
    phases: Mapping[str, PhaseSpec] = field(default_factory=dict)
    artifacts: ArtifactSpec = field(default_factory=ArtifactSpec)


def read_buildspec(text: str) -> Buildspec:
    """Read a buildspec; raise BuildspecError for what CodeBuild would not take."""
    document = _document(text)
    if str(document.get("version")) not in VERSIONS:
        raise BuildspecError(f"invalid buildspec version {document.get('version')}, expected 0.2")
    phases = _table(document, "phases")
    if not phases:
        raise BuildspecError("the buildspec has no phases")
    environment = _table(document, "env")
    for key in NOT_PLAYED:
        if environment.get(key):
            raise BuildspecError(f"env.{key} is not played here")
    return Buildspec(
        variables={name: _plain(value) for name, value in _table(environment, "variables").items()},
        exported=_texts(environment.get("exported-variables")),
        phases={_phase_name(name): _phase(phases, name) for name in phases},
        artifacts=_artifacts(_table(document, "artifacts")),
    )


def _document(text: str) -> Mapping[str, object]:
    try:
        document = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise BuildspecError(f"the buildspec is not YAML: {error}") from error
    if not isinstance(document, Mapping):
        raise BuildspecError("the buildspec is not a YAML mapping")
    return document


def _phase_name(name: str) -> str:
    if name not in PHASES:
        raise BuildspecError(f"phase {name} is unknown; there are {', '.join(PHASES)}")
    return PHASES[name]


def _phase(phases: Mapping[str, object], name: str) -> PhaseSpec:
    given = _table(phases, name)
    return PhaseSpec(
        commands=_texts(given.get("commands")),
        always=_texts(given.get("finally")),
        aborts=given.get("on-failure") == "ABORT",
    )


def _artifacts(given: Mapping[str, object]) -> ArtifactSpec:
    return ArtifactSpec(
        files=_texts(given.get("files")),
        base=_plain(given.get("base-directory") or "."),
        flat=given.get("discard-paths") in {True, "yes"},
    )


def _table(document: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = document.get(key)
    if value is not None and not isinstance(value, Mapping):
        raise BuildspecError(f"{key} is not a YAML mapping")
    return value or {}


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        return (_plain(value),)
    if any(isinstance(item, Mapping) for item in value):
        raise BuildspecError(f"a command is a mapping, quote it: {value}")
    return tuple(_plain(item) for item in value)


def _plain(value: object) -> str:
    """Return a scalar as text; YAML's booleans as CodeBuild passes them on."""
    return str(value).lower() if isinstance(value, bool) else str(value)
