"""Where things are: stages, repositories and services, named so that no two can be mistaken.

A bare name is not an identity in AWS: the same repository or service name exists in every account
and region, and in three partitions. Every reference therefore carries all of it.
"""

import re
from dataclasses import dataclass
from typing import Self

NAME_PATTERN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
"""Application and stage names, so short that `application/stage` can be an SQS message group."""

NAME_RULE = "use 1 to 40 of a-z, 0-9 and '-', beginning and ending with a letter or digit"
"""The pattern, for people."""


@dataclass(frozen=True, slots=True, order=True)
class StageId:
    """One environment of an application: the unit of release, lock, verdict and rollback."""

    application: str
    stage: str

    def __post_init__(self) -> None:
        """Refuse names that could not be told apart in keys, queues and messages."""
        for name in (self.application, self.stage):
            if NAME_PATTERN.fullmatch(name) is None:
                message = f"{name!r} is no application or stage name: {NAME_RULE}"
                raise ValueError(message)

    def __str__(self) -> str:
        """Return `application/stage`, the form people type."""
        return f"{self.application}/{self.stage}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `application/stage`; raise ValueError when it is not of that form."""
        application, slash, stage = text.partition("/")
        if not slash:
            message = f"{text!r} names no stage: write application/stage"
            raise ValueError(message)
        return cls(application, stage)


@dataclass(frozen=True, slots=True, order=True)
class Home:
    """The partition, account and region in which a name means something."""

    partition: str
    account: str
    region: str

    def __str__(self) -> str:
        """Return `partition:account:region`, as in an ARN."""
        return f"{self.partition}:{self.account}:{self.region}"


@dataclass(frozen=True, slots=True, order=True)
class RepositoryRef:
    """An ECR repository."""

    home: Home
    name: str

    def __str__(self) -> str:
        """Return `partition:account:region:name`."""
        return f"{self.home}:{self.name}"

    @property
    def uri(self) -> str:
        """The registry host and name, as task definitions address images of the repository."""
        suffix = "amazonaws.com.cn" if self.home.partition == "aws-cn" else "amazonaws.com"
        return f"{self.home.account}.dkr.ecr.{self.home.region}.{suffix}/{self.name}"


@dataclass(frozen=True, slots=True, order=True)
class ServiceRef:
    """An ECS service; `cluster` is the cluster's name."""

    home: Home
    cluster: str
    name: str

    def __str__(self) -> str:
        """Return `cluster/service`, the form people type."""
        return f"{self.cluster}/{self.name}"

    @property
    def key(self) -> str:
        """The service among all partitions, accounts, regions and clusters."""
        return f"{self.home}:{self.cluster}/{self.name}"

    @property
    def arn(self) -> str:
        """The service's ARN in the long format."""
        home = self.home
        return f"arn:{home.partition}:ecs:{home.region}:{home.account}:service/{self}"
