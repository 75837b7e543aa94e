"""What the kinds of actions do."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from longshore_local.codepipeline.declarations import ActionDeclaration
from longshore_local.codepipeline.handover import give_out, unanswered
from longshore_local.codepipeline.ports import BuildRequest, OutsideError
from longshore_local.codepipeline.runs import Runs
from longshore_local.codepipeline.state import ActionRun, SourceFound


class Provider(Protocol):
    """Begins an action; it ends the run later through `runs`."""

    def begin(self, runs: Runs, run: ActionRun) -> None:
        """Begin; raise OutsideError for an action that fails at once."""
        ...


class Source:
    """Looks for a revision and stores its files as the output artifact."""

    def begin(self, runs: Runs, run: ActionRun) -> None:
        """Fetch after a while."""
        runs.account.later(
            runs.account.pace.fetching, runs.guarded(run, lambda: self._fetch(runs, run))
        )

    def _fetch(self, runs: Runs, run: ActionRun) -> None:
        account, action = runs.account, run.action
        wanted = run.execution.overrides.get(action.name)
        revision = account.outside.sources.find(action, wanted)
        content = account.outside.sources.fetch(action, revision)
        for location in run.outputs.values():
            account.outside.artifacts.put(run.execution.declaration.role, location, content)
        run.external_id, run.external_url = revision.id, revision.url or None
        run.summary = revision.summary or None
        run.execution.sources[action.name] = SourceFound(
            action.name,
            action.outputs[0] if action.outputs else "",
            revision.id,
            revision.summary,
            revision.url,
            account.now,
        )
        runs.succeed(run, revision.variables, revision.id)


class CodeBuild:
    """Begins a build and looks at it until it has ended."""

    def begin(self, runs: Runs, run: ActionRun) -> None:
        """Begin the build of a project on the action's (primary) input."""
        account, configuration = runs.account, run.configuration
        source = _primary(run)
        found = run.execution.artifacts[source]
        request = BuildRequest(
            project=configuration["ProjectName"],
            pipeline=run.execution.pipeline.name,
            role=run.execution.declaration.role,
            revision=found.revision or "",
            source=found.location,
            output=next(iter(run.outputs.values()), None),
            environment=tuple(_environment(configuration.get("EnvironmentVariables", "[]"))),
        )
        run.external_id = account.outside.builds.start(request)
        run.external_url = _build_url(runs, request.project, run.external_id)
        self._look_later(runs, run)

    def _look_later(self, runs: Runs, run: ActionRun) -> None:
        runs.account.later(
            runs.account.pace.looking, runs.guarded(run, lambda: self._look(runs, run))
        )

    def _look(self, runs: Runs, run: ActionRun) -> None:
        report = runs.account.outside.builds.look(run.external_id or "")
        if report is None:
            self._look_later(runs, run)
        elif report.status == "SUCCEEDED":
            runs.succeed(run, report.exported)
        else:
            message = f"Build terminated with state: {report.status}. {report.failure}".strip()
            runs.fail(run, "JobFailed", message)


class Approval:
    """Waits for PutApprovalResult."""

    def begin(self, runs: Runs, run: ActionRun) -> None:
        """Give out a token, tell a topic of it, and wait."""
        account = runs.account
        run.token = account.ids.uuid()
        limit = _minutes(run.action) or account.pace.approval_timeout
        account.later(limit, runs.guarded(run, lambda: self._expire(runs, run)))
        topic = run.configuration.get("NotificationArn")
        if topic:
            self._tell(runs, run, topic, limit)

    def _expire(self, runs: Runs, run: ActionRun) -> None:
        runs.fail(run, "ApprovalTimedOut", "The approval action was not decided in time")

    def _tell(self, runs: Runs, run: ActionRun, topic: str, limit: timedelta) -> None:
        account, action = runs.account, run.action
        pipeline = run.execution.pipeline.name
        console = f"https://console.aws.amazon.com/codepipeline/home?region={account.home.region}"
        link = f"{console}#/view/{pipeline}/{action.stage}/{action.name}"
        message = {
            "region": account.home.region,
            "consoleLink": f"{console}#/view/{pipeline}",
            "approval": {
                "pipelineName": pipeline,
                "stageName": action.stage,
                "actionName": action.name,
                "token": run.token,
                "expires": f"{account.now + limit:%Y-%m-%dT%H:%MZ}",
                "externalEntityLink": run.configuration.get("ExternalEntityLink"),
                "approvalReviewLink": f"{link}/approve/{run.token}",
                "customData": run.configuration.get("CustomData"),
            },
        }
        subject = f"APPROVAL NEEDED: AWS CodePipeline {pipeline} for action {action.name}"
        role = run.execution.declaration.role
        account.outside.topics.publish(role, topic, subject, json.dumps(message))


class Lambda:
    """Gives a job to a function."""

    def begin(self, runs: Runs, run: ActionRun) -> None:
        """Give out the first job; the action as a whole has its limit too."""
        account = runs.account
        account.later(account.pace.action_timeout, runs.guarded(run, lambda: unanswered(runs, run)))
        give_out(runs, run, None)


PROVIDERS: Mapping[str, Provider] = {
    "CodeCommit": Source(),
    "CodeStarSourceConnection": Source(),
    "S3": Source(),
    "CodeBuild": CodeBuild(),
    "Manual": Approval(),
    "Lambda": Lambda(),
}


def provider_of(action: ActionDeclaration) -> Provider:
    """Return who does an action; declarations admit no other."""
    return PROVIDERS[action.provider]


def _primary(run: ActionRun) -> str:
    named = run.configuration.get("PrimarySource")
    if named in run.action.inputs or len(run.action.inputs) == 1:
        return named or run.action.inputs[0]
    raise OutsideError(
        "ConfigurationError",
        f"Action {run.action.name} needs one input artifact, or PrimarySource naming one of them",
    )


def _environment(given: str) -> list[Mapping[str, str]]:
    """Read the EnvironmentVariables of a CodeBuild action: a JSON list in a text."""
    try:
        listed = json.loads(given)
        return [{"type": "PLAINTEXT", **one} for one in listed]
    except (ValueError, TypeError) as error:
        raise OutsideError(
            "ConfigurationError", f"EnvironmentVariables is not a JSON list of variables: {error}"
        ) from error


def _minutes(action: ActionDeclaration) -> timedelta | None:
    minutes = action.document.get("timeoutInMinutes")
    return timedelta(minutes=minutes) if isinstance(minutes, int) else None


def _build_url(runs: Runs, project: str, build: str) -> str:
    home = runs.account.home
    return (
        f"https://{home.region}.console.aws.amazon.com/codesuite/codebuild/{home.account}/projects/"
        f"{project}/build/{build.replace(':', '%3A')}/?region={home.region}"
    )
