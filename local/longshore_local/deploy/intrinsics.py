"""Works out a resource's properties as CloudFormation would, once the rest of its stack is there.

For resources that the emulator's CloudFormation does not know and an API beside it does.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from botocore.model import ListShape, MapShape, Shape, StructureShape

from longshore.domain.places import Home
from longshore_local.deploy.documents import Template
from longshore_local.deploy.stack import Stack
from longshore_local.errors import LocalCloudError

ABSENT = object()
"""What AWS::NoValue stands for: the property is not there."""

SUBSTITUTED = re.compile(r"\$\{(?P<name>[A-Za-z0-9:.]+)\}")
ARNS: Mapping[str, str] = {
    "AWS::CodeBuild::Project": "arn:aws:codebuild:{region}:{account}:project/{id}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{id}",
    "AWS::KMS::Key": "arn:aws:kms:{region}:{account}:key/{id}",
    "AWS::S3::Bucket": "arn:aws:s3:::{id}",
}

Function = Callable[["Intrinsics", object], object]


@dataclass(frozen=True, slots=True)
class Intrinsics:
    """Knows a deployed stack, its template, and the parameters that it was given."""

    template: Template
    stack: Stack
    home: Home
    given: Mapping[str, str] = field(default_factory=dict)

    def properties(self, name: str) -> object:
        """Return the properties of a resource with every function worked out.

        Raises:
            LocalCloudError: A function is used that is not known here.
        """
        return self.resolve(_section(_section(self.template, "Resources"), name)["Properties"])

    def resolve(self, node: object) -> object:
        """Return a node with every function worked out."""
        if isinstance(node, Mapping):
            if len(node) == 1:
                (key,) = node
                if key in FUNCTIONS:
                    return FUNCTIONS[key](self, node[key])
                if str(key).startswith("Fn::"):
                    raise LocalCloudError(f"{key} cannot be worked out here")
            found = {key: self.resolve(value) for key, value in node.items()}
            return {key: value for key, value in found.items() if value is not ABSENT}
        if isinstance(node, list):
            return [one for one in map(self.resolve, node) if one is not ABSENT]
        return node

    def reference(self, name: str) -> object:
        """Return what Ref gives for a parameter, a resource, or one of AWS's own."""
        pseudo = {
            "AWS::AccountId": self.home.account,
            "AWS::NoValue": ABSENT,
            "AWS::Partition": self.home.partition,
            "AWS::Region": self.home.region,
            "AWS::StackName": self.stack.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        parameters = _section(self.template, "Parameters")
        if name in pseudo:
            return pseudo[name]
        if name in parameters:
            declared = _section(parameters, name)
            value = str(self.given.get(name, declared.get("Default", "")))
            return value.split(",") if declared.get("Type") == "CommaDelimitedList" else value
        return self.stack[name]

    def attribute(self, name: str, attribute: str) -> str:
        """Return what GetAtt gives; only ARNs are known."""
        kind = str(_section(_section(self.template, "Resources"), name).get("Type"))
        if attribute != "Arn" or kind not in ARNS:
            raise LocalCloudError(f"{attribute} of {kind} cannot be worked out here")
        return ARNS[kind].format(
            account=self.home.account, region=self.home.region, id=self.stack[name]
        )

    def holds(self, condition: object) -> bool:
        """Return whether a condition, by name or written out, holds."""
        if isinstance(condition, str):
            return self.holds(_section(self.template, "Conditions")[condition])
        return self.resolve(condition) is True


def _if(known: Intrinsics, node: object) -> object:
    condition, then, otherwise = _listed(node)
    return known.resolve(then if known.holds(condition) else otherwise)


def _substituted(known: Intrinsics, node: object) -> str:
    text, extra = (node, {}) if isinstance(node, str) else _listed(node)
    own = known.resolve(extra)
    values = own if isinstance(own, Mapping) else {}

    def value(match: re.Match[str]) -> str:
        name, _, attribute = match["name"].partition(".")
        if name in values:
            return str(values[name])
        return known.attribute(name, attribute) if attribute else str(known.reference(name))

    return SUBSTITUTED.sub(value, str(text)).replace("${!", "${")


def _equal(known: Intrinsics, node: object) -> bool:
    one, other = _listed(known.resolve(node))
    return one == other


def _joined(known: Intrinsics, node: object) -> str:
    separator, parts = _listed(known.resolve(node))
    return str(separator).join(map(str, _listed(parts)))


def _selected(known: Intrinsics, node: object) -> object:
    number, parts = _listed(known.resolve(node))
    return _listed(parts)[int(str(number))]


FUNCTIONS: Mapping[str, Function] = {
    "Condition": lambda known, node: known.holds(node),
    "Fn::And": lambda known, node: all(known.holds(one) for one in _listed(node)),
    "Fn::Equals": _equal,
    "Fn::GetAtt": lambda known, node: known.attribute(*map(str, _listed(node))),
    "Fn::If": _if,
    "Fn::Join": _joined,
    "Fn::Not": lambda known, node: not known.holds(_listed(node)[0]),
    "Fn::Or": lambda known, node: any(known.holds(one) for one in _listed(node)),
    "Fn::Select": _selected,
    "Fn::Sub": _substituted,
    "Ref": lambda known, node: known.reference(str(node)),
}


def as_parameters(shape: Shape | None, node: object) -> object:
    """Return properties of CloudFormation as an API takes them: other capitals, typed scalars.

    Raises:
        LocalCloudError: The API has no such member.
    """
    if isinstance(shape, StructureShape) and isinstance(node, Mapping):
        members = {name.lower(): name for name in shape.members}
        unknown = [key for key in node if str(key).lower() not in members]
        if unknown:
            raise LocalCloudError(f"{shape.name} has no {', '.join(map(str, unknown))}")
        named = {members[str(key).lower()]: value for key, value in node.items()}
        return {name: as_parameters(shape.members[name], value) for name, value in named.items()}
    if isinstance(shape, ListShape) and isinstance(node, list):
        return [as_parameters(shape.member, one) for one in node]
    if isinstance(shape, MapShape) and isinstance(node, Mapping):
        return {str(key): as_parameters(shape.value, value) for key, value in node.items()}
    return _scalar(shape, node)


def _scalar(shape: Shape | None, node: object) -> object:
    match shape.type_name if shape is not None else "":
        case "integer" | "long":
            return int(str(node))
        case "boolean":
            return str(node).lower() == "true"
        case _:
            return str(node)


def _listed(node: object) -> list[object]:
    return node if isinstance(node, list) else []


def _section(node: object, key: str) -> Mapping[str, object]:
    found = node.get(key) if isinstance(node, Mapping) else None
    return found if isinstance(found, Mapping) else {}
