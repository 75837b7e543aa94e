"""What the ledger's items are made of.

Each has `kind`, `schema`, `version` and `body`, the record as JSON; a token bucket alone is but a
moment (`longshore.aws.buckets`). Beside them stand only the attributes that DynamoDB
itself must understand: `due_shard` and `due_at` for the index of timers, `expires_at` for the
removal of what is old, `stage`, and `attempts` of the outbox.
"""

from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, TypeVar

from longshore.aws import keys
from longshore.aws.codec import SCHEMA, check_schema, decode, encode
from longshore.aws.keys import Key
from longshore.domain.configuration import Follower
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.errors import Refused
from longshore.domain.intents import Intent
from longshore.domain.outcomes import Announcement, EventOutcome
from longshore.domain.pipelines import PipelineFollower, PipelineRef
from longshore.domain.places import RepositoryRef, StageId
from longshore.domain.projects import ProjectId
from longshore.domain.pushes import PushLink, PushRecord
from longshore.domain.stages import StageRecord, TargetRecord
from longshore.domain.stop_switch import NEVER_TURNED, StopSwitch
from longshore.domain.triggers import PushFollower
from longshore.usecases.ports import EcsDeploymentLink, KnownRevision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Item = dict[str, AttributeValueTypeDef]

MOST_BYTES = 100 * 1024
"""An item may not be larger: DynamoDB takes four times this, but a transaction of many such items,
and a reader of them, does not."""

CONFIRM_WITHIN = timedelta(minutes=5)
"""An announcement that is not confirmed by then is sent again."""

KEEP_ANNOUNCEMENTS = timedelta(days=30)
KEEP_OUTCOMES = timedelta(days=30)
KEEP_PUSHES = timedelta(days=30)
KEEP_LINKS = timedelta(days=60)
KEEP_REVISIONS = timedelta(days=365)
KEEP_DEPLOYMENTS = timedelta(days=365)

T = TypeVar("T")


def text(value: str) -> "AttributeValueTypeDef":
    """Return a string as an attribute."""
    return {"S": value}


def number(value: int) -> "AttributeValueTypeDef":
    """Return a whole number as an attribute."""
    return {"N": str(value)}


def key_of(key: Key) -> "Item":
    """Return a primary key as attributes."""
    return {"pk": text(key.pk), "sk": text(key.sk)}


def record_item(key: Key, kind: str, record: object, version: int = 1) -> "Item":
    """Return the item of a record: what every item has.

    Raises:
        Refused: the record is too large to be kept.
    """
    body = encode(record)
    size = len(body.encode())
    if size > MOST_BYTES:
        message = (
            f"the {kind} {key.pk} {key.sk} is {size} bytes long and was not written: "
            f"the ledger keeps at most {MOST_BYTES} bytes an item"
        )
        raise Refused(message, "ItemTooLarge")
    return key_of(key) | {
        "kind": text(kind),
        "schema": number(SCHEMA),
        "version": number(version),
        "body": text(body),
    }


def of_stage(stage: StageId | None) -> "Item":
    """Return the attribute that names the stage an item belongs to; none where there is none."""
    return {} if stage is None else {"stage": text(str(stage))}


def timer(owner: str, due_at: datetime | None) -> "Item":
    """Return the attributes that put an item on the index of timers; none without a moment.

    `owner`, a stage or a subject, chooses the shard.
    """
    if due_at is None:
        return {}
    return {"due_shard": text(keys.due_shard(owner)), "due_at": number(seconds(due_at))}


def expiry(since: datetime | None, keep: timedelta) -> "Item":
    """Return the attribute by which DynamoDB removes an item some day after `keep` is over."""
    return {} if since is None else {"expires_at": number(seconds(since + keep))}


def stage_item(stage: StageRecord) -> "Item":
    """Return the item of a stage; it is on the index while the stage has a timer."""
    return (
        record_item(keys.stage(stage.id), "stage", stage, stage.version)
        | of_stage(stage.id)
        | timer(str(stage.id), stage.due_at)
    )


def target_item(target: TargetRecord) -> "Item":
    """Return the item of a target."""
    key = keys.target(target.stage, target.service)
    return record_item(key, "target", target, target.version) | of_stage(target.stage)


def deployment_item(deployment: DeploymentRecord) -> "Item":
    """Return the item of a deployment; a finished one is kept for a year."""
    key = keys.deployment(deployment.stage, deployment.number)
    item = record_item(key, "deployment", deployment, deployment.version)
    return item | of_stage(deployment.stage) | expiry(deployment.finished_at, KEEP_DEPLOYMENTS)


