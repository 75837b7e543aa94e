"""A Git host beside an installation: it tells the webhook of pushes, and again when people ask.

CodePipeline and CodeBuild, which the pushes start, are the stand-ins of the embedded AWS: both know
a start again by its token, CodeBuild for five minutes only.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha1, sha256
from http import HTTPStatus
from typing import Any

from longshore_local.awsjson.errors import ApiError
from tests.simulation.cloud.api import Output, Params
from tests.simulation.kernel import Kernel
from tests.simulation.pipelines import Invoke, Pipelines
from tests.support.deliveries import SECRETS, Sent, github, http_event, sample

REPOSITORY = "acme/shop"
PIPELINES, BUILDS = ("web", "docs"), ("api", "jobs")
AGAIN_AFTER = timedelta(seconds=40)
"""When a host's delivery that came to nothing is sent again, by whoever sees that it did."""

Start = tuple[str, str]
"""What a push starts: `pipeline` or `build`, and its name."""

ON_MAIN: Mapping[str, object] = {"github": REPOSITORY, "branches": ["main"]}
GIT: tuple[Mapping[str, object], ...] = (
    {**ON_MAIN, "paths": ["web/**"], "pipeline": "web", "variables": ["GIT_COMMIT"]},
    {**ON_MAIN, "paths": ["docs/**"], "pipeline": "docs"},
    {**ON_MAIN, "paths": ["api/**"], "build": "api"},
    {**ON_MAIN, "paths": ["jobs/**"], "build": "jobs"},
    {"github": REPOSITORY, "tags": ["v*"], "build": "api"},
)
"""The section `git` of longshore.yaml."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is pushed, and what that starts where `GIT` is in force."""

    ref: str
    paths: tuple[str, ...]
    starts: frozenset[Start]


OF_A_PIPELINE, OF_A_BUILD, OF_MANY, OF_A_TAG, OF_NOTHING = range(5)
CHANGES = (
    Change("refs/heads/main", ("web/a.css",), frozenset({("pipeline", "web")})),
    Change("refs/heads/main", ("api/a.py",), frozenset({("build", "api")})),
    Change(
        "refs/heads/main",
        ("web/a.css", "docs/a.md", "api/a.py", "jobs/a.py"),
        frozenset({("pipeline", "web"), ("pipeline", "docs"), ("build", "api"), ("build", "jobs")}),
    ),
    Change("refs/tags/v1", (), frozenset({("build", "api")})),
    Change("refs/heads/topic", ("web/a.css",), frozenset()),
)
"""What people push, in the order of the names above."""


@dataclass(slots=True)
class Pushed:
    """A push: its one commit, the delivery that tells of it, and whether that was ever taken.

    `starts` is None where nothing was in force when it was pushed: then it may start or not.
    """

    commit: str
    sent: Sent
    starts: frozenset[Start] | None
    taken: bool = False

    @property
    def hash(self) -> str:
        """What the webhook knows it by."""
        return sha256(self.sent.body).hexdigest()

    def __str__(self) -> str:
        return f"the push of {self.commit[:7]}"


