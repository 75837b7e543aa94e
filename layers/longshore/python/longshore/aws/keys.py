"""Where each item of the ledger lies: one table, keys `pk` and `sk`.

| item | pk | sk |
|---|---|---|
| stage | `stage#app/stage` | `stage` |
| target | `stage#app/stage` | `target#` and the service's key |
| intent | `stage#app/stage` | `wish#` and its id |
| deployment | `deployments#app/stage` | number, ten digits |
| outcome | `outcomes#app/stage` | event id |
| outbox | `outbox#` and the subject | sequence, six digits |
| application pointer | `application#app` | `pointer` |
| configuration | `application#app` | `configuration#` and its number, eight digits |
| repository lookup | `repository#` and the repository | `stage#app/stage` |
| pipeline lookup | `pipeline#` and the pipeline | `application#app` |
| execution | `pipeline#` and the pipeline | `execution#` and its id |
| pipeline | `pipeline#` and the pipeline | `standing` |
| origin | `origin#` and the digest | `execution` |
| project lookup | `project#` and the build project | `application#` and its name |
| Git repository lookup | `git#` provider `:` and the path | `application#` and its name |
| push | `push#` and the hash of its body | `record` |
| execution's push | `execution#` pipeline or project `:` id | `push` |
| service owner | `service#` and the service's key | `owner` |
| ECS deployment link | `ecs-deployment#` home `:` id | `stage` |
| known revision | `revision#` home `:` family | fingerprint |
| stage list | `stages#` shard | `app/stage` |
| token bucket | `bucket#` home | class of API calls |
| line at a bucket | `bucket#` home | class of API calls `#line` |
| stop switch | `switch` | `everything` |
| notifier memory | `notice#` and the thread | channel |

What one reconcile reads of a stage lies in one partition at `sk` ≥ `stage`: one Query. Keys hold
partition, account and region wherever a name alone would not be an identity.
"""

from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

from longshore.domain.pipelines import ExecutionRef, PipelineRef
from longshore.domain.places import Home, RepositoryRef, ServiceRef, StageId
from longshore.domain.projects import ProjectId
from longshore.domain.pushes import GitRepository
from longshore.domain.rates import ApiClass
from longshore.domain.triggers import PushFollower

SHARDS = 4
"""Over how many partitions the stage list and the index of timers are spread."""

DUE_INDEX = "due"
"""The sparse index: hash `due_shard`, range `due_at`; it knows only items that have both."""

STAGE = "stage"
_TARGET = "target#"
_PIPELINE = "pipeline#"
_EXECUTION = "execution#"
SERVED = "application#"
"""How the sort keys begin that name the applications which a pipeline serves."""
_INTENT = "wish#"  # behind `stage`, so that the one query of a reconcile reads it


class Key(NamedTuple):
    """The primary key of an item."""

    pk: str
    sk: str


def stage_partition(stage: StageId) -> str:
    """Return the partition of all that a reconcile reads."""
    return f"stage#{stage}"


def stage(stage: StageId) -> Key:
    """Return where a stage's record lies."""
    return Key(stage_partition(stage), STAGE)


def target(stage: StageId, service: ServiceRef) -> Key:
    """Return where the record of a stage's target lies."""
    return Key(stage_partition(stage), f"{_TARGET}{service.key}")


def is_target(sort_key: str) -> bool:
    """Tell whether an item of a stage's partition is a target."""
    return sort_key.startswith(_TARGET)


def intent(stage: StageId, intent_id: str) -> Key:
    """Return where an intent of a person lies until a reconcile consumes it."""
    return Key(stage_partition(stage), f"{_INTENT}{intent_id}")


def is_intent(sort_key: str) -> bool:
    """Tell whether an item of a stage's partition is an intent."""
    return sort_key.startswith(_INTENT)


def deployments_partition(stage: StageId) -> str:
    """Return the partition of a stage's deployments, in the order of their numbers."""
    return f"deployments#{stage}"


def deployment(stage: StageId, number: int) -> Key:
    """Return where a deployment's record lies."""
    return Key(deployments_partition(stage), f"{number:010d}")


def outcomes_partition(stage: StageId) -> str:
    """Return the partition of the ends of a stage's events, by their ids."""
    return f"outcomes#{stage}"


def outcome(stage: StageId, event: str) -> Key:
    """Return where the end of an (event, stage) pair lies."""
    return Key(outcomes_partition(stage), event)


def outbox_partition(subject: str) -> str:
    """Return the partition of a subject's announcements, in the order of their numbers."""
    return f"outbox#{subject}"


def outbox(subject: str, sequence: int) -> Key:
    """Return where an announcement lies."""
    return Key(outbox_partition(subject), f"{sequence:06d}")


