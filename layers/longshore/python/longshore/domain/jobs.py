"""Jobs of CodePipeline: what a pipeline's deploy action asks, and what it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from longshore.domain.places import StageId

DEFINITIONS = "imagedefinitions.json"
"""What CodePipeline's own deploy action for ECS reads: containers and their images."""
DETAIL = "imageDetail.json"
"""What CodePipeline's source action for ECR writes: one image."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """An input artifact: a zip file in the pipeline's bucket."""

    name: str
    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class JobCredentials:
    """Credentials that a job brings for its artifacts; their text shows none of them."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    session_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobParameters:
    """What the action's UserParameters say.

    The images are those of a file in the input artifact or, where there is a `tag`, the ones that
    the tag names in the registry; `image` says of which alias. `timeout` is how long the action
    waits at most, None for what the stage's deadline suggests.
    """

    stage: StageId
    tag: str | None = None
    image: str | None = None
    artifact: str | None = None
    file: str | None = None
    commit: str | None = None
    execution: str | None = None
    timeout: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an action has come, as its continuation token carries it from job to job.

    `wish` is the id of the intent that it becomes, `asked` whether the stage was asked, as far as
    is known: AWS may have been too busy. `wanted` are the images it names: alias, and the beginning
    of the digest.
    """

    since: datetime
    until: datetime
    wish: str
    asked: bool = False
    wanted: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One invocation of a deploy action, which has an id of its own; the first has no progress."""

    id: str
    parameters: JobParameters
    artifacts: tuple[Artifact, ...] = ()
    credentials: JobCredentials | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class NamedImage:
    """An image as a file of an artifact names it, and the container it is for, if it says so."""

    reference: str
    container: str | None = None
    digest: str | None = None


class FailureType(StrEnum):
    """CodePipeline's own words for why a job failed."""

    JOB_FAILED = "JobFailed"
    CONFIGURATION = "ConfigurationError"
    PERMISSION = "PermissionError"
    OUT_OF_SYNC = "RevisionOutOfSync"
    UNAVAILABLE = "RevisionUnavailable"
    SYSTEM = "SystemUnavailable"


@dataclass(frozen=True, slots=True)
class GoOn:
    """The job is under way: CodePipeline shall ask again."""

    progress: Progress
    summary: str
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Succeed:
    """The release is live; `variables` are for later actions of the pipeline."""

    summary: str
    variables: Mapping[str, str]
    deployment: str | None = None


@dataclass(frozen=True, slots=True)
class Fail:
    """The job failed; the message is what people read in the pipeline."""

    type: FailureType
    message: str
    deployment: str | None = None


Answer = GoOn | Succeed | Fail


class JobError(Exception):
    """A job that cannot be done; the text says on what it failed and how to mend it."""

    def __init__(self, type_: FailureType, message: str) -> None:
        """Keep CodePipeline's word for it beside the sentence."""
        super().__init__(message)
        self.type = type_
