"""The template and its code, ready for the emulator."""

from dataclasses import dataclass
from pathlib import Path

from longshore_local.deploy.adaptations import Adaptation, adapt
from longshore_local.deploy.artifacts import Artifact, build_artifacts
from longshore_local.deploy.documents import Template, read_template


@dataclass(frozen=True, slots=True)
class Prepared:
    """The template as the emulator can take it, what is different in it, and the built code."""

    template: Template
    adaptations: list[Adaptation]
    artifacts: list[Artifact]


def prepare(root: Path) -> Prepared:
    """Read the template and build what changed."""
    template, adaptations = adapt(read_template(root / "template.yaml"))
    return Prepared(template, adaptations, build_artifacts(root, template))