def application_partition(application: str) -> str:
    """Return the partition of an application's pointer and configurations."""
    return f"application#{application}"


def pointer(application: str) -> Key:
    """Return where the number of the configuration in force lies."""
    return Key(application_partition(application), "pointer")


def configuration(application: str, number: int) -> Key:
    """Return where a numbered configuration lies."""
    return Key(application_partition(application), f"configuration#{number:08d}")


def repository_partition(repository: RepositoryRef) -> str:
    """Return the partition of the stages that choose images from a repository."""
    return f"repository#{repository}"


def repository_lookup(repository: RepositoryRef, stage: StageId) -> Key:
    """Return where it says that a stage chooses images from a repository."""
    return Key(repository_partition(repository), f"stage#{stage}")


def pipeline_partition(pipeline: PipelineRef) -> str:
    """Return the partition of what is known of a pipeline, and of those whom it serves."""
    return f"{_PIPELINE}{pipeline}"


def pipeline_lookup(pipeline: PipelineRef, application: str) -> Key:
    """Return where it says that a pipeline serves an application."""
    return Key(pipeline_partition(pipeline), f"{SERVED}{application}")


def pipeline_standing(pipeline: PipelineRef) -> Key:
    """Return where it says how a pipeline stands."""
    return Key(pipeline_partition(pipeline), "standing")


def execution(ref: ExecutionRef) -> Key:
    """Return where the timeline of an execution lies."""
    return Key(pipeline_partition(ref.pipeline), f"{_EXECUTION}{ref.id}")


def execution_at(key: Key) -> ExecutionRef:
    """Return the execution whose timeline lies there."""
    pipeline = PipelineRef.parse(key.pk.removeprefix(_PIPELINE))
    return ExecutionRef(pipeline, key.sk.removeprefix(_EXECUTION))


def origin(digest: str) -> Key:
    """Return where it says which execution built an image."""
    return Key(f"origin#{digest}", "execution")


def git_partition(repository: GitRepository) -> str:
    """Return the partition of the applications that start something for a repository."""
    return f"git#{repository}"


def git_lookup(follower: PushFollower) -> Key:
    """Return where it says that an application starts something for a repository."""
    return Key(git_partition(follower.repository), f"application#{follower.application}")


def project_partition(project: str) -> str:
    """Return the partition of the applications that start builds of a project for pushes."""
    return f"project#{project}"


def project_lookup(project: ProjectId) -> Key:
    """Return where it says that an application starts builds of a project for pushes."""
    return Key(project_partition(project.project), f"application#{project.application}")


def push(name: str) -> Key:
    """Return where it says what came of a push, by the hash of the body that told of it."""
    return Key(f"push#{name}", "record")


def push_link(execution: str) -> Key:
    """Return where it says which push started an execution, `pipeline:id`, or a build."""
    return Key(f"execution#{execution}", "push")


def service_owner(service: ServiceRef) -> Key:
    """Return where it says which stage owns a service."""
    return Key(f"service#{service.key}", "owner")


def ecs_deployment(home: Home, ecs_deployment_id: str) -> Key:
    """Return where it says which stage an ECS deployment belongs to."""
    return Key(f"ecs-deployment#{home}:{ecs_deployment_id}", "stage")


def revision(home: Home, family: str, fingerprint: str) -> Key:
    """Return where the revision of a family with this content is known."""
    return Key(f"revision#{home}:{family}", fingerprint)


def bucket(home: Home, calls: ApiClass) -> Key:
    """Return where the token bucket of a class of calls lies."""
    return Key(f"bucket#{home}", calls.value)


def line(home: Home, calls: ApiClass) -> Key:
    """Return where the line of those who wait for tokens of a class lies."""
    return Key(f"bucket#{home}", f"{calls}#line")


def stage_list(stage: StageId) -> Key:
    """Return where a stage stands in the list that the sweep reads."""
    return Key(f"stages#{_shard(str(stage))}", str(stage))


def stage_list_partitions() -> Iterator[str]:
    """Return every partition of the list that the sweep reads."""
    return (f"stages#{shard}" for shard in range(SHARDS))


def stop_switch() -> Key:
    """Return where it says whether everything is frozen."""
    return Key("switch", "everything")


def notice(thread: str, channel: str = "sns") -> Key:
    """Return where the last sequence told of a thread is remembered."""
    return Key(f"notice#{thread}", channel)


def due_shard(owner: str) -> str:
    """Return the index partition of a stage's or a subject's timers."""
    return f"due#{_shard(owner)}"


def due_shards() -> Iterator[str]:
    """Return every index partition of timers."""
    return (f"due#{shard}" for shard in range(SHARDS))


def _shard(text: str) -> int:
    return crc32(text.encode()) % SHARDS