@dataclass(frozen=True, slots=True)
class Begun:
    """A pipeline's execution, or a build, that somebody asked for."""

    start: Start
    commit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What the host is answered: `status` is None without an answer.

    `again` says that the push was known to be taken before this delivery of it was sent.
    """

    status: int | None
    outcome: str
    again: bool


Hear = Callable[[Pushed, Told], None]
"""Hears what the host is answered to a push."""


class Secrets:
    """Secrets Manager, as far as the webhook reads it."""

    def call(self, operation: str, _: Params) -> Output:
        """Answer GetSecretValue."""
        if operation != "GetSecretValue":
            raise ApiError("InvalidAction", f"{operation} is not played here.")
        return {"SecretString": json.dumps(SECRETS)}


@dataclass(slots=True)
class Forge:
    """The host, the one repository, and what it starts."""

    kernel: Kernel
    pipelines: Pipelines
    invoke: Invoke
    hear: Hear | None = None
    pushed: list[Pushed] = field(default_factory=list)
    messages: list[Mapping[str, Any]] = field(default_factory=list)

    def set_up(self) -> None:
        """Create the pipelines and the projects."""
        self._commit()
        for name in PIPELINES:
            self.pipelines.create(_pipeline(name))
        for name in BUILDS:
            self.pipelines.builds.call("CreateProject", _project(name))

    # ── what people do ──────────────────────────────────────────────────────────────────────

    def push(self, change: Change, *, in_force: bool, tries: int) -> None:
        """Push one commit; the host tells of it."""
        before = self.pushed[-1].commit if self.pushed else "a" * 40
        commit = self._commit()
        payload = sample(
            "github_push",
            ref=change.ref,
            before=before,
            after=commit,
            repository={"full_name": REPOSITORY},
            commits=[{"id": commit, "added": [], "removed": [], "modified": list(change.paths)}],
            head_commit={"id": commit},
        )
        pushed = Pushed(commit, github(payload), change.starts if in_force else None)
        self.pushed.append(pushed)
        self._deliver(pushed, tries)

    def redeliver(self, which: int, tries: int) -> None:
        """Deliver a push again: the very same bytes."""
        if self.pushed:
            self._deliver(self.pushed[which % len(self.pushed)], tries)

    def _commit(self) -> str:
        text = f"commit {len(self.pushed)}"
        commit = sha1(text.encode(), usedforsecurity=False).hexdigest()
        self.pipelines.commits.add(commit)
        return commit

    def _deliver(self, pushed: Pushed, left: int) -> None:
        again = pushed.taken

        def answered(answer: Any) -> None:
            status = answer["statusCode"] if answer else None
            outcome = json.loads(answer["body"]).get("outcome", "") if answer else ""
            assert self.hear is not None
            self.hear(pushed, Told(status, outcome, again))
            if left and (status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR):
                self.kernel.after(AGAIN_AFTER, partial(self._deliver, pushed, left - 1))

        self.invoke("Webhook", http_event(pushed.sent), answered)

    # ── windows ─────────────────────────────────────────────────────────────────────────────

    def begun(self) -> Iterator[Begun]:
        """Yield everything that was started; a new pipeline begins once by itself."""
        if not self.pushed:
            return
        for name in PIPELINES:
            for each in self.pipelines.executions(name):
                if each["trigger"]["triggerType"] == "StartPipelineExecution":
                    commit = each["sourceRevisions"][0]["revisionId"]
                    yield Begun(("pipeline", name), commit, each["startTime"])
        for name in BUILDS:
            yield from (
                Begun(("build", name), each["sourceVersion"], each["startTime"])
                for each in self.pipelines.builds_of(name)
            )


def _pipeline(name: str) -> Mapping[str, object]:
    source = {
        "name": "Source",
        "actionTypeId": _kind("Source", "CodeStarSourceConnection"),
        "configuration": {
            "ConnectionArn": "arn:aws:codeconnections:x:1:connection/1",
            "FullRepositoryId": REPOSITORY,
            "BranchName": "main",
        },
        "outputArtifacts": [{"name": "Source"}],
    }
    approve = {"name": "Approve", "actionTypeId": _kind("Approval", "Manual")}
    return {
        "name": name,
        "pipelineType": "V2",
        "executionMode": "PARALLEL",
        "roleArn": "arn:aws:iam::123456789012:role/pipeline",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "variables": [{"name": "GIT_COMMIT", "defaultValue": "none"}],
        "stages": [
            {"name": "Source", "actions": [source]},
            {"name": "Approve", "actions": [approve]},
        ],
    }


def _kind(category: str, provider: str) -> Mapping[str, str]:
    return {"category": category, "owner": "AWS", "provider": provider, "version": "1"}


def _project(name: str) -> Mapping[str, object]:
    return {
        "name": name,
        "source": {"type": "GITHUB", "location": f"https://github.com/{REPOSITORY}.git"},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        "serviceRole": "arn:aws:iam::123456789012:role/build",
    }
