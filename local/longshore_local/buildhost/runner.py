"""Runs builds for real: fetches the source, runs the buildspec's commands, keeps the artifacts."""

import logging
import tempfile
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, Self

from longshore_local.buildhost.artifacts import NothingToKeepError, packed, unpack
from longshore_local.buildhost.buildspec import (
    Buildspec,
    BuildspecError,
    PhaseSpec,
    read_buildspec,
)
from longshore_local.buildhost.shell import BuildShell
from longshore_local.codebuild import (
    FINE,
    BuildOrder,
    BuildWorld,
    Conduct,
    Context,
    Elsewhere,
    command_failed,
)
from longshore_local.codebuild.progress import phase_after

LOG = logging.getLogger(__name__)

DEFAULT_BUILDSPEC = "buildspec.yml"
LOOK_EVERY = 0.1
"""Seconds between two looks whether a build was stopped."""
ENDS_WITHIN = 10.0
"""Seconds that a build whose commands were killed is waited for."""


class SourceUnavailableError(Exception):
    """The source of a build could not be fetched; the text says why."""


class BuildPlace(Protocol):
    """Where builds run: their source, their artifacts, their environment and their log."""

    def source(self, order: BuildOrder) -> bytes:
        """Return the source as a zip archive; raise SourceUnavailableError without it."""
        ...

    def keep(self, order: BuildOrder, archive: bytes) -> None:
        """Store the artifacts of a build."""
        ...

    def environment(self, order: BuildOrder, folder: Path) -> Mapping[str, str]:
        """Return what every command finds: PATH, HOME, credentials, endpoints."""
        ...

    def write(self, order: BuildOrder, line: str) -> None:
        """Add a line to the log of a build."""
        ...


@dataclass(slots=True)
class BuildHost:
    """The runner of a world; a context manager that leaves no process and no file behind.

    `lock` is held whenever the world is touched.
    """

    place: BuildPlace
    lock: AbstractContextManager[object]
    world: BuildWorld = field(init=False)
    logs: dict[str, list[str]] = field(default_factory=dict)
    _threads: list[threading.Thread] = field(default_factory=list)
    _closing: threading.Event = field(default_factory=threading.Event)

    def __call__(self, order: BuildOrder) -> Conduct:
        """Begin a build beside whoever asks for it."""
        if not self._closing.is_set():
            thread = threading.Thread(target=self._build, args=(order,), daemon=True)
            self._threads.append(thread)
            thread.start()
        return Elsewhere()

    def _build(self, order: BuildOrder) -> None:
        with tempfile.TemporaryDirectory(
            prefix="longshore-build-", ignore_cleanup_errors=True
        ) as scratch:
            try:
                _Run(self, order, Path(scratch)).go()
            except Exception as error:
                # Whoever waits for the build shall see that it is over, as on AWS.
                LOG.exception("the build %s could not be run", order.id)
                with self.lock:
                    self.world.faulted(order.id, str(error))

    def tell(self, order: BuildOrder, line: str) -> None:
        """Keep a line of a build's log."""
        self.logs.setdefault(order.id, []).append(line)
        self.place.write(order, line)

    def over(self, order: BuildOrder) -> bool:
        """Say whether nobody waits for a build any more."""
        with self.lock:
            return self._closing.is_set() or self.world.build(order.id).complete

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join(ENDS_WITHIN)


