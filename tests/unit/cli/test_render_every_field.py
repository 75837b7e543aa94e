"""`longshore render` over task definitions made from the API model: every field survives."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from longshore_cli.main import app

MODEL = botocore.session.get_session().get_service_model("ecs")
DESCRIBED = MODEL.shape_for("DescribeTaskDefinitionResponse")
REGISTRATION = MODEL.operation_model("RegisterTaskDefinition").input_shape

# Stated here by hand and held against the model below: a new one shall be looked at by a person.
READ_ONLY = {
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
}
PINNED = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:" + "0f" * 32

# What no model knows yet, and what JSON readers like to change.
UNKNOWN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=3,
)
SCALARS: Mapping[str, st.SearchStrategy[object]] = {
    "string": st.text(st.characters(), max_size=6),
    "boolean": st.booleans(),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**80), 2**80),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "timestamp": st.just("2026-11-23T04:30:00.123000+01:00"),
}
FILLED: Mapping[str, tuple[object, object]] = {
    "string": ("text", ""),
    "boolean": (True, False),
    "timestamp": ("2026-11-23T04:30:00.123000+01:00", 0),
}


def values(shape: Shape, *, known_only: bool = False) -> st.SearchStrategy[Any]:
    """JSON as the API would give it for a shape, with fields left out, empty or unheard of."""
    if isinstance(shape, StructureShape):
        return structures(shape, known_only=known_only)
    if isinstance(shape, ListShape):
        return st.lists(values(shape.member, known_only=known_only), max_size=2)
    if isinstance(shape, MapShape):
        inner = values(shape.value, known_only=known_only)
        return st.dictionaries(values(shape.key), inner, max_size=2)
    if shape.type_name == "string" and shape.enum:  # type: ignore[attr-defined]  # StringShape
        return st.sampled_from(shape.enum)  # type: ignore[attr-defined]  # StringShape
    return SCALARS[shape.type_name]


def structures(shape: StructureShape, *, known_only: bool) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: values(member, known_only=known_only) for name, member in shape.members.items()}
    if known_only:
        return st.fixed_dictionaries(fields)
    required = {name: fields.pop(name) for name in shape.required_members}
    known = st.fixed_dictionaries(required, optional=fields)
    return st.tuples(
        st.dictionaries(st.text(max_size=4).map("x".__add__), UNKNOWN, max_size=1), known
    ).map(lambda pair: {**pair[0], **pair[1]})


def with_containers(described: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Give the definition containers of these names: what rendering stands on."""
    definition = described.setdefault("taskDefinition", {})
    containers = definition.get("containerDefinitions", [])
    containers += [{} for _ in names[len(containers) :]]
    for container, name in zip(containers, names, strict=False):
        container["name"] = name
    definition["containerDefinitions"] = containers[: len(names)]
    return described


def descriptions(*, known_only: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    names = st.lists(
        st.from_regex(r"[a-zA-Z0-9_-]{1,12}", fullmatch=True), min_size=1, max_size=3, unique=True
    )
    assert isinstance(DESCRIBED, StructureShape)
    return st.builds(with_containers, structures(DESCRIBED, known_only=known_only), names)


def everything(shape: Shape, *, empty: bool) -> Any:  # noqa: ANN401  # JSON
    """One value with every field of the model, all empty or all filled."""
    if isinstance(shape, StructureShape):
        return {name: everything(member, empty=empty) for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [] if empty else [everything(shape.member, empty=empty)]
    if isinstance(shape, MapShape):
        return {} if empty else {"key": everything(shape.value, empty=empty)}
    filled, blank = FILLED.get(shape.type_name, (7, 0))
    return blank if empty else filled


def rendered(described: Mapping[str, Any], file: Path, *containers: str) -> dict[str, Any]:
    file.write_text(json.dumps(described))
    images = [part for name in containers for part in ("--image", f"{name}={PINNED}")]
    result = CliRunner().invoke(
        app, ["render", "--task-definition", str(file), *images, "--output", "json"]
    )
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    registration: dict[str, Any] = json.loads(result.stdout)
    return registration


def assert_only_image_and_tags_differ(
    described: Mapping[str, Any], registration: dict[str, Any], *mapped: str
) -> None:
    definition = described["taskDefinition"]
    before = {key: value for key, value in definition.items() if key not in READ_ONLY}
    tags = registration.pop("tags")
    foreign = [
        tag for tag in described.get("tags", []) if not tag.get("key", "").startswith("longshore:")
    ]
    assert exactly(tags[: len(foreign)]) == exactly(foreign)
    assert tags[len(foreign) :]
    assert all(tag["key"].startswith("longshore:") for tag in tags[len(foreign) :])
    before["containerDefinitions"] = [
        {**container, "image": PINNED} if container["name"] in mapped else container
        for container in before["containerDefinitions"]
    ]
    before.pop("tags", None)
    assert exactly(registration) == exactly(before)


def exactly(value: object) -> str:
    """JSON text: unlike Python's ==, it tells 1 from 1.0 and from true."""
    return json.dumps(value, sort_keys=True)


def test_read_only_fields_are_those_of_the_model() -> None:
    definition = MODEL.shape_for("TaskDefinition")

    assert isinstance(definition, StructureShape)
    assert isinstance(REGISTRATION, StructureShape)
    assert set(definition.members) - READ_ONLY == set(REGISTRATION.members) - {"tags"}


@given(described=descriptions())
@example(described=with_containers(everything(DESCRIBED, empty=True), ["web", "sidecar"]))
@example(described=with_containers(everything(DESCRIBED, empty=False), ["web", "sidecar"]))
@settings(max_examples=60)
def test_only_the_mapped_image_and_our_tags_differ(
    described: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = described["taskDefinition"]["containerDefinitions"][0]["name"]
    file = tmp_path_factory.getbasetemp() / "described.json"

    registration = rendered(described, file, name)

    assert_only_image_and_tags_differ(described, registration, name)


@given(described=descriptions())
@settings(max_examples=20)
def test_every_mapped_container_changes_and_no_other(
    described: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    names = [each["name"] for each in described["taskDefinition"]["containerDefinitions"]]
    file = tmp_path_factory.getbasetemp() / "described.json"

    registration = rendered(described, file, *names)

    assert_only_image_and_tags_differ(described, registration, *names)


def test_what_is_printed_is_valid_input_of_register_task_definition(tmp_path: Path) -> None:
    described = with_containers(everything(DESCRIBED, empty=False), ["web"])
    assert isinstance(REGISTRATION, StructureShape)

    registration = rendered(described, tmp_path / "described.json", "web")

    report = ParamValidator().validate(registration, REGISTRATION)
    assert not report.has_errors(), report.generate_report()
    assert set(registration) == set(REGISTRATION.members)
