"""The EventBridge rules of template.yaml, read as data: which of them would an event meet?"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.nodes import Node

from longshore_cli.errors import CommandError
from longshore_cli.patterns import Matcher, compile_pattern

_PACKAGED = Path(__file__).parent / "template.yaml"
_CHECKOUT = Path(__file__).parent.parent.parent / "template.yaml"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its logical id, and what an event must be like to meet it."""

    name: str
    matches: Matcher


@dataclass(frozen=True, slots=True)
class _Intrinsic:
    """An intrinsic function of CloudFormation: what it stands for is known only once deployed."""

    tag: str


class _Constructor(SafeConstructor):
    """Builds plain values, and nothing at all from tags: `!Ref` and the like stay as they are."""

    def intrinsic(self, _suffix: str, node: Node) -> _Intrinsic:
        """Keep the name of an intrinsic function."""
        return _Intrinsic(str(node.tag))


_Constructor.add_multi_constructor("!", _Constructor.intrinsic)


def rules_met(event: Mapping[str, object]) -> tuple[str, ...]:
    """Return the logical ids of the rules that an event meets, sorted."""
    return tuple(rule.name for rule in shipped_rules() if rule.matches(event))


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Return the rules of the template that this command came with."""
    for path in (_PACKAGED, _CHECKOUT):
        if path.is_file():
            return read_rules(path.read_text("utf-8"))
    raise CommandError("failed to find template.yaml", next_step="install longshore-cli again")


def read_rules(template: str) -> tuple[Rule, ...]:
    """Return the rules of a template that listen on the default bus, sorted by logical id.

    Rules on a bus of their own never see an event of AWS, and rules with a schedule see none.
    Raises ValueError for a pattern that cannot be decided here.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    resources = yaml.load(template)["Resources"]
    patterns = {
        name: resource["Properties"]["EventPattern"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Events::Rule"
        and "EventPattern" in resource["Properties"]
        and "EventBusName" not in resource["Properties"]
    }
    return tuple(Rule(name, compile_pattern(patterns[name])) for name in sorted(patterns))
