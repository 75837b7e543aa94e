"""Build projects of AWS CodeBuild, as applications have them."""

import re
from dataclasses import dataclass
from typing import Self

from longshore.domain.places import NAME_PATTERN, NAME_RULE

PROJECT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,254}")


@dataclass(frozen=True, slots=True, order=True)
class ProjectId:
    """A project as one application has it: it starts builds of it for pushes, and is told of them.

    The project lies in the account and region of the installation, where pushes start builds.
    """

    application: str
    project: str

    def __post_init__(self) -> None:
        """Refuse names that could not be told apart in keys, queues and messages."""
        if NAME_PATTERN.fullmatch(self.application) is None:
            raise ValueError(f"{self.application!r} is no application name: {NAME_RULE}")
        if PROJECT_NAME.fullmatch(self.project) is None:
            raise ValueError(f"{self.project!r} is no project name")

    def __str__(self) -> str:
        """Return `application:project`."""
        return f"{self.application}:{self.project}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `application:project`; raise ValueError when it is not of that form."""
        application, _, project = text.partition(":")
        return cls(application, project)
