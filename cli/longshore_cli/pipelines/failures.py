"""Why an action failed: what its engine says of it, in one sentence with a place to look. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from longshore.aws.pipeline_views import build_outcome
from longshore.domain.executions import BuildOutcome
from longshore_cli.pipelines.executions import FAILED, Action

CODEBUILD, LAMBDA = "CodeBuild", "Lambda"


@dataclass(frozen=True, slots=True)
class Build:
    """What CodeBuild says of a build: its status, and what it came to."""

    id: str
    status: str
    outcome: BuildOutcome

    @classmethod
    def parse(cls, build: Mapping[str, Any]) -> Self:
        """Read an item of BatchGetBuilds."""
        return cls(build["id"], build.get("buildStatus", "unknown"), build_outcome(build))

    @property
    def why(self) -> str:
        """Say what failed."""
        phase, message = self.outcome.phase, self.outcome.message
        if not phase:
            return f"the build is {self.status}"
        ended = "timed out" if self.status == "TIMED_OUT" else "failed"
        return f"phase {phase} {ended}{f': {message}' if message else ''}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed action, why it failed, and where more of it stands."""

    action: Action
    why: str
    phase: str = ""
    log: str = ""


def builds_wanted(actions: Sequence[Action]) -> Sequence[str]:
    """Return the ids of the builds that have to be read to say why actions failed."""
    return [a.external_id for a in failed(actions) if a.provider == CODEBUILD and a.external_id]


def failed(actions: Sequence[Action]) -> Sequence[Action]:
    """Return the actions that failed."""
    return [action for action in actions if action.status == FAILED]


def failures_of(actions: Sequence[Action], builds: Sequence[Build]) -> Sequence[Failure]:
    """Return why each failed action failed."""
    by_id = {build.id: build for build in builds}
    return [_failure(action, by_id.get(action.external_id)) for action in failed(actions)]


def _failure(action: Action, build: Build | None) -> Failure:
    if build is not None:
        outcome = build.outcome
        return Failure(action, build.why, outcome.phase or "", outcome.log or action.url)
    told = (
        (action.summary, action.error)
        if action.provider == LAMBDA
        else (action.error, action.summary)
    )
    why = next(filter(None, told), "its engine does not say why")
    return Failure(action, why, log=action.url)
