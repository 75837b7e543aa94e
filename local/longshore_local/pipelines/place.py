"""Where builds run: their source, artifacts, environment and log, each in the project's role."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from longshore_local.buildhost.commands import BuildCommands
from longshore_local.buildhost.runner import SourceUnavailableError
from longshore_local.cloud.clients import Cloud
from longshore_local.codebuild import BuildOrder
from longshore_local.errors import LocalCloudError
from longshore_local.git import BareRepository
from longshore_local.pipelines.sessions import RoleSessions

SERVICE = "codebuild.amazonaws.com"


@dataclass(slots=True)
class LocalBuildPlace:
    """`repositories` are those of sources by their full names; `commands` what is on the PATH.

    `sessions` and `commands` are asked for late: they need addresses that are not known at first.
    """

    sessions: Callable[[], RoleSessions]
    commands: Callable[[], BuildCommands]
    repositories: Mapping[str, BareRepository]
    _begun: set[tuple[str, str]] = field(default_factory=set)

    def source(self, order: BuildOrder) -> bytes:
        """Return the source as a zip archive."""
        kind = order.source.get("type")
        location = str(order.source.get("location") or "")
        try:
            if kind in {"CODEPIPELINE", "S3"}:
                bucket, _, key = location.removeprefix("arn:aws:s3:::").partition("/")
                found = self._cloud(order).s3.get_object(Bucket=bucket, Key=key)
                return found["Body"].read()
            repository = self._repository(location)
            version = order.source_version or repository.default_branch
            return repository.clone_archive(repository.resolve(version))
        except (ClientError, BotoCoreError, LocalCloudError) as error:
            message = f"{error} for primary source and source version {order.source_version}"
            raise SourceUnavailableError(message) from error

    def keep(self, order: BuildOrder, archive: bytes) -> None:
        """Store the artifacts in the bucket that the project or the pipeline names."""
        given = order.artifacts
        parts = (given.get("path"), given.get("name") or order.project)
        key = "/".join(str(part).strip("/") for part in parts if part)
        self._cloud(order).s3.put_object(Bucket=str(given["location"]), Key=key, Body=archive)

    def environment(self, order: BuildOrder, folder: Path) -> Mapping[str, str]:
        """Return what every command finds."""
        home = folder.parent / "home"
        home.mkdir()
        return {
            **self.commands().install(folder.parent / "bin"),
            **self._cloud(order).environment(),
            "HOME": str(home),
            "LANG": "C.UTF-8",
        }

    def write(self, order: BuildOrder, line: str) -> None:
        """Add a line to the log; as on AWS a build goes on although it may not write one."""
        with suppress(ClientError, LocalCloudError):
            self._begin(order)
            self._cloud(order).logs.put_log_events(
                logGroupName=order.log_group,
                logStreamName=order.log_stream,
                logEvents=[{"timestamp": int(time.time() * 1000), "message": line or " "}],
            )

    def _begin(self, order: BuildOrder) -> None:
        place = (order.log_group, order.log_stream)
        if place in self._begun:
            return
        self._begun.add(place)
        logs = self._cloud(order).logs
        with suppress(ClientError):  # it is there, or the role may not make one
            logs.create_log_group(logGroupName=order.log_group)
        logs.create_log_stream(logGroupName=order.log_group, logStreamName=order.log_stream)

    def _cloud(self, order: BuildOrder) -> Cloud:
        return self.sessions().cloud_of(order.role, SERVICE)

    def _repository(self, location: str) -> BareRepository:
        for name, repository in self.repositories.items():
            if location.removesuffix(".git").endswith(f"/{name}"):
                return repository
        raise LocalCloudError(f"repository not found: {location}")
