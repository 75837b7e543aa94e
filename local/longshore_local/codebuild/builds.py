"""Builds: started, described, listed, stopped and retried."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from longshore_local.codebuild import errors, state
from longshore_local.codebuild.conduct import Context
from longshore_local.codebuild.engine import Engine, Operation
from longshore_local.codebuild.state import BuildState, ProjectState
from longshore_local.codebuild.views import build_view
from longshore_local.worlds.params import Output, Params, table, tables, text, texts

MOST_NAMED = 100
STOPPED: Context = ("BUILD_STOPPED", "Build was stopped")
OVERRIDES: Mapping[str, tuple[str, str]] = {
    "sourceTypeOverride": ("source", "type"),
    "sourceLocationOverride": ("source", "location"),
    "buildspecOverride": ("source", "buildspec"),
    "imageOverride": ("environment", "image"),
    "computeTypeOverride": ("environment", "computeType"),
    "environmentTypeOverride": ("environment", "type"),
    "privilegedModeOverride": ("environment", "privilegedMode"),
}
WHOLE_OVERRIDES: Mapping[str, str] = {
    "artifactsOverride": "artifacts",
    "serviceRoleOverride": "serviceRole",
    "timeoutInMinutesOverride": "timeoutInMinutes",
    "queuedTimeoutInMinutesOverride": "queuedTimeoutInMinutes",
}


@dataclass(frozen=True, slots=True)
class Start:
    """A start that CodeBuild was asked for, by its API or by CodePipeline."""

    request: Params
    initiator: str
    revision: str = ""
    source: Mapping[str, object] = field(default_factory=dict)
    artifacts: Mapping[str, object] = field(default_factory=dict)


def start_build(engine: Engine, params: Params) -> Output:
    """Start a build, or name the one that the same token started within five minutes."""
    project = engine.account.project(text(params, "projectName"))
    if text(table(project.settings, "source"), "type") == "CODEPIPELINE" and not text(
        params, "sourceTypeOverride"
    ):
        raise errors.invalid(
            "Cannot start a build of a project whose source is CODEPIPELINE without "
            "sourceTypeOverride"
        )
    return _once(engine, project, params)


def retry_build(engine: Engine, params: Params) -> Output:
    """Start a build with what an earlier one was started with."""
    earlier = engine.account.build(text(params, "id"))
    if not earlier.complete:
        raise errors.invalid(f"Build {earlier.id} is still in progress")
    request = {**earlier.request, "idempotencyToken": params.get("idempotencyToken")}
    project = engine.account.project(earlier.project.name)
    return _once(engine, project, request)


def stop_build(engine: Engine, params: Params) -> Output:
    """Stop a build; one that has ended stays as it is."""
    build = engine.account.build(text(params, "id"))
    if not build.complete:
        engine.progress.interrupt(build, state.STOPPED, STOPPED)
    return {"build": build_view(engine.account, build)}


def batch_get_builds(engine: Engine, params: Params) -> Output:
    """Describe up to a hundred builds; the ones that do not exist come by id."""
    ids = texts(params, "ids")
    if len(ids) > MOST_NAMED:
        raise errors.invalid(f"No more than {MOST_NAMED} builds can be described at once")
    found = {name: engine.account.find_build(name) for name in ids}
    return {
        "builds": [build_view(engine.account, one) for one in found.values() if one],
        "buildsNotFound": [name for name, one in found.items() if one is None] or None,
    }


def list_builds_for_project(engine: Engine, params: Params) -> Output:
    """List a project's builds, newest first, a hundred a page."""
    project = engine.account.project(text(params, "projectName"))
    ids = [build.id for build in project.builds]
    if text(params, "sortOrder") != "ASCENDING":
        ids.reverse()
    given = text(params, "nextToken") or "0"
    if not given.isdecimal():
        raise errors.invalid("The next token is not valid")
    end = int(given) + MOST_NAMED
    following: Output = {"nextToken": str(end)} if end < len(ids) else {}
    return {"ids": ids[int(given) : end] or None, **following}


def begin(engine: Engine, project: ProjectState, start: Start) -> BuildState:
    """Begin a build of a project."""
    account = engine.account
    unique = account.ids.uuid()
    name = f"{project.name}:{unique}"
    settings = _overridden(project.settings, start)
    version = text(start.request, "sourceVersion") or text(settings, "sourceVersion") or ""
    build = BuildState(
        id=name,
        arn=account.arn(f"build/{name}"),
        number=len(project.builds) + 1,
        project=project,
        settings=settings,
        environment=_environment(settings, start.request),
        source_version=version,
        revision=start.revision or version,
        initiator=start.initiator,
        log_stream=f"{_stream_prefix(settings)}{unique}",
        started_at=account.now,
        request=start.request,
    )
    engine.progress.begin(build)
    return build


def _once(engine: Engine, project: ProjectState, params: Params) -> Output:
    account, token = engine.account, text(params, "idempotencyToken")
    known = account.tokens.get(token or "")
    if known is not None and known[0] + account.pace.token_lasts >= account.now:
        _, before, build = known
        if before != dict(params):
            raise errors.invalid("The idempotency token was used with other parameters")
        return {"build": build_view(account, build)}
    build = begin(engine, project, Start(dict(params), initiator="root"))
    if token:
        account.tokens[token] = (account.now, dict(params), build)
    return {"build": build_view(account, build)}


def _overridden(settings: Mapping[str, object], start: Start) -> dict[str, object]:
    merged = dict(settings)
    for name, (section, key) in OVERRIDES.items():
        if start.request.get(name) is not None:
            merged[section] = {**table(merged, section), key: start.request[name]}
    for name, key in WHOLE_OVERRIDES.items():
        if start.request.get(name) is not None:
            merged[key] = start.request[name]
    if start.source:
        merged["source"] = {**table(merged, "source"), **start.source}
    if start.artifacts:
        merged["artifacts"] = start.artifacts
    return merged


def _stream_prefix(settings: Params) -> str:
    name = text(table(table(settings, "logsConfig"), "cloudWatchLogs"), "streamName")
    return f"{name}/" if name else ""


def _environment(settings: Params, request: Params) -> tuple[Mapping[str, str], ...]:
    """Return the variables of the project, those of the start in their place."""
    given = [
        *tables(table(settings, "environment"), "environmentVariables"),
        *tables(request, "environmentVariablesOverride"),
    ]
    by_name = {
        str(one["name"]): {
            "name": str(one["name"]),
            "value": str(one["value"]),
            "type": str(one.get("type") or "PLAINTEXT"),
        }
        for one in given
    }
    return tuple(by_name.values())


OPERATIONS: Mapping[str, Operation] = {
    "StartBuild": start_build,
    "RetryBuild": retry_build,
    "StopBuild": stop_build,
    "BatchGetBuilds": batch_get_builds,
    "ListBuildsForProject": list_builds_for_project,
}
