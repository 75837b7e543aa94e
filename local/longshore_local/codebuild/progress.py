"""Moves builds through their phases.

https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details.html#view-build-details-phases
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never

from longshore_local.codebuild import events, state
from longshore_local.codebuild.account import Account
from longshore_local.codebuild.conduct import (
    FINE,
    PHASES,
    BuildOrder,
    Conduct,
    Context,
    Elsewhere,
    Fails,
    Hangs,
    Succeeds,
    command_failed,
)
from longshore_local.codebuild.state import BuildState, PhaseState
from longshore_local.worlds.params import table, text

TIMED_OUT: Context = (
    "BUILD_TIMED_OUT",
    "Build has timed out. To increase the timeout, set the timeoutInMinutes of the project.",
)


class Progress:
    """The one who decides what comes next."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def begin(self, build: BuildState) -> None:
        """Begin a build that is new."""
        build.project.builds.append(build)
        self._account.builds[build.id] = build
        self.enter(build, "SUBMITTED")
        self.leave(build, state.SUCCEEDED, FINE)
        self.enter(build, "QUEUED")
        events.tell_build(self._account, build)
        self._account.later(self._account.pace.queued, lambda: self._provision(build))

    def enter(self, build: BuildState, phase: str) -> None:
        """Begin a phase."""
        build.phases.append(PhaseState(phase, self._account.now))

    def leave(self, build: BuildState, status: str, context: Context) -> None:
        """End the phase that a build is in."""
        phase = build.phase
        phase.status, phase.context, phase.ended_at = status, context, self._account.now
        events.tell_phase(self._account, build, phase)

    def finish(self, build: BuildState, exported: Mapping[str, str]) -> None:
        """Let a build whose phases have ended come to its end."""
        build.exported = dict(exported)
        self.enter(build, "FINALIZING")
        self._account.later(self._account.pace.finalizing, lambda: self._finalize(build))

    def interrupt(self, build: BuildState, status: str, context: Context) -> None:
        """End a build at once, whatever phase it is in."""
        self.leave(build, status, context)
        self._complete(build, status)

    def _provision(self, build: BuildState) -> None:
        if build.complete:
            return
        self.leave(build, state.SUCCEEDED, FINE)
        self.enter(build, "PROVISIONING")
        minutes = build.settings["timeoutInMinutes"]
        limit = timedelta(minutes=minutes if isinstance(minutes, int) else 60)
        self._account.later(limit, lambda: self._time_out(build))
        self._account.later(self._account.pace.provisioning, lambda: self._run(build))

    def _run(self, build: BuildState) -> None:
        if build.complete:
            return
        self.leave(build, state.SUCCEEDED, FINE)
        conduct = self._account.runner(order_of(build))
        if not isinstance(conduct, Elsewhere):
            self._play(build, conduct, PHASES[0])

    def _play(self, build: BuildState, conduct: Conduct, phase: str) -> None:
        self.enter(build, phase)
        if not (isinstance(conduct, Hangs) and phase == "BUILD"):
            self._account.later(
                self._account.pace.phase, lambda: self._played(build, conduct, phase)
            )

    def _played(self, build: BuildState, conduct: Conduct, phase: str) -> None:
        if build.complete:
            return
        failed = isinstance(conduct, Fails) and conduct.phase == phase
        self.leave(build, state.FAILED if failed else state.SUCCEEDED, _context(conduct, phase))
        following = phase_after(phase, failed=failed)
        if following is None:
            self.finish(build, conduct.exported if isinstance(conduct, Succeeds) else {})
        else:
            self._play(build, conduct, following)

    def _finalize(self, build: BuildState) -> None:
        if build.complete:
            return
        self.leave(build, state.SUCCEEDED, FINE)
        failure = build.failure
        self._complete(build, failure.status or state.FAILED if failure else state.SUCCEEDED)

    def _time_out(self, build: BuildState) -> None:
        if not build.complete:
            self.interrupt(build, state.TIMED_OUT, TIMED_OUT)

    def _complete(self, build: BuildState, status: str) -> None:
        build.status, build.ended_at = status, self._account.now
        self.enter(build, "COMPLETED")
        events.tell_build(self._account, build)


def phase_after(phase: str, *, failed: bool) -> str | None:
    """Return the phase that follows: after a failed BUILD the one after it still runs.

    A failure before or after ends the phases.
    """
    if failed and phase != "BUILD":
        return None
    position = PHASES.index(phase) + 1
    return PHASES[position] if position < len(PHASES) else None


def order_of(build: BuildState) -> BuildOrder:
    """Return what whoever runs a build is given."""
    environment = table(build.settings, "environment")
    return BuildOrder(
        id=build.id,
        arn=build.arn,
        number=build.number,
        project=build.project.name,
        source=table(build.settings, "source"),
        source_version=build.source_version,
        revision=build.revision,
        artifacts=table(build.settings, "artifacts"),
        environment={one["name"]: one["value"] for one in build.environment},
        image=text(environment, "image") or "",
        role=text(build.settings, "serviceRole") or "",
        initiator=build.initiator,
        log_group=build.log_group,
        log_stream=build.log_stream,
        started_at=build.started_at,
    )


def _context(conduct: Conduct, phase: str) -> Context:
    match conduct:
        case Fails():
            fails = conduct.phase == phase
            return command_failed(conduct.command, conduct.exit_status) if fails else FINE
        case Succeeds() | Hangs() | Elsewhere():
            return FINE
        case _:
            assert_never(conduct)
