"""Why an action failed: what its engine says of it, in one sentence with a place to look. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from longshore_cli.pipelines.executions import FAILED, Action

CODEBUILD, LAMBDA = "CodeBuild", "Lambda"
_NOT_SUCCEEDED = frozenset({"FAILED", "FAULT", "TIMED_OUT", "CLIENT_ERROR", "STOPPED"})


@dataclass(frozen=True, slots=True)
class Build:
    """What CodeBuild says of a build: the phase that failed, and where its log is."""

    id: str
    status: str
    phase: str = ""
    message: str = ""
    log: str = ""

    @classmethod
    def parse(cls, build: Mapping[str, Any]) -> Self:
        """Read an item of BatchGetBuilds; of several failed phases the first is the cause."""
        phases = build.get("phases", ())
        bad = (phase for phase in phases if phase.get("phaseStatus") in _NOT_SUCCEEDED)
        first: Mapping[str, Any] = next(bad, {})
        return cls(
            build["id"],
            build.get("buildStatus", "unknown"),
            first.get("phaseType", ""),
            "; ".join(filter(None, map(_context, first.get("contexts", ())))),
            build.get("logs", {}).get("deepLink", ""),
        )

    @property
    def why(self) -> str:
        """Say what failed."""
        if not self.phase:
            return f"the build is {self.status}"
        ended = "timed out" if self.status == "TIMED_OUT" else "failed"
        return f"phase {self.phase} {ended}{f': {self.message}' if self.message else ''}"


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
        return Failure(action, build.why, build.phase, build.log or action.url)
    told = (
        (action.summary, action.error)
        if action.provider == LAMBDA
        else (action.error, action.summary)
    )
    why = next(filter(None, told), "its engine does not say why")
    return Failure(action, why, log=action.url)


def _context(context: Mapping[str, Any]) -> str:
    return ": ".join(filter(None, (context.get("statusCode"), context.get("message"))))
