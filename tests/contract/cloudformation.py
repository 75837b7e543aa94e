"""Reads CloudFormation's YAML, with its short tags, into plain data."""

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Tree = dict[str, Any]


class Intrinsics(SafeConstructor):
    """Reads plain YAML and CloudFormation's short tags, and refuses a key that is given twice."""


def long_form(constructor: SafeConstructor, suffix: str, node: Node) -> Tree:
    """Makes `!Ref x` `{"Ref": x}` and `!GetAtt a.b` `{"Fn::GetAtt": [a, b]}`."""
    value = plain(constructor, node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


def plain(constructor: SafeConstructor, node: Node) -> object:
    """The value of a tagged node, without its tag."""
    match node:
        case ScalarNode():
            return constructor.construct_scalar(node)
        case SequenceNode():
            return constructor.construct_sequence(node, deep=True)
        case MappingNode():
            return constructor.construct_mapping(node, deep=True)
        case _:
            message = f"YAML knows no other nodes than these three: {node!r}"
            raise TypeError(message)


Intrinsics.add_multi_constructor("!", long_form)


def load(text: str) -> Tree:
    """Reads a CloudFormation or SAM template in YAML."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = Intrinsics
    tree: Tree = yaml.load(text)
    return tree
