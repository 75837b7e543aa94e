"""Reads a CloudFormation template as plain data, short forms of the functions included."""

from collections.abc import MutableMapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from longshore_local.errors import LocalCloudError

type_of_reference = {"Ref": "Ref", "Condition": "Condition"}
Template = MutableMapping[str, object]


class _Constructor(SafeConstructor):
    """Knows `!Sub x` and its like for what they abbreviate: `{"Fn::Sub": x}`."""


def _long_form(constructor: SafeConstructor, suffix: str, node: Node) -> dict[str, object]:
    name = type_of_reference.get(suffix, f"Fn::{suffix}")
    value = _value(constructor, node)
    if suffix == "GetAtt" and isinstance(value, str):
        return {name: value.split(".", 1)}
    return {name: value}


def _value(constructor: SafeConstructor, node: Node) -> object:
    if isinstance(node, ScalarNode):
        return constructor.construct_scalar(node)
    if isinstance(node, SequenceNode):
        return constructor.construct_sequence(node, deep=True)
    if isinstance(node, MappingNode):
        return constructor.construct_mapping(node, deep=True)
    raise LocalCloudError(f"the template holds {node.tag}, which is no function of CloudFormation")


_Constructor.add_multi_constructor("!", _long_form)


def read_template(path: Path) -> Template:
    """Return a template with every short form written out.

    Raises:
        LocalCloudError: The file is missing, or holds no mapping.
    """
    parser = YAML(typ="safe", pure=True)
    parser.Constructor = _Constructor
    try:
        document = parser.load(path)
    except FileNotFoundError as error:
        raise LocalCloudError(f"there is no {path}: run this in a checkout of Longshore") from error
    if not isinstance(document, dict):
        raise LocalCloudError(f"{path} is no template")
    return document
