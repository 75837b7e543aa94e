"""What pushes are to start: whether it is there, takes a commit, and may be started. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from longshore.domain.places import Home
from longshore.domain.pushes import Startable
from longshore.domain.triggers import PushTrigger
from longshore_cli.doctor.findings import Check, Finding

Document = Mapping[str, Any]

OWN_TRIGGERS = {"CodeStarSourceConnection": "DetectChanges", "CodeCommit": "PollForSourceChanges"}
"""The sources that take a commit, each with the setting that is to be `false`: on unless it is."""

_OF_GIT = frozenset(
    {
        "GITHUB",
        "GITHUB_ENTERPRISE",
        "GITLAB",
        "GITLAB_SELF_MANAGED",
        "BITBUCKET",
        "CODECOMMIT",
    }
)
"""The sources of a build project that fetch a commit."""

_NO_SOURCE = "NO_SOURCE"

_OF_NO_GIT = frozenset({"CODEPIPELINE", "S3"})
"""The sources of a build project for which a version is something else, or nothing."""

_PUSHER = "GIT_PUSHER"
_GIVE_DEFAULT = "give it a defaultValue in the pipeline (docs/git.md, The pipeline)"
_CORRECT = "correct git: in longshore.yaml and apply it"


@dataclass(frozen=True, slots=True)
class Target:
    """A pipeline or build that pushes start, and how it is told of them.

    `untold` are those of its variables that have no value for some of these pushes.
    """

    starts: Startable
    name: str
    source: str
    variables: tuple[str, ...]
    untold: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return what it is and how it is called."""
        return f"{_WORDS[self.starts]} {self.name}"

    @property
    def action(self) -> str:
        """The action of IAM that starts it."""
        return _ACTIONS[self.starts]

    def arn(self, home: Home) -> str:
        """Return its ARN where it is started."""
        place = f"{home.region}:{home.account}"
        if self.starts is Startable.PIPELINE:
            return f"arn:{home.partition}:codepipeline:{place}:{self.name}"
        return f"arn:{home.partition}:codebuild:{place}:project/{self.name}"


_WORDS = {Startable.PIPELINE: "pipeline", Startable.BUILD: "build project"}
_ACTIONS = {
    Startable.PIPELINE: "codepipeline:StartPipelineExecution",
    Startable.BUILD: "codebuild:StartBuild",
}


def targets_of(triggers: Iterable[PushTrigger]) -> Sequence[Target]:
    """Return what triggers start, once however many of them start it."""
    found: dict[Target, dict[str, None]] = {}
    for each in triggers:
        target = Target(each.starts, each.name, each.source, each.variables)
        found.setdefault(target, {}).update(dict.fromkeys(_untold(each)))
    return [replace(target, untold=tuple(found[target])) for target in found]


def _untold(trigger: PushTrigger) -> Iterator[str]:
    """Yield the variables that stay without a value for a push of a tag, or of a branch."""
    empty = {"GIT_BRANCH": trigger.tags, "GIT_TAG": trigger.branches}
    return (name for name in trigger.variables if empty.get(name))


def judge_target(check: Check, target: Target, found: Document | None, region: str) -> Finding:
    """Say whether a target can be started at a commit; `found` is what AWS has under its name."""
    if found is None:
        return check.problem(
            f"there is no {target} in {region}: pushes that are for it start nothing",
            f"{_CORRECT}, or make the {target}",
        )
    if target.starts is Startable.BUILD:
        return _judge_project(check, target, str(found["source"]["type"]))
    return _judge_pipeline(check, target, found)


def _judge_project(check: Check, target: Target, source: str) -> Finding:
    if source in _OF_GIT:
        return check.ok(f"the {target} takes the commit: its source is {source}")
    if source in _OF_NO_GIT:
        return check.problem(
            f"the source of the {target} is {source}, which takes no commit",
            f"give the project a source of a Git host ({', '.join(sorted(_OF_GIT))})",
        )
    if source == _NO_SOURCE:
        return check.warning(
            f"the {target} has no source: it is told the commit in GIT_COMMIT and is to fetch it "
            "itself; whether CodeBuild takes a commit for it is not known",
            "try it with a push, and see that its buildspec fetches GIT_COMMIT",
        )
    return check.unchecked(
        f"the source of the {target} is {source}, which this version does not know",
        "try it with a push, and see which commit is built",
    )


