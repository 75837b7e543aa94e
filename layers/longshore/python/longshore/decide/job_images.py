"""Decide which image of a stage each image of a deploy action is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longshore.domain.configuration import StageImage, StageSpec
from longshore.domain.jobs import FailureType, JobError, JobParameters, NamedImage
from longshore.domain.references import EcrImage, parse_ecr_image
from longshore.domain.releases import short_digest


@dataclass(frozen=True, slots=True)
class Sought:
    """An image of a stage, to be looked for in its repository by digest or else by tag."""

    image: StageImage
    tag: str | None
    digest: str | None

    def __str__(self) -> str:
        """Return the image as people talk of it."""
        version = self.tag or short_digest(self.digest or "")
        return f"{self.image.repository.name}:{version}"


def by_tag(spec: StageSpec, parameters: JobParameters) -> Sought:
    """Return the one image that a tag in the action's parameters is of; raise JobError."""
    return Sought(_named(spec, parameters.image), parameters.tag, None)


def by_file(
    spec: StageSpec, parameters: JobParameters, images: Sequence[NamedImage]
) -> tuple[Sought, ...]:
    """Return what the images of an artifact's file are in a stage; raise JobError.

    Containers find their image by the stage's targets where those name containers, else images
    are found by repository. Nothing in the file may be passed over: the action it replaces would
    have deployed all of it.
    """
    found: dict[str, Sought] = {}
    for image in images:
        sought = _sought(spec, parameters, image)
        known = found.setdefault(sought.image.alias, sought)
        if known != sought:
            raise _wrong(
                f"{spec.id} runs one image under {sought.image.alias}, and the artifact names two: "
                f"{known} and {sought}"
            )
    return tuple(found.values())


def _sought(spec: StageSpec, parameters: JobParameters, named: NamedImage) -> Sought:
    reference = _reference(named)
    image = _image_of(spec, parameters, named, reference)
    if not _is_of(image, reference):
        raise _wrong(
            f"{_what(named)} is {reference.repository} of account {reference.account} in "
            f"{reference.region}, but {spec.id} takes {image.alias} from {image.repository.name} "
            f"of {image.repository.home.account} in {image.repository.home.region}: push it there, "
            "or correct longshore.yaml"
        )
    return Sought(image, reference.tag, named.digest or reference.digest)


def _reference(named: NamedImage) -> EcrImage:
    reference = parse_ecr_image(named.reference)
    if reference is None:
        raise _wrong(
            f"{_what(named)} is no image of a private ECR registry, and Longshore deploys no "
            "others: push it to ECR and name it there"
        )
    return reference


def _image_of(
    spec: StageSpec, parameters: JobParameters, named: NamedImage, reference: EcrImage
) -> StageImage:
    if parameters.image is not None:
        return _named(spec, parameters.image)
    alias = _containers(spec).get(named.container or "")
    if alias is not None:
        return _named(spec, alias)
    if named.container is not None and all(target.containers for target in spec.targets):
        known = ", ".join(sorted(_containers(spec)))
        raise _wrong(
            f"no target of {spec.id} has a container {named.container!r}: name one of {known}"
        )
    return _by_repository(spec, named, reference)


def _by_repository(spec: StageSpec, named: NamedImage, reference: EcrImage) -> StageImage:
    found = [image for image in spec.images if _is_of(image, reference)]
    if len(found) == 1:
        return found[0]
    if found:
        aliases = ", ".join(image.alias for image in found)
        raise _wrong(
            f'{_what(named)} can be {aliases} of {spec.id}: say which with "image" in '
            "UserParameters"
        )
    known = ", ".join(sorted({image.repository.name for image in spec.images}))
    raise _wrong(
        f"{_what(named)} is of the repository {reference.repository} ({reference.account}, "
        f"{reference.region}), and {spec.id} runs images of {known} only: add it under images in "
        "longshore.yaml, or leave it out of the artifact"
    )


def _named(spec: StageSpec, alias: str | None) -> StageImage:
    names = ", ".join(image.alias for image in spec.images)
    if alias is None:
        if len(spec.images) == 1:
            return spec.images[0]
        raise _wrong(f'{spec.id} has the images {names}: say which with "image" in UserParameters')
    for image in spec.images:
        if image.alias == alias:
            return image
    raise _wrong(f"{spec.id} has no image {alias!r}: name one of {names}")


def _containers(spec: StageSpec) -> Mapping[str, str]:
    return dict(pair for target in spec.targets for pair in target.containers)


def _is_of(image: StageImage, reference: EcrImage) -> bool:
    home = image.repository.home
    there = (home.account, home.region, image.repository.name)
    return there == (reference.account, reference.region, reference.repository)


def _what(named: NamedImage) -> str:
    return f"the image of container {named.container!r}" if named.container else "the image"


def _wrong(message: str) -> JobError:
    return JobError(FailureType.CONFIGURATION, message)
