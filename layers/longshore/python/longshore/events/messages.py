"""The messages Longshore sends to itself: wake-ups and announcements, to JSON and back.

Reading is strict. A queue is a border: what does not have exactly the right shape raises
`ValueError` with a reason, so that the caller can end the message instead of retrying it for ever.
Keys that this version does not know are passed over. A message of a newer schema raises
`UnknownSchema` instead: ending it would lose what a newer version meant.
"""

from collections.abc import Mapping
from datetime import UTC
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar

from longshore.domain.errors import UnknownSchema
from longshore.domain.failures import StoppedContainer, StoppedTask
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.pipelines import PipelineId
from longshore.domain.places import Home, RepositoryRef, StageId
from longshore.domain.projects import ProjectId
from longshore.domain.wakeups import Announced, Hint, StopEvidence, Wakeup
from longshore.events.documents import parse_document, shown
from longshore.events.strict import Strict, encode_document

SCHEMA = 1

WAKEUP = "wakeup"
"""The one key of a message that is a wake-up."""
ANNOUNCEMENT = "announcement"
"""The one key of a message that is an announcement."""

_CHAT = "chat#"
"""How the groups of what channels are to be told begin; no application is called so."""
CLOCK = "clock"
"""The one key of a message that the clock sends, or who wants every stage looked at now."""
TICK = "tick"
SWEEP = "sweep"


def encode_wakeup(wakeup: Wakeup) -> str:
    """Return the body of a message that wakes a stage; equal wake-ups make equal bodies."""
    announced, evidence = wakeup.announced, wakeup.evidence
    content: dict[str, object] = {
        "schema": SCHEMA,
        "stage": str(wakeup.stage),
        "hints": sorted(wakeup.hints),
        "events": list(wakeup.events),
        "announced": None if announced is None else _announced_document(announced),
        "evidence": None if evidence is None else _evidence_document(evidence),
        "attempt": wakeup.attempt,
        "busy": wakeup.busy,
    }
    return encode_document({WAKEUP: content})


def parse_wakeup(body: str | bytes) -> Wakeup:
    """Read a message body that is a wake-up.

    Raises:
        ValueError: it is not JSON or not a wake-up; the text says where it differs.
        UnknownSchema: a newer version sent it.
    """
    return wakeup_from(parse_document(body))


def wakeup_from(document: Mapping[str, object]) -> Wakeup:
    """Read a wake-up from a message that is JSON already; raises as `parse_wakeup` does."""
    fields = content_of(document, WAKEUP)
    announced, evidence = (
        fields.optional_object("announced"),
        fields.optional_object("evidence"),
    )
    return Wakeup(
        stage=StageId.parse(fields.text("stage")),
        hints=frozenset(_member(Hint, hint, fields.at("hints")) for hint in fields.texts("hints")),
        events=fields.texts("events"),
        announced=None if announced is None else _announced_from(announced),
        evidence=None if evidence is None else _evidence_from(evidence),
        attempt=fields.whole("attempt"),
        busy=fields.whole("busy", default=0),
    )


def encode_sweep() -> str:
    """Return the body of a message that wakes every stage, as the clock's rule sends it."""
    return encode_document({CLOCK: SWEEP})


def encode_announcement(announcement: Announcement) -> str:
    """Return the body of a message that carries an announcement."""
    content: dict[str, object] = {
        "schema": SCHEMA,
        "stage": str(announcement.stage) if announcement.stage else None,
        "pipeline": str(announcement.pipeline) if announcement.pipeline else None,
        "project": str(announcement.project) if announcement.project else None,
        "subject": announcement.subject,
        "sequence": announcement.sequence,
        "name": announcement.name,
        "at": announcement.at.astimezone(UTC).isoformat(),
        "detail": announcement.detail,
    }
    return encode_document({ANNOUNCEMENT: content})


