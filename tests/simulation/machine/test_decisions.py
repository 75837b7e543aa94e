"""What every decision keeps to, whatever it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from longshore.decide.adoption import (
    common_digests,
    is_pushed_after,
    name_image,
    running_by_alias,
)
from longshore.decide.concerns import concerns
from longshore.decide.explanation import explain
from longshore.decide.promotion import Deploy, HoldBack, decide_move
from longshore.decide.registered import FollowedImage, NamedPipeline, OwnedTarget, Place, Registered
from longshore.decide.rendering import UnknownContainerError, references_for, render
from longshore.decide.selection import Chosen, choose, is_runnable
from longshore.decide.settlement import Broken, Done, UnderWay, settle, to_return
from longshore.decide.support import refusal_of
from longshore.decide.verdict import STALE_FOR, judge, may_call_again
from longshore.domain.configuration import StageImage, TargetSpec
from longshore.domain.deployments import Leg, LegState, Phase
from longshore.domain.facts import Fact
from longshore.domain.failures import StoppedTask
from longshore.domain.observations import EcsDeployment, EcsService, RolloutState
from longshore.domain.releases import RegistryImage, Release
from longshore.domain.stages import StageSnapshot, TargetRecord
from tests.simulation.machine import drawn
from tests.simulation.machine.graphs import leg_may_become
from tests.simulation.machine.profile import examples
from tests.support.builders import REPOSITORY, SERVICE
from tests.support.fakes import NOON
from tests.support.watch_fakes import EXECUTION

shown = st.none() | drawn.services
over = drawn.legs.filter(lambda leg: leg.state.over)
fleets = st.lists(drawn.targets, max_size=4, unique_by=lambda target: target.service)

ROLLING = Leg(LegState.ROLLING, revision=drawn.REVISIONS[0], ecs_deployment_id=drawn.IDS[0])
OVERTAKEN = EcsDeployment(
    drawn.IDS[0], drawn.REVISIONS[0], primary=False, rollout=RolloutState.IN_PROGRESS
)
COMPLETED = EcsDeployment(
    drawn.IDS[1], drawn.REVISIONS[0], primary=True, rollout=RolloutState.COMPLETED
)
FORCED = EcsService(
    "ACTIVE", "ECS", "ROLLING", 2, drawn.REVISIONS[0], deployments=(COMPLETED, OVERTAKEN)
)
"""Somebody forced a new deployment of what we brought, and ECS has completed it."""

documents: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["web", "", REPOSITORY.uri]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["image", "family", "key"]), inner)
    ),
    max_leaves=8,
)
containers = st.fixed_dictionaries(  # of all fields the name alone is held to the API's model
    {"name": st.sampled_from(["web", "log", ""])},
    optional={"image": st.just(REPOSITORY.uri) | documents, "environment": documents},
)
definitions = st.fixed_dictionaries(
    {},
    optional={
        "family": documents,
        "status": documents,
        "tags": documents,
        "containerDefinitions": documents | st.lists(containers, max_size=3),
    },
)

# ── the verdict over one way of one target ───────────────────────────────────────────────────


@examples(200)
@example(ROLLING, FORCED, NOON)
@given(drawn.legs, shown, drawn.moments)
def test_the_same_look_twice_says_nothing_more(
    leg: Leg, service: EcsService | None, now: datetime
) -> None:
    judged = judge(leg, service, now)

    assert judge(judged, service, now) == judged


@examples(200)
@given(over, shown, drawn.moments)
def test_what_is_over_stays_as_it_ended(
    leg: Leg, service: EcsService | None, now: datetime
) -> None:
    assert judge(leg, service, now) is leg
    assert not may_call_again(leg, now)


@examples(200)
@given(drawn.legs, st.lists(shown, max_size=5), drawn.moments)
def test_whatever_is_shown_a_leg_moves_along_its_graph(
    leg: Leg, looks: Sequence[EcsService | None], now: datetime
) -> None:
    for service in looks:
        judged = judge(leg, service, now)

        assert leg_may_become(leg, judged)
        assert _written_before_the_call(judged) == _written_before_the_call(leg)
        assert judged.reason or not judged.state.over or leg.state.over
        leg, now = judged, now + STALE_FOR / 2


def _written_before_the_call(leg: Leg) -> tuple[object, ...]:
    return leg.revision, leg.fingerprint, leg.origins, leg.present


@examples(200)
@given(drawn.legs, shown, drawn.moments)
def test_good_is_only_what_ecs_showed_as_completed(
    leg: Leg, service: EcsService | None, now: datetime
) -> None:
    judged = judge(leg, service, now)

    if judged.state.good and not leg.state.over:
        assert service is not None
        ours = service.deployment(judged.ecs_deployment_id or "")
        assert ours is not None
        assert ours.rollout is RolloutState.COMPLETED
        assert (judged.state is LegState.COMPLETED) == (service.desired_count > 0)


@examples(200)
@given(drawn.legs, drawn.moments)
def test_a_call_is_made_again_only_long_after_it_was_first_missed(leg: Leg, now: datetime) -> None:
    if may_call_again(leg, now):
        assert leg.state is LegState.CALLING
        assert leg.unseen_since is not None
        assert now - leg.unseen_since >= STALE_FOR


# ── the verdict over a stage ─────────────────────────────────────────────────────────────────


@examples(200)
@given(fleets, st.lists(drawn.legs, min_size=4, max_size=4))
def test_a_broken_stage_stays_broken_as_more_of_its_targets_end(
    fleet: list[TargetRecord], ends: list[Leg]
) -> None:
    later = [
        target if target.forward.state.over else replace(target, forward=end)
        for target, end in zip(fleet, ends, strict=False)
    ]

    if not isinstance(settle(fleet), UnderWay):
        assert type(settle(later)) is type(settle(fleet))


@examples(200)
@given(fleets)
def test_one_failure_decides_and_success_needs_them_all(fleet: list[TargetRecord]) -> None:
    states = [target.forward.state for target in fleet]

    match settle(fleet):
        case Broken(target, _):
            assert target in fleet
            assert target.forward.state.over
            assert not target.forward.state.good
        case Done(unproven):
            assert all(state.good for state in states)
            assert len(unproven) == states.count(LegState.UNPROVEN)
        case UnderWay():
            assert not all(state.over for state in states)
            assert all(state.good for state in states if state.over)
    assert all(target in fleet for target in to_return(fleet))


# ── the choice, and whether the stage moves there ────────────────────────────────────────────


@examples(200)
@given(drawn.images, st.data())
def test_the_choice_does_not_depend_on_the_order_of_a_listing(
    images: Sequence[StageImage], data: st.DataObject
) -> None:
    listed = {image.alias: data.draw(drawn.listings()) for image in images}
    shuffled = {alias: data.draw(st.permutations(found)) for alias, found in listed.items()}

    choice = choose(images, listed)

    assert choose(data.draw(st.permutations(images)), shuffled) == choice or not isinstance(
        choice, Chosen
    )
    assert type(choose(images, shuffled)) is type(choice)
    if isinstance(choice, Chosen):
        assert _all_listed(choice.release, listed)
    else:
        assert choice.reason


def _all_listed(release: Release, listed: Mapping[str, Sequence[RegistryImage]]) -> bool:
    return all(
        any(found.digest == image.digest and is_runnable(found) for found in listed[image.alias])
        for image in release.images
    )


@examples(200)
@given(drawn.snapshots, drawn.releases)
def test_a_stage_moves_by_itself_only_past_no_hold_no_veto_and_never_back(
    snapshot: StageSnapshot, candidate: Release
) -> None:
    move = decide_move(snapshot, candidate)
    stage, flight = snapshot.stage, snapshot.deployment

    assert move.reason
    if isinstance(move, HoldBack):
        assert move.release == candidate
    if not isinstance(move, Deploy):
        return
    assert move.release == candidate
    assert flight is None or flight.phase is not Phase.ROLLING_BACK
    if not stage.allows(candidate):
        assert stage.veto_of(candidate) is None
        assert stage.hold is None or not stage.hold.covers(candidate)
        assert isinstance(decide_move(snapshot, candidate), Deploy)


# ── nothing that is shown makes a decision raise ─────────────────────────────────────────────


@examples(200)
@given(drawn.facts, st.none() | st.from_type(Registered))
def test_every_fact_concerns_somebody_or_has_a_reason_not_to(
    fact: Fact, registered: Registered | None
) -> None:
    assert concerns(fact, registered).reason


@examples(200)
@given(drawn.facts, drawn.selections)
def test_a_fact_that_names_what_a_stage_has_is_answered_too(fact: Fact, selection: Any) -> None:
    repository = getattr(fact, "repository", REPOSITORY)
    mention = getattr(fact, "service", None) or SERVICE
    execution = getattr(fact, "execution", EXECUTION)
    registered = Registered(
        # CodeCommit's repositories are names, and nobody follows one.
        (FollowedImage("a/b", getattr(repository, "name", ""), Place(), selection),),
        (OwnedTarget("a/b", SERVICE.cluster, mention.name, Place()),),
        (NamedPipeline("a", execution.pipeline.name, Place()),),
    )

    assert concerns(fact, registered).reason


@examples(200)
@given(st.lists(st.from_type(StoppedTask), max_size=3), st.none() | st.text(max_size=5))
def test_every_failure_is_explained(tasks: list[StoppedTask], last_event: str | None) -> None:
    assert explain("prod/web", "It did not come up.", tasks, last_event).summary


@examples(200)
@given(drawn.services)
def test_a_service_can_be_deployed_to_or_it_is_said_why_not(service: EcsService) -> None:
    assert bool(refusal_of(service)) == (
        (service.status, service.controller, service.strategy) != ("ACTIVE", "ECS", "ROLLING")
    )


@examples(200)
@given(definitions, drawn.images, st.dictionaries(st.just("web"), st.just("sha256:1")))
def test_what_a_service_runs_is_known_or_left_out(
    definition: dict[str, object], images: Sequence[StageImage], running: dict[str, str]
) -> None:
    digests = running_by_alias(definition, TargetSpec(SERVICE), images, lambda: running)
    common = common_digests([digests], images)

    assert digests.keys() <= {image.alias for image in images}
    assert common is None or common == digests
    for image in images:
        assert name_image(image, "sha256:1", None).digest == "sha256:1"


@examples(200)
@given(drawn.releases, st.none() | drawn.releases, drawn.moments)
def test_what_is_newer_than_a_moment_was_pushed_after_it(
    candidate: Release, live: Release | None, moment: datetime
) -> None:
    unchanged = {image.digest for image in live.images} if live else set()
    times = [image.pushed_at for image in candidate.images if image.digest not in unchanged]

    assert is_pushed_after(candidate, live, moment) == all(t and t > moment for t in times)


@examples(200)
@given(definitions, drawn.releases)
def test_a_definition_is_rendered_or_names_the_container_that_it_lacks(
    definition: dict[str, object], release: Release
) -> None:
    try:
        references = references_for(definition, TargetSpec(SERVICE), release)
        rendered = render(definition, [], references, read_only=frozenset({"status"}))
    except UnknownContainerError:
        return
    again = render(rendered.definition, [], references, read_only=frozenset({"status", "tags"}))
    assert again.fingerprint == rendered.fingerprint
