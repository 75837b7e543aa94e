"""Pipelines of AWS CodePipeline, their executions, and which applications they serve."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from longshore.domain.places import NAME_PATTERN, NAME_RULE, Home

PIPELINE_NAME = re.compile(r"[A-Za-z0-9.@_-]{1,100}")
"""What CodePipeline takes for a name:
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html"""

EXECUTION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
"""AWS makes UUIDs; what is asked here is that an id fits into keys and message groups."""

DEFAULT_LIMIT = timedelta(hours=2)
"""How long an execution may be in progress before people are told that it is stuck."""

MOST_PIPELINES = 20
"""Pipelines of one application."""


@dataclass(frozen=True, slots=True, order=True)
class PipelineRef:
    """A pipeline of CodePipeline."""

    home: Home
    name: str

    def __str__(self) -> str:
        """Return `partition:account:region:name`."""
        return f"{self.home}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `partition:account:region:name`; raise ValueError for anything else."""
        match text.split(":"):
            case [partition, account, region, name] if PIPELINE_NAME.fullmatch(name):
                return cls(Home(partition, account, region), name)
            case _:
                raise ValueError("it names no pipeline: partition:account:region:name is one")


@dataclass(frozen=True, slots=True, order=True)
class ExecutionRef:
    """One execution of a pipeline."""

    pipeline: PipelineRef
    id: str

    def __post_init__(self) -> None:
        """Refuse ids that could not be told apart in keys and queues."""
        if EXECUTION_ID.fullmatch(self.id) is None:
            raise ValueError(f"{self.id!r} is the id of no execution")

    def __str__(self) -> str:
        """Return pipeline and id, as a log line names an execution."""
        return f"{self.pipeline.name} {self.id}"


@dataclass(frozen=True, slots=True, order=True)
class PipelineId:
    """A pipeline as one application has it: what people are told of goes to the application."""

    application: str
    pipeline: str

    def __post_init__(self) -> None:
        """Refuse names that could not be told apart in keys, queues and messages."""
        if NAME_PATTERN.fullmatch(self.application) is None:
            raise ValueError(f"{self.application!r} is no application name: {NAME_RULE}")
        if PIPELINE_NAME.fullmatch(self.pipeline) is None:
            raise ValueError(f"{self.pipeline!r} is no pipeline name")

    def __str__(self) -> str:
        """Return `application:pipeline`; the name of a stage has no colon."""
        return f"{self.application}:{self.pipeline}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `application:pipeline`; raise ValueError when it is not of that form."""
        application, _, pipeline = text.partition(":")
        return cls(application, pipeline)


@dataclass(frozen=True, slots=True)
class PipelineSpec:
    """A pipeline that an application names, and how long an execution may be in progress."""

    pipeline: PipelineRef
    limit: timedelta = DEFAULT_LIMIT


@dataclass(frozen=True, slots=True)
class PipelineFollower:
    """An application that a pipeline serves, and the limit that it set."""

    application: str
    limit: timedelta = DEFAULT_LIMIT
