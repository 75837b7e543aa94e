"""What a rule's target receives of an event: all of it, a constant, a part, or a template."""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import TargetOutputTypeDef

PLACEHOLDER = re.compile(r"<([A-Za-z0-9._-]+)>")


def target_input(target: "TargetOutputTypeDef", event: Mapping[str, object]) -> str:
    """Return the text that EventBridge would send.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """
    if "Input" in target:
        return target["Input"]
    if "InputPath" in target:
        return json.dumps(at_path(event, target["InputPath"]))
    if "InputTransformer" in target:
        paths = target["InputTransformer"].get("InputPathsMap", {})
        values = {name: at_path(event, path) for name, path in paths.items()}
        return fill(target["InputTransformer"]["InputTemplate"], values)
    return json.dumps(event)


def at_path(document: object, path: str) -> object:
    """Return what a simple JSON path such as `$.detail.image-tag` names; None when it is absent."""
    found = document
    for key in path.removeprefix("$").split("."):
        if key:
            found = found.get(key) if isinstance(found, Mapping) else None
    return found


def fill(template: str, values: Mapping[str, object]) -> str:
    """Put values into an input template: text as it is within quotes, anything else as JSON."""

    def replace(match: re.Match[str]) -> str:
        value = values.get(match[1])
        before = template[: match.start()]
        quoted = before.count('"') - before.count('\\"')
        if quoted % 2:
            return value if isinstance(value, str) else json.dumps(value)
        return json.dumps(value)

    return PLACEHOLDER.sub(replace, template)
