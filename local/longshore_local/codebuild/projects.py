"""Projects: created, changed, described, listed and deleted."""

from collections.abc import Mapping

from longshore_local.awsjson.contract import without_none
from longshore_local.codebuild import errors
from longshore_local.codebuild.engine import Engine, Operation
from longshore_local.codebuild.state import ProjectState
from longshore_local.codebuild.views import project_view
from longshore_local.worlds.params import Output, Params, required, table, text, texts

NOT_KEPT = frozenset({"name", "tags", "badgeEnabled"})
DEFAULTS: Mapping[str, object] = {"timeoutInMinutes": 60, "queuedTimeoutInMinutes": 480}
NEED_A_PLACE = frozenset({"S3", "CODECOMMIT", "GITHUB", "BITBUCKET", "GITLAB"})
MOST_NAMED = 100


def create_project(engine: Engine, params: Params) -> Output:
    """Create a project."""
    account, name = engine.account, required(params, "name")
    arn = account.arn(f"project/{name}")
    if name in account.projects:
        raise errors.project_exists(arn)
    settings = {**DEFAULTS, **_given(params)}
    _check(settings)
    project = ProjectState(name, arn, settings, account.now, account.now)
    account.projects[name] = project
    return {"project": project_view(project)}


def update_project(engine: Engine, params: Params) -> Output:
    """Change what is given and nothing else."""
    project = engine.account.project(text(params, "name"))
    settings = {**project.settings, **_given(params)}
    _check(settings)
    project.settings, project.modified_at = settings, engine.account.now
    return {"project": project_view(project)}


def delete_project(engine: Engine, params: Params) -> Output:
    """Delete a project; one that is not there is deleted too. Its builds stay."""
    engine.account.projects.pop(text(params, "name") or "", None)
    return {}


def batch_get_projects(engine: Engine, params: Params) -> Output:
    """Describe up to a hundred projects; the ones that do not exist come by name."""
    names = texts(params, "names")
    if len(names) > MOST_NAMED:
        raise errors.invalid(f"No more than {MOST_NAMED} projects can be described at once")
    bare = {name: engine.account.projects.get(name.rpartition("/")[2]) for name in names}
    return {
        "projects": [project_view(project) for project in bare.values() if project],
        "projectsNotFound": [name for name, project in bare.items() if project is None] or None,
    }


def list_projects(engine: Engine, params: Params) -> Output:
    """List every project by name."""
    backwards = text(params, "sortOrder") == "DESCENDING"
    return {"projects": sorted(engine.account.projects, reverse=backwards)}


def _given(params: Params) -> dict[str, object]:
    return without_none({key: value for key, value in params.items() if key not in NOT_KEPT})


def _check(settings: Params) -> None:
    source = table(settings, "source")
    kind = text(source, "type") or ""
    if kind in NEED_A_PLACE and not text(source, "location"):
        raise errors.invalid(f"Invalid project source: location is required for {kind}")
    if kind == "NO_SOURCE" and not text(source, "buildspec"):
        raise errors.invalid("Invalid project source: buildspec is required for NO_SOURCE")
    both = {kind == "CODEPIPELINE", text(table(settings, "artifacts"), "type") == "CODEPIPELINE"}
    if len(both) > 1:
        raise errors.invalid("Source and artifacts must both be CODEPIPELINE, or neither")


OPERATIONS: Mapping[str, Operation] = {
    "CreateProject": create_project,
    "UpdateProject": update_project,
    "DeleteProject": delete_project,
    "BatchGetProjects": batch_get_projects,
    "ListProjects": list_projects,
}
