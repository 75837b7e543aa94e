"""Builds whose commands are really run."""

import io
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from longshore_local.buildhost.runner import BuildHost, SourceUnavailableError
from longshore_local.codebuild import BuildOrder, BuildWorld, Pace, Start
from tests.unit.local.codebuild.scene import COMMIT, project

NOTHING = timedelta()
AT_ONCE = Pace(queued=NOTHING, provisioning=NOTHING, phase=NOTHING, finalizing=NOTHING)


def archive(**files: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as source:
        for name, text in files.items():
            source.writestr(name.replace("_", "."), text)
    return target.getvalue()


@dataclass
class Place:
    """A source in memory, an environment, and what came of the build."""

    files: bytes | None = None
    kept: list[bytes] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    awaited: dict[str, threading.Event] = field(default_factory=dict)

    def source(self, _order: BuildOrder) -> bytes:
        if self.files is None:
            raise SourceUnavailableError("reference not found")
        return self.files

    def keep(self, _order: BuildOrder, content: bytes) -> None:
        self.kept.append(content)

    def environment(self, _order: BuildOrder, folder: Path) -> Mapping[str, str]:
        return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}

    def write(self, _order: BuildOrder, line: str) -> None:
        self.written.append(line)
        if line in self.awaited:
            self.awaited[line].set()


class Yard:
    """A world with a host beside it; `build` returns when a build is over."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.lock = threading.RLock()
        self.host = BuildHost(place, self.lock)
        self.world = BuildWorld(
            clock=lambda: datetime.now(UTC), runner=self.host, emit=self.hear, pace=AT_ONCE
        )
        self.host.world = self.world
        self.over = threading.Event()
        self.phases: list[str] = []
        pipelines = {"type": "CODEPIPELINE"}
        given = project(source=pipelines, artifacts=pipelines)
        self.world.call("CreateProject", given)

    def hear(self, event: dict[str, object]) -> None:
        detail: Any = event["detail"]
        if detail.get("completed-phase"):
            self.phases.append(detail["completed-phase"])
        if detail.get("build-status") not in {None, "IN_PROGRESS"}:
            self.over.set()

    def begin(self, **request: object) -> str:
        start = Start(
            request,
            initiator="codepipeline/checkout",
            revision=COMMIT,
            source={"location": "bucket/key"},
        )
        with self.lock:
            return self.world.start("checkout", start)

    def settle(self, until: threading.Event) -> None:
        for _ in range(3000):
            if until.wait(0.01):
                return
            with self.lock:
                self.world.settle()
        raise AssertionError("the build does not end")

    def build(self, **request: object) -> Any:  # noqa: ANN401 - an AWS document
        with self.host:
            name = self.begin(**request)
            self.settle(self.over)
        answer: Any = self.world.call("BatchGetBuilds", {"ids": [name]})
        return answer["builds"][0]


def spec(*commands: str, more: str = "") -> bytes:
    listed = "".join(f"      - |\n        {command}\n" for command in commands)
    text = f"version: 0.2\n{more}phases:\n  build:\n    commands:\n{listed}"
    return archive(buildspec_yml=text, a_txt="a")


def failed_phase(build: Any) -> Any:  # noqa: ANN401 - an AWS document
    return next(one for one in build["phases"] if one.get("phaseStatus") == "FAILED")


def test_commands_run_in_the_source_with_codebuilds_variables() -> None:
    place = Place(spec('echo "$CODEBUILD_RESOLVED_SOURCE_VERSION $CODEBUILD_INITIATOR $A"', "ls"))

    build = Yard(place).build(environmentVariablesOverride=[{"name": "A", "value": "b"}])

    assert build["buildStatus"] == "SUCCEEDED"
    assert f"{COMMIT} codepipeline/checkout b" in place.written
    assert {"a.txt", "buildspec.yml"} <= set(place.written)


def test_a_failing_command_fails_its_phase_and_what_follows_is_not_run() -> None:
    place = Place(spec("echo before", "exit 3", "echo after"))

    build = Yard(place).build()

    phase = failed_phase(build)
    assert (build["buildStatus"], phase["phaseType"]) == ("FAILED", "BUILD")
    assert phase["contexts"] == [
        {
            "statusCode": "COMMAND_EXECUTION_ERROR",
            "message": "Error while executing command: exit 3. Reason: exit status 3",
        }
    ]
    assert "before" in place.written
    assert "after" not in place.written
    assert any(line.endswith("Phase complete: BUILD State: FAILED") for line in place.written)


def test_the_phase_after_a_failed_build_knows_of_it() -> None:
    text = """\
