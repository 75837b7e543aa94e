"""Somebody who reads the pages and types what stands there, on an AWS of their own."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from longshore.aws.gate import Gate
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.table import Table
from longshore.domain.places import StageId
from longshore.domain.stages import StageSnapshot
from longshore_local.cloud.clients import Cloud
from longshore_local.demo.command import PATIENCE, Command, Run
from longshore_local.demo.scene import await_that
from longshore_local.embedded import EmbeddedAws
from longshore_local.gates.principals import Principal
from longshore_local.registry.conduct import crashing
from longshore_local.registry.images import ImageContent, push_image
from tests.e2e.shop import LOG_GROUP, create_service, is_steady, nothing_waits

CLUSTER = "prod"
FIRST = {"checkout": "1.4.1", "shop": "main"}
"""The services that are there, each with a repository of its name, and the tag that they run."""
STAGE, OTHER_STAGE = "checkout/prod", "shop/prod"
DIGEST = re.compile(r"\b[0-9a-f]{12}\b|[0-9a-f]{64}")
AGE = re.compile(r"\b\d+ (?:s|min|h)\b")
ROLLOUT = re.compile(r"ecs-svc/\d+")


@dataclass(slots=True)
class Reader:
    """One person in one folder, with the permissions that docs/iam.md gives to people."""

    aws: EmbeddedAws
    developer: Principal
    folder: Path
    first: Path | None = None
    pushes: int = 0

    def prepare(self) -> None:
        """Create what the pages take for granted: services that run images of ECR."""
        self.aws.cloud.ecs.create_cluster(clusterName=CLUSTER)
        self.aws.cloud.logs.create_log_group(logGroupName=LOG_GROUP)
        for name, tag in FIRST.items():
            self.aws.cloud.ecr.create_repository(repositoryName=name)
            self._put(name, tag)
            create_service(self.aws, name, f"{name}:{tag}", cluster=CLUSTER)
        await_that(
            lambda: is_steady(self.aws, [*FIRST], cluster=CLUSTER),
            "the services did not become steady",
        )

    def enter(self, folder: str, *, bring: bool) -> None:
        """Go to a new folder; with `bring` the longshore.yaml of the first one is there as well."""
        self.folder = self.aws.scratch / folder
        self.folder.mkdir()
        self.first = self.first or self.folder
        if bring:
            shutil.copy(self.first / "longshore.yaml", self.folder)

    def type(self, line: str) -> Run:
        """Run a line as a shell does and return how it ended.

        The shell stays, for a second line follows: some commands ask which shell they are run from.
        """
        programs = Path(sys.executable).parent
        environment = {**self._command().environment()}
        environment["PATH"] = f"{programs}{os.pathsep}{environment['PATH']}"
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{line}\nexit"],
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Run(ended.returncode, ended.stdout, ended.stderr)

    def push(self, repository: str, tag: str, *, broken: bool = False) -> None:
        """Push an image, and wait until Longshore has come to the end with it."""
        told = self._pushes(repository)
        self._put(repository, tag, broken=broken)
        await_that(lambda: self._pushes(repository) > told, f"nothing told of {repository}:{tag}")
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way and nothing waits."""
        await_that(self._is_settled, "the stages did not settle")

    def let_go(self) -> None:
        """End what keeps the stage for a person's sake, if anything does."""
        found = self._snapshot(STAGE)
        if found is not None and (found.stage.paused or found.stage.hold):
            self.type(f"longshore resume {STAGE} --reason 'to go on'")
        self.settle()

    def _put(self, repository: str, tag: str, *, broken: bool = False) -> None:
        """Push an image like no other before it."""
        self.pushes += 1
        content = ImageContent({"push": str(self.pushes)}, crashing(1) if broken else {})
        push_image(self.aws.cloud, repository, tag, content)

    def _pushes(self, repository: str) -> int:
        details = [event["detail"] for event, _ in self.aws.deliveries.delivered]
        names = [each.get("repository-name") for each in details if isinstance(each, dict)]
        return names.count(repository)

    def _is_settled(self) -> bool:
        snapshots = [self._snapshot(stage) for stage in (STAGE, OTHER_STAGE)]
        return nothing_waits(self.aws) and all(
            found.deployment is None and found.stage.config >= found.config
            for found in snapshots
            if found is not None
        )

    def _snapshot(self, stage: str) -> StageSnapshot | None:
        table = Table(Gate(), self.aws.cloud.dynamodb, self.aws.stack["Ledger"])
        return DynamoStageLedger(table).read_stage(StageId.parse(stage))

    def _command(self) -> Command:
        cloud = self.aws.cloud
        keys = self.developer.credentials
        caller = Cloud(cloud.endpoint, ecs_endpoint=cloud.ecs_endpoint, credentials=keys)
        return Command(caller, self.folder)


def without_chance(text: str) -> list[str]:
    """Return lines without what differs from run to run: digests, ages, ids, widths of columns."""
    for pattern, name in ((DIGEST, "DIGEST"), (AGE, "AGE"), (ROLLOUT, "ROLLOUT")):
        text = pattern.sub(name, text)
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def prints(run: Run, shown: str) -> bool:
    """Whether a run printed what a page shows; a page may end a long line with an ellipsis."""
    printed, wanted = without_chance(run.printed + run.complained), without_chance(shown)
    return len(printed) == len(wanted) and all(map(_is_like, printed, wanted))


def _is_like(printed: str, wanted: str) -> bool:
    if wanted.endswith("…"):
        return printed.startswith(wanted.removesuffix("…").rstrip())
    return printed == wanted
