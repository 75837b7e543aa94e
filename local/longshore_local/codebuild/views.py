"""Projects and builds as the API shows them."""

from collections.abc import Mapping
from urllib.parse import quote

from longshore_local.codebuild.account import Account
from longshore_local.codebuild.conduct import FINE
from longshore_local.codebuild.state import SUCCEEDED, BuildState, PhaseState, ProjectState
from longshore_local.worlds.params import Output


def project_view(project: ProjectState) -> Output:
    """Return what BatchGetProjects answers of a project."""
    return {
        **project.settings,
        "name": project.name,
        "arn": project.arn,
        "created": project.created_at,
        "lastModified": project.modified_at,
    }


def build_view(account: Account, build: BuildState) -> Output:
    """Return what BatchGetBuilds answers of a build."""
    settings = build.settings
    environment = settings["environment"]
    return {
        "id": build.id,
        "arn": build.arn,
        "buildNumber": build.number,
        "startTime": build.started_at,
        "endTime": build.ended_at,
        "currentPhase": build.phase.type,
        "buildStatus": build.status,
        "sourceVersion": build.source_version or None,
        "resolvedSourceVersion": build.revision or None,
        "projectName": build.project.name,
        "phases": [_phase(phase) for phase in build.phases],
        "source": settings["source"],
        "artifacts": {"location": ""},
        "cache": {"type": "NO_CACHE"},
        "environment": {
            **(environment if isinstance(environment, Mapping) else {}),
            "environmentVariables": list(build.environment),
        },
        "serviceRole": settings["serviceRole"],
        "logs": {
            "groupName": build.log_group,
            "streamName": build.log_stream,
            "deepLink": deep_link(account, build),
            "cloudWatchLogsArn": _log_arn(account, build),
        },
        "timeoutInMinutes": settings["timeoutInMinutes"],
        "queuedTimeoutInMinutes": settings["queuedTimeoutInMinutes"],
        "buildComplete": build.complete,
        "initiator": build.initiator,
        "encryptionKey": settings.get("encryptionKey"),
        "exportedEnvironmentVariables": [
            {"name": name, "value": value} for name, value in build.exported.items()
        ],
    }


def deep_link(account: Account, build: BuildState) -> str:
    """Return the address of a build's log, as the console has it."""
    region = account.home.region
    group = quote(quote(build.log_group, safe=""), safe="").replace("%", "$")
    return (
        f"https://console.aws.amazon.com/cloudwatch/home?region={region}"
        f"#logsV2:log-groups/log-group/{group}/log-events/{build.log_stream}"
    )


def _log_arn(account: Account, build: BuildState) -> str:
    home = account.home
    return (
        f"arn:{home.partition}:logs:{home.region}:{home.account}:log-group:{build.log_group}"
        f":log-stream:{build.log_stream}"
    )


def _phase(phase: PhaseState) -> Output:
    code, message = phase.context
    told = phase.ended_at is not None and (phase.context != FINE or phase.status == SUCCEEDED)
    return {
        "phaseType": phase.type,
        "phaseStatus": phase.status,
        "startTime": phase.started_at,
        "endTime": phase.ended_at,
        "durationInSeconds": phase.seconds if phase.ended_at else None,
        "contexts": [{"statusCode": code, "message": message}] if told else None,
    }
