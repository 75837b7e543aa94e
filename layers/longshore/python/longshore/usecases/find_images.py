"""Find the images that a pipeline's deploy action names, by digest, in the registry."""

from collections.abc import Sequence

from longshore.decide.job_images import Sought, by_file, by_tag
from longshore.decide.selection import is_runnable
from longshore.domain.configuration import StageSpec
from longshore.domain.errors import Refused
from longshore.domain.intents import WantedImage
from longshore.domain.jobs import DEFINITIONS, DETAIL, Artifact, FailureType, Job, JobError
from longshore.domain.releases import RegistryImage, short_digest
from longshore.events.artifacts import parse_images
from longshore.usecases.job_ports import JobPorts


def find_images(job: Job, spec: StageSpec, ports: JobPorts) -> tuple[WantedImage, ...]:
    """Return the images that a job names.

    Raises JobError where one is not named as it must be, or not there.
    """
    return tuple(_found(sought, ports) for sought in _sought(job, spec, ports))


def short_names(images: Sequence[WantedImage]) -> tuple[tuple[str, str], ...]:
    """Return aliases and digests, so short that a continuation token holds them."""
    return tuple((image.alias, short_digest(image.digest)) for image in images)


def _sought(job: Job, spec: StageSpec, ports: JobPorts) -> Sequence[Sought]:
    if job.parameters.tag is not None:
        return (by_tag(spec, job.parameters),)
    file, body = _file(job, ports)
    return by_file(spec, job.parameters, parse_images(file, body))


def _file(job: Job, ports: JobPorts) -> tuple[str, bytes]:
    """Return the file that names the images, from the first artifact that has one."""
    named = job.parameters.file
    files = (named,) if named else (DEFINITIONS, DETAIL)
    artifacts = _artifacts(job)
    for artifact in artifacts:
        found = ports.artifacts.read(artifact, job.credentials, files)
        if found is not None:
            return found
    names = ", ".join(artifact.name for artifact in artifacts)
    raise JobError(
        FailureType.CONFIGURATION,
        f"the input artifact {names} holds no {' and no '.join(files)}: have the build write it "
        "and list it under artifacts in its buildspec",
    )


def _artifacts(job: Job) -> Sequence[Artifact]:
    wanted = job.parameters.artifact
    found = [a for a in job.artifacts if wanted is None or a.name == wanted]
    if found:
        return found
    if job.artifacts:
        names = ", ".join(artifact.name for artifact in job.artifacts)
        message = f"the action has no input artifact {wanted!r}: name one of {names}"
    else:
        message = (
            'the action has no input artifact: give it the build\'s, or name a "tag" in its '
            "UserParameters"
        )
    raise JobError(FailureType.CONFIGURATION, message)


def _found(sought: Sought, ports: JobPorts) -> WantedImage:
    """Return an image that is there and can run."""
    image = _look(sought, ports)
    where = sought.image.repository
    if image is None:
        raise JobError(
            FailureType.UNAVAILABLE,
            f"{sought} is not in ECR, account {where.home.account}, region {where.home.region}: "
            "push it before the deploy action, and name it as it was pushed",
        )
    if not is_runnable(image):
        raise JobError(
            FailureType.CONFIGURATION, f"{sought} is nothing that a task can run: name an image"
        )
    tag = sought.tag if sought.tag in image.tags else next(iter(image.tags), None)
    return WantedImage(sought.image.alias, image.digest, tag)


def _look(sought: Sought, ports: JobPorts) -> RegistryImage | None:
    registry, where = ports.registry, sought.image.repository
    try:
        if sought.digest is not None:
            return registry.image_by_digest(where, sought.digest)
        return registry.image_by_tag(where, sought.tag or "latest")
    except Refused as error:
        raise JobError(FailureType.CONFIGURATION, str(error)) from error
