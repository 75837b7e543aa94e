"""`longshore render`: what Longshore would register, worked out without AWS."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from longshore.aws.clients import Clients
from longshore.aws.ecs import AwsEcs
from longshore.aws.gate import Gate
from longshore.decide.rendering import Rendered, containers_of, render
from longshore_cli.documents import read_json_object
from longshore_cli.errors import UsageError
from longshore_cli.output import OutputFormat, print_json, print_line
from longshore_cli.tables import print_table

_HOST = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?/)?"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PINNED = re.compile(rf"{_HOST}{_PART}(?:/{_PART})*@sha256:[0-9a-f]{{64}}")
_LONGEST_REFERENCE = 1024
"""Characters. Registries stop at 255 for the name; the limit keeps the expression fast."""

_EXPORT = "aws ecs describe-task-definition --task-definition FAMILY --include TAGS > FILE"


@dataclass(frozen=True, slots=True)
class Described:
    """A described revision: its definition and, beside it, its tags."""

    definition: Mapping[str, object]
    tags: Sequence[Mapping[str, object]]

    @property
    def containers(self) -> Sequence[Mapping[str, object]]:
        """The containers, as far as they are objects."""
        listed = self.definition.get("containerDefinitions")
        found = listed if isinstance(listed, list) else []
        return [each for each in found if isinstance(each, Mapping)]


def run_render(file: str, images: Sequence[str], output: OutputFormat) -> None:
    """Print the registration of a described task definition with some images replaced."""
    wanted = parse_images(images)
    described = read_described(file)
    _refuse_unknown(file, wanted, described.containers)
    fields = read_only_fields()
    try:
        rendered = render(described.definition, described.tags, wanted, read_only=fields)
        if output is OutputFormat.JSON:
            print_json(rendered.definition)
            return
    except RecursionError:
        raise UsageError(f"{file} is nested too deeply", next_step=_EXPORT) from None
    _print_for_people(described, rendered, fields)


def parse_images(texts: Sequence[str]) -> dict[str, str]:
    """Read `CONTAINER=REF` pairs; raise UsageError unless every REF is `repo@sha256:…`."""
    images: dict[str, str] = {}
    for text in texts:
        container, _, reference = text.partition("=")
        if not container or not is_pinned(reference):
            raise UsageError(
                f"--image {text}: write CONTAINER=REPOSITORY@sha256:<64 hex digits>; "
                "a tag can be moved, so only a digest says what will run",
                next_step="aws ecr describe-images --repository-name NAME --image-ids imageTag=TAG",
            )
        if container in images:
            raise UsageError(
                f"--image names the container {container} twice",
                next_step="name each container once, then repeat the command",
            )
        images[container] = reference
    return images


def is_pinned(reference: str) -> bool:
    """Whether an image reference is a repository and a digest, and nothing else."""
    return len(reference) <= _LONGEST_REFERENCE and _PINNED.fullmatch(reference) is not None


def read_described(file: str) -> Described:
    """Read the output of DescribeTaskDefinition, or a task definition alone.

    Only what rendering stands on is looked at: everything else is the owner's business and ECS's.
    """
    document = read_json_object(file, next_step=_EXPORT)
    inner = document.get("taskDefinition", document)
    if not isinstance(inner, Mapping) or "containerDefinitions" not in inner:
        raise UsageError(f"{file} holds no task definition", next_step=_EXPORT)
    tags = [] if document.get("tags") is None else document["tags"]
    if not isinstance(tags, list) or not all(isinstance(tag, Mapping) for tag in tags):
        raise UsageError(f"{file}: tags is not a list of objects", next_step=_EXPORT)
    return Described(inner, tags)


def _refuse_unknown(
    file: str, wanted: Mapping[str, str], containers: Sequence[Mapping[str, object]]
) -> None:
    """Names must be text that is equal; a name of another type is nobody's."""
    names = [each.get("name") for each in containers]
    if any(isinstance(name, list | dict) for name in names):
        raise UsageError(
            f"{file} holds no task definition: a container's name is no text", next_step=_EXPORT
        )
    unknown = sorted(container for container in wanted if container not in names)
    if unknown:
        known = ", ".join(repr(name) for name in names if isinstance(name, str))
        raise UsageError(
            f"{file} has no container {', '.join(map(repr, unknown))}; it has {known or 'none'}",
            next_step="correct the name in --image",
        )


@cache
def read_only_fields() -> frozenset[str]:
    """Return the fields of a description that cannot be registered, by the shipped API model."""
    return AwsEcs(Gate(), Clients()).read_only_fields()


def _print_for_people(described: Described, rendered: Rendered, fields: frozenset[str]) -> None:
    before = containers_of(described.definition)
    after = containers_of(rendered.definition)
    print_line(f"{rendered.family or 'task definition'}, fingerprint {rendered.fingerprint}")
    print_table(
        ("CONTAINER", "IMAGE", "BEFORE"),
        [
            (name, image, "unchanged" if before.get(name) == image else before.get(name, ""))
            for name, image in after.items()
        ],
    )
    dropped = sorted(fields & set(described.definition))
    print_line(f"left out, because they cannot be registered: {', '.join(dropped) or 'nothing'}")
    print_line("next: longshore render … --output json prints the registration itself")
