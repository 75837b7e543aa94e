"""What pushes are to start: whether it is there, takes a commit, and may be started. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from longshore.domain.places import Home
from longshore.domain.pushes import Startable
from longshore.domain.triggers import PushTrigger
from longshore_cli.doctor.findings import Check, Finding

Document = Mapping[str, Any]

OWN_TRIGGERS = {"CodeStarSourceConnection": "DetectChanges", "CodeCommit": "PollForSourceChanges"}
"""The sources that take a commit, each with the setting that is to be `false`: on unless it is."""

_CORRECT = "correct git: in longshore.yaml and apply it"


@dataclass(frozen=True, slots=True)
class Target:
    """A pipeline or build that pushes start, and how it is told of them."""

    starts: Startable
    name: str
    source: str
    variables: tuple[str, ...]

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
    found = (Target(each.starts, each.name, each.source, each.variables) for each in triggers)
    return list(dict.fromkeys(found))


def judge_target(check: Check, target: Target, found: Document | None, region: str) -> Finding:
    """Say whether a target can be started at a commit; `found` is what AWS has under its name."""
    if found is None:
        return check.problem(
            f"there is no {target} in {region}: pushes that are for it start nothing",
            f"{_CORRECT}, or make the {target}",
        )
    if target.starts is Startable.BUILD:
        return check.ok(f"the {target} is there")
    return _judge_pipeline(check, target, found)


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
    declared = {each["name"] for each in found.get("variables", ())}
    missing = [name for name in target.variables if name not in declared]
    if missing:
        return check.problem(
            f"the {target} declares no variable {', '.join(missing)}: CodePipeline refuses to "
            "start it with one",
            "declare it in the pipeline, or take it out of variables: in longshore.yaml",
        )
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
