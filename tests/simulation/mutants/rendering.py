"""Weak task definitions: other images, other fields, registered more often."""

import json
from collections.abc import Mapping, Sequence

from longshore.decide import rendering
from longshore.decide.rendering import Rendered, Tag
from longshore.domain.configuration import TargetSpec
from longshore.domain.observations import TaskDefinition
from longshore.domain.releases import Release, ReleasedImage
from tests.simulation.mutants.mutant import Mutant, replacing

_render = rendering.render


def _reference_by_tag(self: ReleasedImage) -> str:
    return f"{self.repository.uri}:{self.tag}"


def _first_container(
    definition: TaskDefinition, target: TargetSpec, release: Release
) -> dict[str, str]:
    """Give the first image to the first container."""
    del target
    first = next(iter(rendering.containers_of(definition)))
    return {first: release.images[0].reference}


def _render_without_empty(
    definition: TaskDefinition,
    tags: Sequence[Tag],
    images: Mapping[str, str],
    *,
    read_only: frozenset[str],
    own_tags: Mapping[str, str] | None = None,
) -> Rendered:
    """Know only the fields of a list."""
    known = {k: v for k, v in definition.items() if k != "networkMode"}
    return _render(known, tags, images, read_only=read_only, own_tags=own_tags)


def _find_nothing(round_: object, spec: object, leg: object, rendered: object) -> None:
    del round_, spec, leg, rendered


def _plain_fingerprint(definition: Mapping[str, object], tags: Sequence[Tag]) -> str:
    del tags
    return json.dumps(definition, sort_keys=True, default=str)


MUTANTS = (
    Mutant(
        "image-by-tag",
        "revisions name their images by tag",
        replacing("longshore.domain.releases.ReleasedImage.reference", property(_reference_by_tag)),
    ),
    Mutant(
        "container-by-position",
        "the first container gets the image",
        replacing("longshore.usecases.prepare_revision.references_for", _first_container),
    ),
    Mutant(
        "fields-from-a-list",
        "a field that is not on a list is left out of what is registered",
        replacing("longshore.usecases.prepare_revision.render", _render_without_empty),
    ),
    Mutant(
        "registered-each-time",
        "a revision of the same content is not looked for",
        replacing("longshore.usecases.prepare_revision._find", _find_nothing),
    ),
    Mutant(
        "content-in-the-ledger",
        "the content of a definition stands in the ledger, not its hash",
        replacing("longshore.decide.rendering._fingerprint", _plain_fingerprint),
    ),
)