class _Run:
    """One build, on a thread of its own."""

    def __init__(self, host: BuildHost, order: BuildOrder, scratch: Path) -> None:
        self._host = host
        self._order = order
        self._folder = scratch / "src"
        self._folder.mkdir()
        self._spec = Buildspec()
        self._shell: BuildShell | None = None
        self._succeeding = True

    def go(self) -> None:
        """Go through the phases until the last one, or until one ends the build."""
        phase: str | None = "DOWNLOAD_SOURCE"
        while phase is not None and not self._host.over(self._order):
            context, aborts = self._phase(phase)
            failed = context != FINE
            self._succeeding = self._succeeding and not failed
            phase = None if failed and aborts else phase_after(phase, failed=failed)
        exported = self._shell.values(self._spec.exported) if self._shell else {}
        with self._host.lock:
            self._host.world.finished(self._order.id, exported)

    def _phase(self, phase: str) -> tuple[Context, bool]:
        with self._host.lock:
            self._host.world.entered(self._order.id, phase)
        self._say(f"Entering phase {phase}")
        context, aborts = self._work(phase)
        status = "SUCCEEDED" if context == FINE else "FAILED"
        self._say(f"Phase complete: {phase} State: {status}")
        self._say(f"Phase context status code: {context[0]} Message: {context[1]}")
        with self._host.lock:
            self._host.world.left(self._order.id, status, context)
        return context, aborts

    def _work(self, phase: str) -> tuple[Context, bool]:
        if phase == "DOWNLOAD_SOURCE":
            return self._download(), True
        if phase == "UPLOAD_ARTIFACTS":
            return self._upload(), True
        spec = self._spec.phases.get(phase, PhaseSpec())
        return self._run_all(spec), spec.aborts

    def _download(self) -> Context:
        order = self._order
        try:
            if order.source.get("type") != "NO_SOURCE":
                unpack(self._host.place.source(order), self._folder)
            self._spec = read_buildspec(self._buildspec_text())
        except SourceUnavailableError as error:
            return "CLIENT_ERROR", str(error)
        except BuildspecError as error:
            return "YAML_FILE_ERROR", str(error)
        environment = {
            **self._spec.variables,
            **self._host.place.environment(order, self._folder),
            **own_variables(order, self._folder),
            **order.environment,
        }
        shell = BuildShell(self._folder, environment, self._tell)
        self._shell = shell
        threading.Thread(target=self._watch, args=(shell,), daemon=True).start()
        return FINE

    def _buildspec_text(self) -> str:
        given = str(self._order.source.get("buildspec") or DEFAULT_BUILDSPEC)
        if "\n" in given:
            return given
        path = self._folder / given
        if not path.is_file():
            raise BuildspecError(f"stat {given}: no such file or directory")
        return path.read_text()

    def _run_all(self, spec: PhaseSpec) -> Context:
        context = self._run_until_one_fails(spec.commands)
        after = self._run_until_one_fails(spec.always)
        return context if context != FINE else after

    def _run_until_one_fails(self, commands: tuple[str, ...]) -> Context:
        for command in commands:
            self._say(f"Running command {command.rstrip()}")
            extra = {"CODEBUILD_BUILD_SUCCEEDING": "1" if self._succeeding else "0"}
            status = self._shell.run(command, extra) if self._shell else 1
            if status != 0:
                self._say(
                    f"Command did not exit successfully {command.rstrip()} exit status {status}"
                )
                return command_failed(command.rstrip(), status)
        return FINE

    def _upload(self) -> Context:
        if not self._spec.artifacts.files or self._order.artifacts.get("type") == "NO_ARTIFACTS":
            return FINE
        try:
            self._host.place.keep(self._order, packed(self._folder, self._spec.artifacts))
        except NothingToKeepError as error:
            return "CLIENT_ERROR", str(error)
        return FINE

    def _watch(self, shell: BuildShell) -> None:
        """Kill the commands of a build that was stopped, or whose time is up."""
        pause = threading.Event()
        while self._folder.exists():
            if self._host.over(self._order):
                shell.end()
                return
            pause.wait(LOOK_EVERY)

    def _say(self, text: str) -> None:
        self._tell(f"[Container] {datetime.now(UTC):%Y/%m/%d %H:%M:%S} {text}")

    def _tell(self, line: str) -> None:
        self._host.tell(self._order, line)


def own_variables(order: BuildOrder, folder: Path) -> Mapping[str, str]:
    """Return the variables that CodeBuild itself sets.

    https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
    """
    of_pipeline = order.source.get("type") == "CODEPIPELINE"
    location = str(order.source.get("location") or "")
    return {
        "CODEBUILD_BUILD_ARN": order.arn,
        "CODEBUILD_BUILD_ID": order.id,
        "CODEBUILD_BUILD_IMAGE": order.image,
        "CODEBUILD_BUILD_NUMBER": str(order.number),
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_CI": "true",
        "CODEBUILD_INITIATOR": order.initiator,
        "CODEBUILD_LOG_PATH": order.log_stream,
        "CODEBUILD_RESOLVED_SOURCE_VERSION": order.revision,
        "CODEBUILD_SOURCE_REPO_URL": "" if of_pipeline else location,
        "CODEBUILD_SOURCE_VERSION": (
            f"arn:aws:s3:::{location}" if of_pipeline else order.source_version
        ),
        "CODEBUILD_SRC_DIR": str(folder),
        "CODEBUILD_START_TIME": str(int(order.started_at.timestamp() * 1000)),
    }
