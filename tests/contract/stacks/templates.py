"""The templates that users deploy beside Longshore, as data."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.contract.cloudformation import Tree, load
from tests.contract.template import ROOT, Statement, trees

FOLDER = ROOT / "stacks"
NAMES = sorted(path.name for path in FOLDER.glob("*.yaml"))


@cache
def stack(name: str) -> Tree:
    """A template by the name of its file."""
    return load((FOLDER / name).read_text())


def parameters() -> list[tuple[str, str, Tree]]:
    """The parameters of all templates: template, name, parameter."""
    return [(name, each, p) for name in NAMES for each, p in stack(name)["Parameters"].items()]


def resources(name: str, kind: str = "") -> Mapping[str, Tree]:
    """The resources of a template, of all or of one type, by logical id."""
    found: dict[str, Tree] = stack(name)["Resources"]
    return {key: each for key, each in found.items() if kind in {"", each["Type"]}}


def properties(name: str, logical_id: str) -> Any:  # noqa: ANN401  # a tree
    """The properties of a resource."""
    return resources(name)[logical_id]["Properties"]


def statements() -> Iterator[tuple[str, str, Statement]]:
    """The statements of every policy: template, logical id of what holds it, statement."""
    for name in NAMES:
        for key, each in resources(name).items():
            for tree in trees(each["Properties"]):
                if "Effect" in tree:
                    yield name, key, Statement.read(tree)


def identity_statements() -> list[tuple[str, str, Statement]]:
    """Those of them that say what a role may do."""
    kinds = {"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}
    return [
        (name, key, statement)
        for name, key, statement in statements()
        if resources(name)[key]["Type"] in kinds and statement.resources
    ]
