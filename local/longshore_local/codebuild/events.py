"""What CodeBuild tells EventBridge: state changes of builds, and the end of each phase.

Keys follow the samples in the CodeBuild user guide ("Build notifications sample") and what live
builds sent: times without a zone in a twelve-hour clock, contexts as text, a context of ": " for a
phase that has nothing to tell.
"""

from collections.abc import Mapping
from datetime import datetime

from longshore_local.codebuild.account import Account
from longshore_local.codebuild.state import BuildState, PhaseState
from longshore_local.codebuild.views import deep_link
from longshore_local.worlds.params import Params, table
from longshore_local.worlds.surroundings import Event

WITHOUT_CONTEXT = frozenset({"SUBMITTED", "QUEUED"})


def tell_build(account: Account, build: BuildState) -> None:
    """Emit a CodeBuild Build State Change."""
    detail: Event = {
        "build-status": build.status,
        **_of(build),
        "additional-information": _information(account, build),
        "current-phase": build.phase.type,
        "current-phase-context": "[]",
        "version": "1",
    }
    _emit(account, build, "State", detail)


def tell_phase(account: Account, build: BuildState, phase: PhaseState) -> None:
    """Emit a CodeBuild Build Phase Change for a phase that has ended."""
    detail: Event = {
        "completed-phase": phase.type,
        "completed-phase-status": phase.status,
        "completed-phase-context": f"[{': '.join(phase.context)}]",
        "completed-phase-duration-seconds": phase.seconds,
        "completed-phase-start": moment(phase.started_at),
        "completed-phase-end": moment(phase.ended_at or phase.started_at),
        **_of(build),
        "additional-information": _information(account, build),
        "version": "1",
    }
    _emit(account, build, "Phase", detail)


def moment(when: datetime) -> str:
    """Return a moment as CodeBuild writes it: `Sep 1, 2017 4:12:29 PM`, in UTC."""
    hour = when.hour % 12 or 12
    return f"{when:%b} {when.day}, {when.year} {hour}:{when:%M:%S} {when:%p}"


def _of(build: BuildState) -> Event:
    return {"project-name": build.project.name, "build-id": build.arn}


def _information(account: Account, build: BuildState) -> Event:
    settings = build.settings
    source = table(settings, "source")
    information: Event = {
        "cache": {"type": "NO_CACHE"},
        "build-number": build.number,
        "timeout-in-minutes": settings["timeoutInMinutes"],
        "build-complete": build.complete,
        "initiator": build.initiator,
        "build-start-time": moment(build.started_at),
        "source": {
            key: source[key] for key in ("type", "location", "buildspec") if source.get(key)
        },
        "source-version": build.source_version,
        "artifact": {"location": ""},
        "environment": _environment(build, table(settings, "environment")),
        "logs": {
            "group-name": build.log_group,
            "stream-name": build.log_stream,
            "deep-link": deep_link(account, build),
        },
        "phases": [_phase(phase) for phase in build.phases],
        "queued-timeout-in-minutes": settings["queuedTimeoutInMinutes"],
    }
    if build.exported:
        information["exported-environment-variables"] = [
            {"name": name, "value": value} for name, value in build.exported.items()
        ]
    return information


def _environment(build: BuildState, given: Params) -> Mapping[str, object]:
    return {
        "image": given.get("image"),
        "privileged-mode": given.get("privilegedMode", False),
        "image-pull-credentials-type": given.get("imagePullCredentialsType", "CODEBUILD"),
        "compute-type": given.get("computeType"),
        "type": given.get("type"),
        "environment-variables": [dict(one) for one in build.environment],
    }


def _phase(phase: PhaseState) -> Event:
    told: Event = {"start-time": moment(phase.started_at), "phase-type": phase.type}
    if phase.ended_at is not None:
        told["phase-context"] = [] if phase.type in WITHOUT_CONTEXT else [": ".join(phase.context)]
        told["end-time"] = moment(phase.ended_at)
        told["duration-in-seconds"] = phase.seconds
        told["phase-status"] = phase.status
    return told


def _emit(account: Account, build: BuildState, what: str, detail: Event) -> None:
    event: Event = {
        "version": "0",
        "id": account.ids.uuid(),
        "detail-type": f"CodeBuild Build {what} Change",
        "source": "aws.codebuild",
        "account": account.home.account,
        "time": f"{account.now:%Y-%m-%dT%H:%M:%SZ}",
        "region": account.home.region,
        "resources": [build.arn],
        "detail": detail,
    }
    account.emit(event)