def parse_announcement(body: str | bytes) -> Announcement:
    """Read a message body that is an announcement.

    Raises:
        ValueError: it is not JSON or not an announcement; the text says where it differs.
        UnknownSchema: a newer version sent it.
    """
    fields = content_of(parse_document(body), ANNOUNCEMENT)
    stage, pipeline = fields.optional_text("stage"), fields.optional_text("pipeline")
    project = fields.optional_text("project")
    return Announcement(
        stage=None if stage is None else StageId.parse(stage),
        pipeline=None if pipeline is None else PipelineId.parse(pipeline),
        project=None if project is None else ProjectId.parse(project),
        subject=fields.text("subject"),
        sequence=fields.whole("sequence", least=1),
        name=_member(EventName, fields.text("name"), fields.at("name")),
        at=fields.moment("at"),
        detail=fields.object_at("detail").values,
    )


def chat_group(announcement: Announcement) -> str:
    """Return the message group of what channels are to be told: one a thread.

    Each has to wait for its own past and for nothing else.
    """
    return f"{_CHAT}{announcement.thread}"


def is_chat_group(group: str) -> bool:
    """Tell whether a message group is one of what channels are to be told."""
    return group.startswith(_CHAT)


def deduplication_id(message_id: str, stage: StageId) -> str:
    """Return the id by which SQS knows the wake-up of a stage that one message caused.

    It comes from message and stage, never from the body: equal wake-ups caused by two messages
    must both arrive, while one message that is delivered twice need not wake a stage twice.
    """
    return sha256(f"{message_id} {stage}".encode()).hexdigest()


_Name = TypeVar("_Name", bound=StrEnum)


def _member(names: type[_Name], text: str, path: str) -> _Name:
    try:
        return names(text)
    except ValueError:
        raise ValueError(f"{path}: {shown(text)} is none of {', '.join(names)}") from None


def content_of(document: Mapping[str, object], key: str) -> Strict:
    """Return what a message of ours says under its one key; raise ValueError, UnknownSchema."""
    fields = Strict("", document).object_at(key)
    schema = fields.whole("schema", least=1)
    if schema > SCHEMA:
        message = (
            f"a newer version of Longshore sent this {key}: its schema is {schema}, this version "
            f"reads {SCHEMA}; finish the upgrade, then redrive the message"
        )
        raise UnknownSchema(message)
    return fields


def _announced_document(announced: Announced) -> dict[str, object]:
    home = announced.repository.home
    repository = {
        "partition": home.partition,
        "account": home.account,
        "region": home.region,
        "name": announced.repository.name,
    }
    return {"repository": repository, "tag": announced.tag, "digest": announced.digest}


def _announced_from(fields: Strict) -> Announced:
    repository = fields.object_at("repository")
    home = Home(*(repository.text(key) for key in ("partition", "account", "region")))
    return Announced(
        repository=RepositoryRef(home, repository.text("name")),
        tag=fields.text("tag"),
        digest=fields.text("digest"),
    )


def _evidence_document(evidence: StopEvidence) -> dict[str, object]:
    task = evidence.task
    containers = [
        {"name": each.name, "exit_code": each.exit_code, "reason": each.reason}
        for each in task.containers
    ]
    stopped = {
        "task": task.task,
        "stop_code": task.stop_code,
        "stopped_reason": task.stopped_reason,
        "containers": containers,
    }
    return {"ecs_deployment_id": evidence.ecs_deployment_id, "task": stopped}


def _evidence_from(fields: Strict) -> StopEvidence:
    task = fields.object_at("task")
    stopped = StoppedTask(
        task=task.text("task"),
        stop_code=task.optional_text("stop_code"),
        stopped_reason=task.optional_text("stopped_reason"),
        containers=tuple(_container_from(each) for each in task.objects("containers")),
    )
    return StopEvidence(ecs_deployment_id=fields.text("ecs_deployment_id"), task=stopped)


def _container_from(fields: Strict) -> StoppedContainer:
    return StoppedContainer(
        name=fields.text("name"),
        exit_code=fields.optional_whole("exit_code"),
        reason=fields.optional_text("reason"),
    )
