"""Builds the stage for the story: an embedded AWS with Longshore in it, and nothing left of it."""

import signal
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from longshore_local.containers.docker import engine_answers
from longshore_local.containers.images import ImageWorkshop
from longshore_local.demo.command import Command
from longshore_local.demo.pushing import PushByApi, PushByDocker, Pushing
from longshore_local.demo.report import Said
from longshore_local.demo.scene import (
    CHANNEL,
    CLUSTER,
    EXECUTION_ROLE,
    LOG_GROUP,
    PIPELINE_ARN,
    TASK_ROLE,
    Scene,
)
from longshore_local.deploy.prepared import Prepared, prepare
from longshore_local.ecs import QUICK
from longshore_local.embedded import EmbeddedAws
from longshore_local.errors import LocalCloudError
from longshore_local.gates.people import policy_of_a_developer
from longshore_local.mailbox import Mailbox
from longshore_local.settings import MINISTACK, EmbeddedSettings

DEVELOPER = "ada"
CLOCK_EVERY = 5.0
"""Seconds between two ticks: the demo does not wait for a whole minute."""
SIMULATED = "images are manifests, tasks are simulated"
CONTAINED = replace(QUICK, settling=timedelta(seconds=2))
"""Real containers need a moment until they can be seen to crash."""


class Engine(StrEnum):
    """What runs the tasks."""

    AUTO = "auto"
    DOCKER = "docker"
    NONE = "none"


@dataclass(slots=True)
class Theatre:
    """A context manager; `set_up`, `start` and `deploy`, in this order, give a `scene`.

    Where there is a `workshop`, images are built in it and tasks are containers; `remark` says
    why or why not, in words for people.
    """

    root: Path
    engine: Engine
    workshop: ImageWorkshop | None = None
    remark: str = ""
    prepared: Prepared = field(init=False)
    aws: EmbeddedAws = field(init=False)
    scene: Scene = field(init=False)
    _held: ExitStack = field(default_factory=ExitStack)

    def choose_engine(self) -> None:
        """Decide between containers and simulated tasks.

        Raises:
            LocalCloudError: Docker was asked for, and no engine answers.
        """
        if self.engine is Engine.NONE:
            self.remark = f"as you asked, without Docker: {SIMULATED}"
        elif engine_answers():
            self._open_workshop()
        elif self.engine is Engine.DOCKER:
            raise LocalCloudError("no Docker engine answers: start one, or leave out --engine")
        else:
            self.remark = f"no Docker engine answers: {SIMULATED}"

    def set_up(self) -> Said:
        """Install the emulator where it is missing, and build what changed."""
        if not (self.root / MINISTACK).exists():
            self._install()
        self.prepared = prepare(self.root)
        count = len(self.prepared.artifacts)
        return Said(f"template.yaml is read, its {count} functions and layers are built")

    def start(self) -> Said:
        """Start the embedded AWS."""
        settings = EmbeddedSettings(
            root=self.root,
            clusters=(CLUSTER,),
            task_roles=(TASK_ROLE, EXECUTION_ROLE),
            pace=CONTAINED if self.workshop else QUICK,
            clock_every=CLOCK_EVERY,
            contained=self.workshop is not None,
            slack_channels=(CHANNEL,),
            log_groups=(LOG_GROUP,),
            startable=(PIPELINE_ARN,),
            build_arguments={"BASE": self.workshop.base} if self.workshop else {},
        )
        self.aws = self._held.enter_context(EmbeddedAws(settings))
        self.aws.start()
        return Said(f"ministack answers at {self.aws.cloud.endpoint} and enforces IAM")

    def deploy(self) -> Said:
        """Deploy the template, and prepare who takes part."""
        self.aws.deploy(self.prepared)
        policy = policy_of_a_developer(self.aws.cloud, self.aws.stack)
        developer = self.aws.principals.create_user(DEVELOPER, policy)
        folder = self.aws.scratch / "home"
        folder.mkdir()
        cloud = self.aws.cloud
        caller = cloud.seen_by(developer.credentials)
        self.scene = Scene(
            aws=self.aws,
            mailbox=Mailbox.subscribe(cloud, self.aws.stack["Topic"]),
            command=Command(caller, folder),
            pushing=self._pushing(),
        )
        count = len(self.aws.stack.resources)
        differences = [str(each) for each in self.aws.adaptations]
        return Said(
            f"template.yaml is a stack of {count} resources; not as on AWS:", aside=differences
        )

    def _open_workshop(self) -> None:
        """Prepare to build images. It is opened first: images can go once no task uses them."""
        workshop = ImageWorkshop(self.root / "examples/checkout")
        try:
            self._held.enter_context(workshop)
        except LocalCloudError as error:
            if self.engine is Engine.DOCKER:
                raise
            self.remark = f"Docker answers, but has no base image ({error}): {SIMULATED}"
        else:
            self.workshop = workshop
            self.remark = "a Docker engine answers: images are built, tasks are real containers"

    def _pushing(self) -> Pushing:
        if self.workshop is None:
            return PushByApi(self.aws.cloud)
        self.workshop.registry = self.aws.registry
        return PushByDocker(self.workshop)

    def _install(self) -> None:
        target = f"{MINISTACK.parent.parent}/.ready"
        run = subprocess.run(
            ["make", "--no-print-directory", target],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode != 0:
            raise LocalCloudError(f"failed to install the emulator:\n{run.stderr.strip()}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not disturb
        try:
            self._held.__exit__(kind, error, trace)
        finally:
            signal.signal(signal.SIGINT, before)
