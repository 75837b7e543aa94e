"""Render a new task definition from one that exists: images and our own tags change, nothing else.

Fields are never listed here. What cannot be registered is read off the API model by the caller;
whatever else stands in a definition, also what this code has never heard of, is carried over.
Lists of fields kept by hand have dropped settings in other deployers again and again
(aws-actions/amazon-ecs-deploy-task-definition#274, #704), and "cleaning" empty values has removed
environment variables (#216): empty is data.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longshore.domain.configuration import TargetSpec
from longshore.domain.observations import TaskDefinition
from longshore.domain.places import RepositoryRef
from longshore.domain.references import parse_ecr_image
from longshore.domain.releases import Release

TAG_PREFIX = "longshore:"
FINGERPRINT_TAG = f"{TAG_PREFIX}fingerprint"

Tag = Mapping[str, object]


class UnknownContainerError(ValueError):
    """A container was named that the task definition does not have."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The input of RegisterTaskDefinition and the fingerprint of its content.

    The fingerprint leaves our own tags out, so the same content has the same one whoever asked
    for it; it is what makes an identical definition be found again instead of registered twice.
    """

    family: str
    definition: dict[str, object]
    fingerprint: str


def render(
    definition: TaskDefinition,
    tags: Sequence[Tag],
    images: Mapping[str, str],
    *,
    read_only: frozenset[str],
    own_tags: Mapping[str, str] | None = None,
) -> Rendered:
    """Return the registration of `definition` with the images of some containers replaced.

    `tags` are the revision's, which the API gives beside the definition: leaving them behind loses
    cost allocation (sil-org/ecs-deploy#212). Ours among them are replaced. `images` maps container
    names to references; `read_only` names the fields of a description that are no input. Raises
    UnknownContainerError.
    """
    kept = {key: value for key, value in definition.items() if key not in read_only}
    _refuse_unknown(definition, images)
    if "containerDefinitions" in kept:
        kept["containerDefinitions"] = _with_images(kept["containerDefinitions"], images)
    foreign = [tag for tag in tags if not str(tag.get("key", "")).startswith(TAG_PREFIX)]
    fingerprint = _fingerprint(kept, foreign)
    own = {FINGERPRINT_TAG: fingerprint, **(own_tags or {})}
    kept["tags"] = [*foreign, *({"key": key, "value": value} for key, value in own.items())]
    return Rendered(str(definition.get("family", "")), kept, fingerprint)


def containers_of(definition: TaskDefinition) -> dict[str, str]:
    """Return the image of each container by the container's name."""
    return {
        str(container.get("name")): str(container.get("image", ""))
        for container in _containers(definition)
    }


def container_named(definition: TaskDefinition, name: str) -> Mapping[str, object] | None:
    """Return what a definition says of one container, None where it has none of that name."""
    return next((each for each in _containers(definition) if each.get("name") == name), None)


def managed_containers(
    definition: TaskDefinition, target: TargetSpec, repositories: Mapping[str, RepositoryRef]
) -> dict[str, str]:
    """Return the alias of each container that a target manages; `repositories` is by alias.

    Containers are found by the names that the target gives or, where it gives none, by the ECR
    repository that they run: never by position, never all of them. Raises UnknownContainerError
    when a named container is missing, or when nothing in the definition runs a repository.
    """
    chosen = dict(target.containers) or _by_repository(definition, repositories)
    _refuse_unknown(definition, chosen)
    mapped = {name: alias for name, alias in chosen.items() if alias in repositories}
    if not mapped:
        wanted = ", ".join(sorted({repository.name for repository in repositories.values()}))
        message = (
            f"no container of {_name(definition)} runs an image of {wanted}; "
            "name the containers under `containers:` of the target"
        )
        raise UnknownContainerError(message)
    return mapped


def references_for(
    definition: TaskDefinition, target: TargetSpec, release: Release
) -> dict[str, str]:
    """Return the reference that each managed container shall run; raises UnknownContainerError."""
    repositories = {image.alias: image.repository for image in release.images}
    references = {image.alias: image.reference for image in release.images}
    managed = managed_containers(definition, target, repositories)
    return {name: references[alias] for name, alias in managed.items()}


def _by_repository(
    definition: TaskDefinition, repositories: Mapping[str, RepositoryRef]
) -> dict[str, str]:
    aliases = {
        (repository.home.account, repository.home.region, repository.name): alias
        for alias, repository in repositories.items()
    }
    found = {
        name: aliases.get(_repository_of(image))
        for name, image in containers_of(definition).items()
    }
    return {name: alias for name, alias in found.items() if alias is not None}


def _repository_of(image: str) -> tuple[str, str, str]:
    found = parse_ecr_image(image)
    return (found.account, found.region, found.repository) if found else ("", "", image)


def _with_images(containers: object, images: Mapping[str, str]) -> object:
    if not isinstance(containers, list):
        return containers
    return [_with_image(container, images) for container in containers]


def _with_image(container: object, images: Mapping[str, str]) -> object:
    if not isinstance(container, Mapping) or container.get("name") not in images:
        return container
    return {**container, "image": images[str(container["name"])]}


def _refuse_unknown(definition: TaskDefinition, names: Mapping[str, str]) -> None:
    known = containers_of(definition)
    unknown = sorted(set(names) - set(known))
    if unknown:
        message = (
            f"{_name(definition)} has no container {', '.join(map(repr, unknown))}; "
            f"it has {', '.join(map(repr, sorted(known))) or 'none'}"
        )
        raise UnknownContainerError(message)


def _containers(definition: TaskDefinition) -> list[Mapping[str, object]]:
    containers = definition.get("containerDefinitions")
    return [c for c in containers if isinstance(c, Mapping)] if isinstance(containers, list) else []


def _name(definition: TaskDefinition) -> str:
    return f"task definition {definition.get('family', '(no family)')}"


def _fingerprint(definition: Mapping[str, object], tags: Sequence[Tag]) -> str:
    content = {**definition, "tags": sorted(tags, key=lambda tag: str(tag.get("key")))}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
