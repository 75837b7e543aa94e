"""Words for what is not acted on: events of kinds that Longshore does not read, and no events."""

from collections.abc import Mapping

from longshore.events.documents import Fields, shown
from longshore.events.outbound import SOURCE as OUR_SOURCE
from longshore.events.parsed import Envelope

_NOT_ACTED_ON: Mapping[str, str] = {
    "aws.cloudwatch": "CloudWatch",
    "aws.codebuild": "CodeBuild",
    "aws.codecommit": "CodeCommit",
    "aws.codedeploy": "CodeDeploy",
    "aws.codepipeline": "CodePipeline",
    "aws.ecr": "ECR",
    "aws.ecs": "ECS",
    "aws.inspector2": "Inspector",
}
"""Sources whose events this version leaves alone, all of them or those of the types not read."""

_TELLING: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("aws.codecommit", "CodeCommit Repository State Change"): ("event",),
    ("aws.ecr", "ECR Image Action"): ("action-type", "result"),
    ("aws.ecr", "ECR Replication Action"): ("action-type", "result"),
    ("aws.ecr", "ECR Pull Through Cache Action"): ("sync-status",),
    ("aws.ecs", "ECS Deployment State Change"): ("eventName",),
}
"""Of the types that are read, the keys of `detail` whose value decides whether an event is."""

_GIT = "a webhook of {}: it belongs to the function webhook, see docs/git.md"

_SHAPES: tuple[tuple[frozenset[str], str], ...] = tuple(
    (frozenset(keys), words)
    for keys, words in (
        (
            ("CodePipeline.job",),
            "a job of a CodePipeline Lambda action, which the function pipeline_job takes",
        ),
        (("LifecycleEventHookExecutionId",), "a lifecycle hook of CodeDeploy"),
        (("Records",), "a batch of SQS or SNS records, each with an event inside"),
        (("TopicArn", "Type"), "an SNS message, with an event inside at most"),
        (("TopicArn", "Message"), "an SNS message, with an event inside at most"),
        (("AlarmName", "NewStateValue"), "a CloudWatch alarm as SNS tells it"),
        (("alarmData",), "a CloudWatch alarm as it calls a function"),
        (("detailType",), "a notification of the Developer Tools, not their event"),
        (("requestContext",), "an HTTP request"),
        (("rawPath",), "an HTTP request"),
        (("approval", "consoleLink"), "an approval request of CodePipeline"),
        (("object_kind",), _GIT.format("GitLab")),
        (("push_data", "repository"), "a webhook of Docker Hub"),
        (("eventKey",), _GIT.format("Bitbucket")),
        (("actor", "repository"), _GIT.format("Bitbucket")),
        (("zen", "hook"), _GIT.format("GitHub")),
        (("repository", "sender"), _GIT.format("GitHub")),
        (("api_app_id",), "a request of Slack"),
        (("trigger_id",), "a request of Slack"),
    )
)
"""Top-level keys that give a body away, the more telling ones first."""


def why_not_read(envelope: Envelope, detail: Fields) -> str:
    """Return why a well-formed event tells no fact."""
    what, source = shown(envelope.detail_type) + _particulars(envelope, detail), envelope.source
    if source == OUR_SOURCE:
        return f"Longshore published this {what} itself, for others to act on"
    if source in _NOT_ACTED_ON:
        return f"Longshore does not act on events {what} of {_NOT_ACTED_ON[source]}"
    return f"Longshore does not know events {what} of {shown(source)}"


def _particulars(envelope: Envelope, detail: Fields) -> str:
    """Say what sets an event apart from those of its type that are acted on."""
    keys = _TELLING.get((envelope.source, envelope.detail_type), ())
    told = [(key, detail.loose_text(key)) for key in keys]
    parts = " and ".join(f"{key} {shown(value)}" for key, value in told if value is not None)
    return f" with {parts}" if parts else ""


def what_it_looks_like(body: Mapping[str, object]) -> str | None:
    """Return what a body that is no event seems to be; looks at its keys only, never at values."""
    return next((words for keys, words in _SHAPES if keys <= body.keys()), None)
