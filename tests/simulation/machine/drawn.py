"""What Hypothesis draws: legs, services as ECS might show them, releases, stages, registries.

Little is ruled out: what no real AWS would show is drawn too, for the decisions are total.
"""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import strategies as st

from longshore.domain.configuration import StageImage, StageSpec, TargetSpec
from longshore.domain.deployments import (
    DeploymentRecord,
    Leg,
    LegState,
    Phase,
    Trigger,
    TriggerKind,
)
from longshore.domain.facts import Fact
from longshore.domain.holds import Allowance, Hold, HoldKind, Veto
from longshore.domain.observations import EcsDeployment, EcsService, RolloutState
from longshore.domain.pipelines import EXECUTION_ID, ExecutionRef, PipelineRef
from longshore.domain.places import ServiceRef
from longshore.domain.policies import SemverPolicy, TagPolicy
from longshore.domain.releases import RegistryImage, Release, ReleasedImage
from longshore.domain.stages import StageRecord, StageSnapshot, TargetRecord
from tests.support.builders import HOME, REPOSITORY, STAGE, make_digest
from tests.support.fakes import NOON

REVISIONS = tuple(f"arn:aws:ecs:::task-definition/web:{number}" for number in range(1, 4))
IDS = tuple(f"ecs-svc/{number}" for number in range(1, 4))
TAGS = ("main", "nightly", "1.0.0", "v1.0.0", "1.1.0", "1.2.0-rc.1", "2.0.0", "12345678")
ALIASES = ("app", "worker")
MEDIA_TYPES = (
    None,
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.cncf.helm.config.v1+json",
)

moments = st.integers(-120, 120).map(lambda seconds: NOON + timedelta(seconds=seconds))
"""Around noon, so that what lies apart may lie within the time of a stale look or beyond it."""

revisions = st.sampled_from(REVISIONS)
ids = st.sampled_from(IDS)

legs = st.builds(
    Leg,
    state=st.sampled_from(LegState),
    revision=st.none() | revisions,
    fingerprint=st.none() | st.just("f" * 64),
    origins=st.lists(revisions, max_size=2, unique=True).map(tuple),
    present=st.lists(ids, max_size=2, unique=True).map(tuple),
    ecs_deployment_id=st.none() | ids,
    unseen_since=st.none() | moments,
    reason=st.sampled_from(["", "ECS failed the deployment"]),
)

deployments = st.builds(
    EcsDeployment,
    id=ids,
    task_definition=revisions,
    primary=st.booleans(),
    rollout=st.none() | st.sampled_from(RolloutState),
    reason=st.sampled_from(["", "tasks failed to start"]),
)

services = st.builds(
    EcsService,
    status=st.sampled_from(["ACTIVE", "ACTIVE", "DRAINING", "INACTIVE"]),
    controller=st.sampled_from(["ECS", "CODE_DEPLOY"]),
    strategy=st.sampled_from(["ROLLING", "BLUE_GREEN"]),
    desired_count=st.integers(0, 2),
    task_definition=revisions,
    deployments=st.lists(deployments, max_size=3, unique_by=lambda each: each.id).map(tuple),
    breaker_rolls_back=st.booleans(),
)
"""Any number of primary deployments, though ECS has at most one; an id only once."""

targets = st.builds(
    TargetRecord,
    stage=st.just(STAGE),
    service=st.sampled_from(["web", "worker", "cron"]).map(
        lambda name: ServiceRef(HOME, "prod", name)
    ),
    deployment=st.none() | st.just(1),
    forward=legs,
    backward=st.none() | legs,
    astray=st.booleans(),
)

selections = st.one_of(
    st.sampled_from(TAGS).map(TagPolicy),
    st.sampled_from(["", "*", "^1", "~1.0.0", ">=1.2.0-0", "<1 || >=2"]).map(SemverPolicy),
)

images = st.lists(
    st.builds(
        StageImage,
        alias=st.sampled_from(ALIASES),
        repository=st.just(REPOSITORY),
        selection=selections,
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda image: image.alias,
).map(tuple)

releases = st.lists(
    st.builds(
        ReleasedImage,
        alias=st.sampled_from(ALIASES),
        repository=st.just(REPOSITORY),
        digest=st.integers(1, 3).map(make_digest),
        tag=st.none() | st.sampled_from(TAGS),
        pushed_at=st.none() | moments,
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda image: image.alias,
).map(Release.of)


@st.composite
def listings(draw: st.DrawFn) -> list[RegistryImage]:
    """Return what a registry may hold: a digest has any tags, a tag names one digest."""
    owners = draw(st.dictionaries(st.sampled_from(TAGS), st.integers(1, 3)))
    return [
        RegistryImage(
            make_digest(number),
            tuple(tag for tag, owner in owners.items() if owner == number),
            draw(st.none() | moments),
            draw(st.sampled_from(MEDIA_TYPES)),
        )
        for number in range(1, 4)
    ]


holds = st.builds(
    lambda kind, release, everything: Hold(
        kind, "held", NOON, None if everything else release.content, release
    ),
    st.sampled_from(HoldKind),
    releases,
    st.booleans(),
)
vetoes = releases.map(lambda release: Veto(release.content, release, "it crashed", NOON))
allowances = releases.map(
    lambda release: Allowance(release.content, Trigger(TriggerKind.RETRY, "somebody"))
)

stages = st.builds(
    StageRecord,
    id=st.just(STAGE),
    live=st.none() | releases,
    stable=st.none() | releases,
    vetoes=st.lists(vetoes, max_size=2).map(tuple),
    hold=st.none() | holds,
    allowance=st.none() | allowances,
)

flights = st.builds(
    DeploymentRecord,
    stage=st.just(STAGE),
    number=st.just(1),
    phase=st.sampled_from([Phase.PROGRESSING, Phase.ROLLING_BACK]),
    reason=st.just("it is newer"),
    release=releases,
    trigger=st.just(Trigger(TriggerKind.SWEEP)),
    started_at=st.just(NOON),
    deadline_at=moments,
)


def _spec(chosen: Sequence[StageImage]) -> StageSpec:
    return StageSpec(STAGE, tuple(chosen), (TargetSpec(ServiceRef(HOME, "prod", "web")),))


snapshots = st.builds(
    StageSnapshot,
    stage=stages,
    spec=images.map(_spec),
    config=st.just(1),
    deploy_wanted=st.booleans(),
    applied_by=st.just("arn:of:applier"),
    applied_at=moments,
    deployment=st.none() | flights,
)

st.register_type_strategy(
    ExecutionRef,
    st.builds(ExecutionRef, st.from_type(PipelineRef), st.from_regex(EXECUTION_ID, fullmatch=True)),
)
facts: st.SearchStrategy[Fact] = st.from_type(Fact)  # type: ignore[arg-type]  # a union of types
"""Their texts may be anything; only what a type itself refuses is left out."""