def intent_item(intent: Intent) -> "Item":
    """Return the item of an intent; it lies where the stage's next reconcile reads it."""
    key = keys.intent(intent.stage, intent.id)
    return record_item(key, "intent", intent) | of_stage(intent.stage)


def outcome_item(outcome: EventOutcome) -> "Item":
    """Return the item of the end of an (event, stage) pair."""
    item = record_item(keys.outcome(outcome.stage, outcome.event), "outcome", outcome)
    return item | of_stage(outcome.stage) | expiry(outcome.at, KEEP_OUTCOMES)


def outbox_item(announcement: Announcement) -> "Item":
    """Return the item of an announcement that nobody has confirmed yet."""
    key = keys.outbox(announcement.subject, announcement.sequence)
    return (
        record_item(key, "outbox", announcement)
        | of_stage(announcement.stage)
        | timer(announcement.subject, announcement.at + CONFIRM_WITHIN)
        | expiry(announcement.at, KEEP_ANNOUNCEMENTS)
    )


def revision_item(known: KnownRevision, since: datetime | None) -> "Item":
    """Return the item by which a registered revision is found again."""
    key = keys.revision(known.home, known.family, known.fingerprint)
    return record_item(key, "revision", known) | expiry(since, KEEP_REVISIONS)


def link_item(link: EcsDeploymentLink, since: datetime | None) -> "Item":
    """Return the item by which an ECS deployment finds its stage."""
    key = keys.ecs_deployment(link.home, link.ecs_deployment_id)
    item = record_item(key, "ecs-deployment", link)
    return item | of_stage(link.stage) | expiry(since, KEEP_LINKS)


def follower_item(repository: RepositoryRef, follower: Follower, number: int) -> "Item":
    """Return the item by which a repository finds a stage, as configuration `number` has it."""
    key = keys.repository_lookup(repository, follower.stage)
    return record_item(key, "follower", follower, number) | of_stage(follower.stage)


def pipeline_lookup_item(pipeline: PipelineRef, follower: PipelineFollower, number: int) -> "Item":
    """Return the item by which a pipeline finds an application, as configuration `number` has."""
    key = keys.pipeline_lookup(pipeline, follower.application)
    return record_item(key, "pipeline-follower", follower, number)


def git_item(follower: PushFollower, number: int) -> "Item":
    """Return the item by which a Git repository finds an application's configuration `number`."""
    return record_item(keys.git_lookup(follower), "git", follower, number)


def project_item(project: ProjectId, number: int) -> "Item":
    """Return the item by which a build project finds an application's configuration `number`."""
    return record_item(keys.project_lookup(project), "project", project, number)


def push_item(push: PushRecord) -> "Item":
    """Return the item of a push, of the version that it is written with."""
    item = record_item(keys.push(push.hash), "push", push, push.version)
    return item | expiry(push.received_at, KEEP_PUSHES)


def push_link_item(link: PushLink) -> "Item":
    """Return the item by which an execution finds the push that started it."""
    return record_item(keys.push_link(link.execution), "push-link", link) | expiry(
        link.at, KEEP_DEPLOYMENTS
    )


def switch_item(switch: StopSwitch) -> "Item":
    """Return the item of the stop switch."""
    return record_item(keys.stop_switch(), "switch", switch, switch.version)


def switch_in(item: "Mapping[str, AttributeValueTypeDef] | None") -> StopSwitch:
    """Return the stop switch of an item; without one nobody ever turned it."""
    return NEVER_TURNED if item is None else record_of(item, StopSwitch)


def pointed_at(pointer: "Mapping[str, AttributeValueTypeDef]") -> int:
    """Return the number of the configuration that an application's pointer names."""
    check_schema(int(pointer["schema"]["N"]), pointer["pk"]["S"])
    return int(pointer["number"]["N"])


def stage_named(item: "Mapping[str, AttributeValueTypeDef]") -> StageId:
    """Return the stage that an item belongs to."""
    return StageId.parse(item["stage"]["S"])


def seconds(moment: datetime) -> int:
    """Return a moment in epoch seconds, rounded up: a timer never goes off early."""
    return ceil(moment.timestamp())


def record_of(item: "Mapping[str, AttributeValueTypeDef]", kind: type[T]) -> T:
    """Return the record of an item.

    Raises:
        UnknownSchema: a newer version of Longshore wrote the item.
    """
    check_schema(int(item["schema"]["N"]), f"{item['pk']['S']} {item['sk']['S']}")
    return decode(item["body"]["S"], kind)
