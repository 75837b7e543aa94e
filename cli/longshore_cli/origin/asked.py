"""What `longshore origin` can be asked about: a stage, a deployment, an image, a task. Pure."""

import re
from dataclasses import dataclass

from longshore.aws.pipeline_views import DIGEST
from longshore.domain.places import Home, StageId
from longshore.domain.references import pinned_digest, without_version
from longshore.events.arns import parse_arn
from longshore_cli.errors import UsageError

_NUMBER = re.compile(r"[0-9]{1,10}")
"""Of a deployment; its key has ten digits."""

_SEE = "longshore origin --help has the forms; longshore status lists the stages"


@dataclass(frozen=True, slots=True)
class AskedStage:
    """What a stage was last brought to."""

    stage: StageId


@dataclass(frozen=True, slots=True)
class AskedDeployment:
    """What a deployment brought, or tried to."""

    stage: StageId
    number: int


@dataclass(frozen=True, slots=True)
class AskedImage:
    """A digest, wherever it runs; `repository` is None where it stands alone."""

    digest: str
    repository: str | None = None


@dataclass(frozen=True, slots=True)
class AskedTask:
    """The images that a task of ECS was started from."""

    home: Home
    cluster: str
    id: str
    arn: str


Asked = AskedStage | AskedDeployment | AskedImage | AskedTask


def parse_asked(text: str) -> Asked:
    """Read what is asked about; raise UsageError for what has none of the forms."""
    if text.startswith("arn:"):
        return _task(text)
    if "@" in text or text.startswith("sha256:"):
        return _image(text)
    if ":" in text:
        raise UsageError(
            f"{text!r} names no digest, and a tag may have moved since", next_step=_SEE
        )
    return _of_stage(text)


def _task(text: str) -> AskedTask:
    arn = parse_arn(text)
    of_ecs = arn is not None and arn.service == "ecs" and arn.region and arn.account
    match arn.names("task") if arn and of_ecs else ():
        case (cluster, id_) if arn:
            home = Home(arn.partition, arn.account, arn.region)
            return AskedTask(home, cluster, id_, text)
        case (_,):
            raise UsageError(
                f"{text} names no cluster: it is an ARN in the old, short format",
                next_step="name the stage, or the digest that the task runs",
            )
        case _:
            raise UsageError(f"{text!r} is no task of ECS", next_step=_SEE)


def _image(text: str) -> AskedImage:
    digest = pinned_digest(text) or text
    if DIGEST.fullmatch(digest) is None:
        raise UsageError(
            f"{digest!r} is no digest: sha256: and 64 hex digits",
            next_step="longshore status -o json has whole digests",
        )
    return AskedImage(digest, without_version(text) or None if "@" in text else None)


def _of_stage(text: str) -> AskedStage | AskedDeployment:
    name, mark, number = text.partition("#")
    try:
        stage = StageId.parse(name)
    except ValueError as error:
        raise UsageError(str(error), next_step=_SEE) from None
    if not mark:
        return AskedStage(stage)
    if _NUMBER.fullmatch(number) is None:
        raise UsageError(
            f"{text!r} names no deployment: application/stage#42 does",
            next_step=f"longshore history {stage}",
        )
    return AskedDeployment(stage, int(number))
