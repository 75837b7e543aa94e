"""Variables in an action's configuration: `#{variables.tag}`, `#{BuildVariables.DIGEST}`.

https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
"""

import re
from collections.abc import Mapping

from longshore_local.codepipeline.ports import OutsideError
from longshore_local.codepipeline.state import ExecutionState

REFERENCE = re.compile(r"#\{(?P<namespace>[A-Za-z0-9@_-]+)\.(?P<name>[A-Za-z0-9@_-]+)\}")


def resolved(execution: ExecutionState, configuration: Mapping[str, str]) -> dict[str, str]:
    """Return a configuration with values for variables; raise OutsideError for an unknown one."""

    def value(match: re.Match[str]) -> str:
        found = _namespace(execution, match["namespace"]).get(match["name"])
        if found is None:
            raise OutsideError(
                "ConfigurationError",
                f"The action failed because the variable {match[0]} could not be resolved",
            )
        return found

    return {key: REFERENCE.sub(value, text) for key, text in configuration.items()}


def _namespace(execution: ExecutionState, name: str) -> Mapping[str, str]:
    if name == "variables":
        return execution.variables
    if name == "codepipeline":
        return {"PipelineExecutionId": execution.id}
    return execution.namespaces.get(name, {})