def _judge_pipeline(check: Check, target: Target, found: Document) -> Finding:
    actions = {action["name"]: action for action in _sources(found)}
    if found.get("pipelineType", "V1") != "V2":
        return check.problem(
            f"the {target} is of type {found.get('pipelineType', 'V1')}, which takes no commit",
            "declare it with pipelineType V2: aws codepipeline update-pipeline",
        )
    if target.source not in actions:
        listed = ", ".join(sorted(actions)) or "none"
        return check.problem(
            f"the {target} has no source action {target.source}; it has {listed}",
            "write the one that takes the commit as source: in longshore.yaml and apply it",
        )
    provider = actions[target.source]["actionTypeId"]["provider"]
    if provider not in OWN_TRIGGERS:
        return check.problem(
            f"the source action {target.source} of the {target} is of {provider}, which takes no "
            "commit",
            "give the pipeline a source of CodeConnections or CodeCommit, or start a build instead",
        )
    return _judge_variables(check, target, found, actions[target.source])


def _judge_variables(check: Check, target: Target, found: Document, action: Document) -> Finding:
    declared = {each["name"]: each.get("defaultValue") for each in found.get("variables", ())}
    missing = [name for name in target.variables if name not in declared]
    if missing:
        return check.problem(
            f"the {target} declares no variable {', '.join(missing)}: CodePipeline refuses to "
            "start it with one",
            "declare it in the pipeline, or take it out of variables: in longshore.yaml",
        )
    without = [name for name, default in declared.items() if not default]
    return _judge_values(check, target, without) or _judge_alone(check, target, found, action)


def _judge_values(check: Check, target: Target, without: Sequence[str]) -> Finding | None:
    """Judge the variables without a default value: each start has to give them one."""
    never = [name for name in without if name not in target.variables]
    if never:
        return check.problem(
            f"the {target} declares {', '.join(never)} without a default value, and no push gives "
            "it one: CodePipeline does not start without",
            _GIVE_DEFAULT,
        )
    at_times = [name for name in without if name in target.untold]
    if at_times:
        return check.problem(
            f"the {target} declares {', '.join(at_times)} without a default value: pushes that "
            "have none (GIT_TAG of a branch, GIT_BRANCH of a tag) do not start it",
            _GIVE_DEFAULT,
        )
    if _PUSHER in without:
        return check.warning(
            f"the {target} declares {_PUSHER} without a default value: a push of which the host "
            "does not say who pushed does not start it",
            _GIVE_DEFAULT,
        )
    return None


def _judge_alone(check: Check, target: Target, found: Document, action: Document) -> Finding:
    if _starts_by_itself(found, action):
        return check.warning(
            f"the {target} is started by its source action {target.source} as well: a push may "
            "start it twice",
            "switch off its own detection of changes (docs/git.md, The pipeline)",
        )
    return check.ok(f"the {target} takes the commit at {target.source}")


def _sources(found: Document) -> Iterator[Document]:
    for stage in found["stages"]:
        for action in stage["actions"]:
            if action["actionTypeId"]["category"] == "Source":
                yield action


def _starts_by_itself(found: Document, action: Document) -> bool:
    triggered = {
        trigger.get("gitConfiguration", {}).get("sourceActionName")
        for trigger in found.get("triggers", ())
    }
    setting = OWN_TRIGGERS[action["actionTypeId"]["provider"]]
    watching = str(action.get("configuration", {}).get(setting, "true")).lower() != "false"
    return action["name"] in triggered or watching


def judge_permission(check: Check, target: Target, home: Home, *, allowed: bool) -> Finding:
    """Say whether the function that starts things may start this one."""
    if allowed:
        return check.ok(f"the {target} may be started")
    return check.problem(
        f"pipeline_start may not start the {target}: pushes that are for it start nothing",
        f"add to the stack's parameter StartableArns: {target.arn(home)}",
    )


def judge_named(check: Check, name: str, found: Document | None, region: str) -> Finding:
    """Say whether a pipeline is there that an application wants to be told of."""
    if found is not None:
        return check.ok(f"the pipeline {name} is there")
    return check.problem(
        f"there is no pipeline {name} in {region}: nobody is told of it",
        "correct pipelines: in longshore.yaml and apply it",
    )
