"""What people read of an announcement: one plain text for mail, pagers and chats.

A text is made of what the announcement says and never fails for what it does not say: a line that
has nothing to tell is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.pipelines import PipelineId
from longshore.domain.projects import ProjectId
from longshore.events.documents import printable
from longshore.events.told import Told

LONGEST_SUBJECT = 99
"""Characters. SNS wants fewer than 100, without control characters:
https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""

LONGEST_LINE = 2000
"""Characters; beyond that nobody reads, and SNS takes 256 KiB a message."""

_LABEL_WIDTH = 12


class Severity(StrEnum):
    """How urgent a notice is, for subscriptions that want only some."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """What a channel publishes; `attributes` are for subscription filters.

    The attribute `id` is the announcement's: by it a subscriber knows what it was told twice.
    """

    subject: str
    text: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """How an event is told: its headline, its urgency and what a person can type then."""

    headline: str
    severity: Severity
    next_step: str


_RETRY = 'To try again: longshore retry {stage} --reason "..."'
_EXECUTIONS = "longshore pipelines show {stage}"
KINDS: Mapping[EventName, Kind] = {
    EventName.DEPLOYMENT_STARTED: Kind("deploying", Severity.INFO, "longshore status"),
    EventName.DEPLOYMENT_SUCCEEDED: Kind("deployed", Severity.INFO, "longshore history {stage}"),
    EventName.DEPLOYMENT_FAILED: Kind("FAILED", Severity.ERROR, _RETRY),
    EventName.DEPLOYMENT_ROLLED_BACK: Kind("ROLLED BACK", Severity.ERROR, _RETRY),
    EventName.DEPLOYMENT_SUPERSEDED: Kind("superseded", Severity.INFO, "longshore history {stage}"),
    EventName.DEPLOYMENT_ABORTED: Kind("aborted", Severity.WARNING, _RETRY),
    EventName.STAGE_ADOPTED: Kind("adopted", Severity.INFO, "longshore status"),
    EventName.STAGE_HELD: Kind(
        "held",
        Severity.WARNING,
        'Once it may move: longshore retry {stage} --reason "..."',
    ),
    EventName.STAGE_PAUSED: Kind(
        "paused",
        Severity.WARNING,
        'To let it move by itself again: longshore resume {stage} --reason "..."',
    ),
    EventName.STAGE_PINNED: Kind(
        "pinned", Severity.WARNING, 'To let it move on: longshore unpin {stage} --reason "..."'
    ),
    EventName.STAGE_UNPINNED: Kind("unpinned", Severity.INFO, "longshore status {stage}"),
    EventName.STAGE_VETOED: Kind(
        "vetoed a release in",
        Severity.WARNING,
        "What is vetoed, and since when: longshore status {stage}",
    ),
    EventName.STAGE_UNVETOED: Kind("lifted a veto in", Severity.INFO, "longshore status {stage}"),
    EventName.STAGE_WOULD_DEPLOY: Kind(
        "would deploy",
        Severity.INFO,
        "To let it: set `mode: deploy` in longshore.yaml, then longshore apply",
    ),
    EventName.STAGE_RESUMED: Kind("resumed", Severity.INFO, "longshore status {stage}"),
    EventName.PIPELINE_FAILED: Kind(
        "FAILED pipeline",
        Severity.ERROR,
        'To try again: longshore pipelines retry {stage} --reason "..."',
    ),
    EventName.PIPELINE_SUCCEEDED: Kind("mended pipeline", Severity.INFO, _EXECUTIONS),
    EventName.PIPELINE_SUPERSEDED: Kind("superseded pipeline", Severity.INFO, _EXECUTIONS),
    EventName.PIPELINE_STOPPED: Kind("stopped pipeline", Severity.WARNING, _EXECUTIONS),
    EventName.PIPELINE_STUCK: Kind(
        "STUCK pipeline",
        Severity.WARNING,
        'To stop it: longshore pipelines stop {stage} --reason "..."',
    ),
    EventName.BUILD_FAILED: Kind(
        "FAILED build",
        Severity.ERROR,
        "To try again: push once more. What runs meanwhile: longshore status",
    ),
}


def compose_notice(announcement: Announcement) -> Notice:
    """Return what people are told of an announcement."""
    kind, told = KINDS[announcement.name], Told(announcement.detail)
    headline = f"{kind.headline} {called(announcement)}"
    attributes = {
        "application": announcement.application,
        "stage": announcement.stage.stage if announcement.stage else "",
        "pipeline": announcement.pipeline.pipeline if announcement.pipeline else "",
        "project": announcement.project.project if announcement.project else "",
        "event": announcement.name.value,
        "deployment": printable(told.text("deployment")),
        "execution": printable(told.text("execution")),
        "severity": kind.severity.value,
        "id": announcement.id,
    }
    change = told.change or told.commit
    return Notice(
        subject=_ascii(f"{headline}: {change}" if change else headline)[:LONGEST_SUBJECT],
        text="\n".join(_lines(announcement, kind, told)) + "\n",
        attributes={name: value for name, value in attributes.items() if value},
    )


def called(announcement: Announcement) -> str:
    """Return what it is about, as people call it: `application/stage`, a pipeline, a project."""
    match announcement.about:
        case PipelineId(pipeline=name) | ProjectId(project=name):
            return name
        case stage:
            return str(stage)


def next_step(announcement: Announcement) -> tuple[str, str]:
    """Return what a person would type next: a hint (it may be empty), then the command."""
    step = KINDS[announcement.name].next_step.format(stage=called(announcement))
    hint, command, rest = step.partition("longshore ")
    return hint, command + rest


def _lines(announcement: Announcement, kind: Kind, told: Told) -> Iterator[str]:
    labelled = (
        ("Application", announcement.application),
        ("Stage", announcement.stage.stage if announcement.stage else ""),
        ("Pipeline", announcement.pipeline.pipeline if announcement.pipeline else ""),
        ("Execution", told.text("execution")),
        ("Build", told.text("build")),
        ("Deployment", told.text("deployment")),
        ("Release", told.releases),
        ("Commit", told.commit),
        ("Author", told.text("author")),
        ("Trigger", told.trigger),
        ("After", told.duration),
        ("Cause", told.cause),
        ("Log", told.failure("log")),
        ("ECS says", told.failure("last_event")),
        ("Longshore" if told.cause else "Reason", told.consequence),
        ("Next", "".join(next_step(announcement))),
    )
    yield printable(f"{kind.headline}: {called(announcement)}", LONGEST_LINE)
    yield ""
    for label, value in labelled:
        if value:
            yield printable(f"{label:<{_LABEL_WIDTH}}{value}", LONGEST_LINE)


def _ascii(text: str) -> str:
    return printable(text, LONGEST_LINE).encode("ascii", "replace").decode()
