"""Puts the SAM template into the wheel, so that an installed command knows its own rules."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TEMPLATE = Path(__file__).parent.parent / "template.yaml"


class TemplateHook(BuildHookInterface[Any]):
    """Adds template.yaml as package data.

    An editable install gets no copy: there the command reads the template of its checkout, and a
    copy would go stale.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the template to a standard build of the wheel."""
        if version == "standard":
            build_data["force_include"][str(TEMPLATE)] = "longshore_cli/template.yaml"
