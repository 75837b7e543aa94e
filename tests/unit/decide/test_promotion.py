"""Whether a stage moves: holds and vetoes first, never backwards, always with a reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.decide.promotion import Deploy, HoldBack, Stay, decide_move
from longshore.domain.deployments import Phase, Trigger, TriggerKind
from longshore.domain.holds import Allowance, Hold, HoldKind, Veto
from longshore.domain.outcomes import Outcome
from longshore.domain.policies import SemverPolicy
from longshore.domain.releases import Release
from longshore.domain.stages import StageRecord, StageSnapshot
from longshore.domain.stop_switch import StopSwitch
from tests.support.builders import STAGE, make_deployment, make_release, make_spec
from tests.support.fakes import NOON

OLD, LIVE, NEW = make_release(1), make_release(2), make_release(3)
BETWEEN = NOON + timedelta(minutes=2, seconds=30)
"""After LIVE was pushed, before NEW was."""
LATER = NOON + timedelta(hours=1)


def at(stage: StageRecord | None = None, **more: object) -> StageSnapshot:
    record = stage or StageRecord(STAGE, live=LIVE, stable=LIVE)
    snapshot = StageSnapshot(
        record, make_spec(), 1, deploy_wanted=False, applied_by="", applied_at=NOON
    )
    return replace(snapshot, **more)  # type: ignore[arg-type]  # fields by name


def under_semver(snapshot: StageSnapshot) -> StageSnapshot:
    image = replace(snapshot.spec.images[0], selection=SemverPolicy("*"))
    return replace(snapshot, spec=replace(snapshot.spec, images=(image,)))


def tagged(release: Release, tag: str) -> Release:
    return Release.of([replace(release.images[0], tag=tag)])


def test_a_newer_digest_is_deployed() -> None:
    assert isinstance(decide_move(at(), NEW), Deploy)


def test_the_first_release_is_deployed() -> None:
    assert isinstance(decide_move(at(StageRecord(STAGE)), NEW), Deploy)


def test_what_is_live_stays() -> None:
    assert decide_move(at(), LIVE) == Stay(f"{LIVE} is live")


def test_another_tag_on_the_live_digest_is_an_alias() -> None:
    move = decide_move(at(), tagged(LIVE, "other"))

    assert isinstance(move, Stay)
    assert "another name of what is live" in move.reason


def test_an_older_push_is_held_as_moved_back() -> None:
    move = decide_move(at(), OLD)

    assert isinstance(move, HoldBack)
    assert move.kind is HoldKind.MOVED_BACK
    assert "a stage goes back only by a person's word" in move.reason


def test_a_lower_version_never_ships_even_when_pushed_later() -> None:
    live = Release.of([replace(LIVE.images[0], tag="1.5.0")])
    snapshot = under_semver(at(StageRecord(STAGE, live=live)))

    move = decide_move(snapshot, tagged(NEW, "1.4.9"))

    assert isinstance(move, HoldBack)
    assert "lower version" in move.reason


def test_a_higher_version_ships_even_when_pushed_earlier() -> None:
    live = Release.of([replace(LIVE.images[0], tag="1.5.0")])
    snapshot = under_semver(at(StageRecord(STAGE, live=live)))

    assert isinstance(decide_move(snapshot, tagged(OLD, "1.6.0")), Deploy)


def test_after_a_mixed_adoption_the_stable_release_is_the_measure() -> None:
    snapshot = at(StageRecord(STAGE, live=None, stable=LIVE))

    assert isinstance(decide_move(snapshot, OLD), HoldBack)


@pytest.mark.parametrize("alias", ["main", "another-tag"])
def test_a_vetoed_digest_stays_out_by_whatever_tag(alias: str) -> None:
    veto = Veto(NEW.content, NEW, "it crashed", NOON)
    snapshot = at(StageRecord(STAGE, live=LIVE, vetoes=(veto,)))

    move = decide_move(snapshot, tagged(NEW, alias))

    assert isinstance(move, Stay)
    assert move.outcome is Outcome.HELD
    assert "it crashed" in move.reason


def test_a_hold_covers_the_release_that_it_names() -> None:
    hold = Hold(HoldKind.ADOPTED, "adopted as it is", NOON, NEW.content, NEW)
    snapshot = at(StageRecord(STAGE, live=LIVE, hold=hold))

    assert decide_move(snapshot, NEW) == Stay("held (adopted): adopted as it is", Outcome.HELD)
    assert isinstance(decide_move(snapshot, make_release(4)), Deploy)


@pytest.mark.parametrize("live", [None, OLD])
def test_what_is_older_than_what_was_held_at_adoption_is_not_newer(live: Release | None) -> None:
    hold = Hold(HoldKind.ADOPTED, "adopted as it is", LATER, NEW.content, NEW)

    move = decide_move(at(StageRecord(STAGE, live=live, hold=hold)), make_release(2))

    assert move == Stay(f"{make_release(2)} is not newer; {hold.told}", Outcome.HELD)


def test_what_was_held_when_its_service_went_is_not_replaced_by_something_older() -> None:
    hold = Hold(HoldKind.TARGET_GONE, "the service is gone", LATER, NEW.content, NEW)
    snapshot = at(StageRecord(STAGE, live=OLD, hold=hold))

    assert isinstance(decide_move(snapshot, LIVE), Stay)
    assert isinstance(decide_move(snapshot, make_release(4)), Deploy)


def test_the_hold_of_a_tag_that_was_moved_back_keeps_nothing_else_back() -> None:
    hold = Hold(HoldKind.MOVED_BACK, "the tag was moved back", LATER, OLD.content, OLD)

    assert isinstance(decide_move(at(StageRecord(STAGE, live=LIVE, hold=hold)), NEW), Deploy)


def test_what_is_pushed_since_is_newer_than_a_version_that_nobody_wants_any_more() -> None:
    held = tagged(LIVE, "2.0.0")
    hold = Hold(HoldKind.ADOPTED, "adopted as it is", BETWEEN, held.content, held)
    snapshot = under_semver(at(StageRecord(STAGE, live=tagged(OLD, "1.5.0"), hold=hold)))

    assert isinstance(decide_move(snapshot, tagged(NEW, "1.6.0")), Deploy)


def test_what_is_older_than_a_vetoed_release_does_not_ship_in_its_place() -> None:
    veto = Veto(NEW.content, NEW, "it crashed", LATER)
    snapshot = at(StageRecord(STAGE, live=OLD, stable=OLD, vetoes=(veto,)))

    move = decide_move(snapshot, LIVE)

    assert isinstance(move, HoldBack)
    assert move.kind is HoldKind.MOVED_BACK
    assert f"is not newer than {NEW}, which is vetoed: it crashed" in move.reason
    assert isinstance(decide_move(snapshot, make_release(4)), Deploy)


def test_what_is_pushed_since_a_veto_ships_although_its_version_is_lower() -> None:
    vetoed = tagged(LIVE, "2.0.0")
    veto = Veto(vetoed.content, vetoed, "it crashed", BETWEEN)
    snapshot = under_semver(at(StageRecord(STAGE, live=tagged(OLD, "1.5.0"), vetoes=(veto,))))

    assert isinstance(decide_move(snapshot, tagged(NEW, "1.6.0")), Deploy)


def test_the_release_that_was_verified_last_comes_back_past_what_was_vetoed_since() -> None:
    veto = Veto(NEW.content, NEW, "it crashed", LATER)
    snapshot = at(StageRecord(STAGE, live=None, stable=LIVE, vetoes=(veto,)))

    assert isinstance(decide_move(snapshot, LIVE), Deploy)
    assert isinstance(decide_move(snapshot, OLD), HoldBack)


def test_a_stage_whose_services_differ_goes_below_none_of_them() -> None:
    snapshot = at(StageRecord(STAGE, found=NEW))

    assert isinstance(decide_move(snapshot, LIVE), HoldBack)
    assert isinstance(decide_move(snapshot, make_release(4)), Deploy)


def test_a_newer_image_beside_an_older_one_ships_after_an_adoption() -> None:
    worker = replace(make_spec().images[0], alias="worker")
    spec = replace(make_spec(), images=(*make_spec().images, worker))

    def of(web: Release, other: Release) -> Release:
        return Release.of([web.images[0], replace(other.images[0], alias="worker")])

    hold = Hold(HoldKind.ADOPTED, "adopted as it is", LATER, "content", of(LIVE, LIVE))
    snapshot = at(StageRecord(STAGE, hold=hold), spec=spec)

    assert isinstance(decide_move(snapshot, of(OLD, NEW)), Deploy)
    assert isinstance(decide_move(snapshot, of(OLD, LIVE)), Stay)


def test_an_image_that_was_added_since_an_adoption_is_newer() -> None:
    hold = Hold(HoldKind.ADOPTED, "adopted as it is", NOON, "content", Release(()))

    assert isinstance(decide_move(at(StageRecord(STAGE, hold=hold)), OLD), Deploy)


def test_a_hold_that_names_none_covers_all() -> None:
    hold = Hold(HoldKind.REPLACED, "somebody else moved it", NOON)

    move = decide_move(at(StageRecord(STAGE, live=LIVE, hold=hold)), make_release(4))

    assert isinstance(move, Stay)


def test_a_person_lets_through_what_is_kept_back() -> None:
    veto = Veto(NEW.content, NEW, "it crashed", NOON)
    allowance = Allowance(NEW.content, Trigger(TriggerKind.RETRY, "somebody"))
    snapshot = at(StageRecord(STAGE, live=LIVE, vetoes=(veto,), allowance=allowance))

    assert isinstance(decide_move(snapshot, NEW), Deploy)


def test_a_newer_push_supersedes_what_is_on_its_way() -> None:
    snapshot = at(deployment=replace(make_deployment(), release=NEW))

    assert isinstance(decide_move(snapshot, make_release(4)), Deploy)


def test_what_is_on_its_way_is_not_begun_again() -> None:
    snapshot = at(deployment=replace(make_deployment(), release=NEW))

    assert isinstance(decide_move(snapshot, NEW), Stay)


def test_going_back_to_what_is_live_during_a_rollout_takes_a_person() -> None:
    snapshot = at(deployment=replace(make_deployment(), release=NEW))

    assert isinstance(decide_move(snapshot, LIVE), HoldBack)


def test_nothing_begins_while_a_stage_is_being_returned() -> None:
    flight = replace(make_deployment(), release=NEW, phase=Phase.ROLLING_BACK)

    move = decide_move(at(deployment=flight), make_release(4))

    assert isinstance(move, Stay)
    assert "rolled back" in move.reason


@pytest.mark.parametrize(("now", "then"), [("1.0.0", "v1.0.0"), ("main", "1.0.0")])
def test_where_versions_do_not_tell_the_push_time_does(now: str, then: str) -> None:
    live = tagged(LIVE, now)
    stage = StageRecord(STAGE, live=live, stable=live)

    assert isinstance(decide_move(under_semver(at(stage)), tagged(OLD, then)), HoldBack)
    assert isinstance(decide_move(under_semver(at(stage)), tagged(NEW, then)), Deploy)


def test_an_image_that_the_live_release_does_not_have_is_no_step_back() -> None:
    image = replace(OLD.images[0], alias="worker")
    spec = make_spec()
    both = replace(spec, images=(*spec.images, replace(spec.images[0], alias="worker")))

    move = decide_move(at(spec=both), Release.of([*LIVE.images, image]))

    assert isinstance(move, Deploy)


FROZEN = StopSwitch(on=True, actor="arn:of:ada", reason="prices are wrong", since=NOON, version=1)


@pytest.mark.parametrize(
    "stage",
    [
        StageRecord(STAGE, live=LIVE, stable=LIVE),
        StageRecord(
            STAGE, live=LIVE, allowance=Allowance(NEW.content, Trigger(TriggerKind.RETRY, "ada"))
        ),
        StageRecord(STAGE, live=LIVE, hold=Hold(HoldKind.FAILED, "it broke", NOON)),
    ],
)
def test_a_freeze_goes_before_all_that_a_stage_has_of_its_own(stage: StageRecord) -> None:
    move = decide_move(at(stage, switch=FROZEN), NEW)

    assert isinstance(move, Stay)
    assert move.outcome is Outcome.HELD
    assert move.reason.endswith(f"waits: {FROZEN.told}")


def test_what_is_live_is_not_held_by_a_freeze() -> None:
    assert decide_move(at(switch=FROZEN), LIVE) == Stay(f"{LIVE} is live")