version: 0.2
phases:
  build: {commands: ["false"], finally: [echo cleaned]}
  post_build: {commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"']}
"""
    place = Place(archive(buildspec_yml=text))
    yard = Yard(place)

    yard.build()

    assert "succeeding: 0" in place.written
    assert "cleaned" in place.written
    assert yard.phases[-4:] == ["BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS", "FINALIZING"]


@pytest.mark.parametrize("phase", ["install", "pre_build"])
def test_nothing_is_built_after_a_failure_before(phase: str) -> None:
    text = (
        f"version: 0.2\nphases:\n  {phase}: {{commands: ['false']}}\n"
        "  build: {commands: [echo built]}\n"
    )
    place = Place(archive(buildspec_yml=text))

    build = Yard(place).build()

    assert failed_phase(build)["phaseType"] == phase.upper()
    assert "built" not in place.written


def test_on_failure_abort_ends_the_build() -> None:
    text = (
        "version: 0.2\nphases:\n  build: {on-failure: ABORT, commands: ['false']}\n"
        "  post_build: {commands: [echo posted]}\n"
    )
    place = Place(archive(buildspec_yml=text))

    Yard(place).build()

    assert "posted" not in place.written


def test_exported_variables_and_artifacts_are_kept() -> None:
    more = "env: {exported-variables: [TAG]}\nartifacts: {files: ['out/*.json', '**/*.txt']}\n"
    place = Place(spec("TAG=v1; mkdir out; echo '{}' > out/x.json", more=more))

    build = Yard(place).build()

    assert build["exportedEnvironmentVariables"] == [{"name": "TAG", "value": "v1"}]
    with zipfile.ZipFile(io.BytesIO(place.kept[0])) as kept:
        assert sorted(kept.namelist()) == ["a.txt", "out/x.json"]


def test_artifacts_that_are_not_there_fail_the_build() -> None:
    place = Place(spec("true", more="artifacts: {files: [imageDetail.json]}\n"))

    build = Yard(place).build()

    phase = failed_phase(build)
    assert phase["phaseType"] == "UPLOAD_ARTIFACTS"
    assert "imageDetail.json" in phase["contexts"][0]["message"]


@pytest.mark.parametrize(
    ("files", "code", "words"),
    [
        (None, "CLIENT_ERROR", "reference not found"),
        (archive(a_txt="a"), "YAML_FILE_ERROR", "stat buildspec.yml: no such file"),
        (archive(buildspec_yml="version: 0.2"), "YAML_FILE_ERROR", "no phases"),
    ],
)
def test_a_source_that_cannot_be_built_fails_at_once(
    files: bytes | None, code: str, words: str
) -> None:
    build = Yard(Place(files)).build()

    phase = failed_phase(build)
    (context,) = phase["contexts"]
    assert (phase["phaseType"], context["statusCode"]) == ("DOWNLOAD_SOURCE", code)
    assert words in context["message"]


def test_a_buildspec_may_stand_in_the_project() -> None:
    place = Place(archive(a_txt="a"))

    build = Yard(place).build(
        buildspecOverride="version: 0.2\nphases: {build: {commands: [echo inline]}}\n"
    )

    assert build["buildStatus"] == "SUCCEEDED"
    assert "inline" in place.written


def test_a_build_that_is_stopped_has_its_commands_killed() -> None:
    place = Place(spec("echo begun; sleep 60"))
    yard = Yard(place)
    begun = threading.Event()
    place.awaited["begun"] = begun

    with yard.host:
        name = yard.begin()
        yard.settle(begun)
        with yard.lock:
            yard.world.call("StopBuild", {"id": name})

    answer: Any = yard.world.call("BatchGetBuilds", {"ids": [name]})
    assert answer["builds"][0]["buildStatus"] == "STOPPED"
    assert not any("POST_BUILD" in line for line in place.written)
