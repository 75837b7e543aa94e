"""The images of a stage: there, kept, heard of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from longshore.domain.configuration import StageImage
from longshore.domain.holds import Veto
from longshore.domain.places import Home, RepositoryRef
from longshore.domain.policies import SemverPolicy, TagPolicy
from longshore.domain.releases import ReleasedImage
from longshore.domain.stages import StageRecord, StageSnapshot
from longshore_cli.doctor import images
from longshore_cli.doctor.findings import Check, Finding, Status
from longshore_cli.doctor.lifecycle import Rule, StoredImage
from tests.support.builders import HOME, REPOSITORY, STAGE, make_digest, make_release, make_spec

CHECK = Check("some", str(STAGE))
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FOLLOWED = StageImage("app", REPOSITORY, TagPolicy("main"))


def snapshot(stage: StageRecord) -> StageSnapshot:
    return StageSnapshot(
        stage,
        make_spec(),
        1,
        deploy_wanted=False,
        applied_by="ana",
        applied_at=NOW,
    )


def kept(number: int = 1, *uses: str) -> images.KeptImage:
    return images.KeptImage(make_release(number).images[0], uses or ("live",))


def stored(number: int, *tags: str, days: float, archived: bool = False) -> StoredImage:
    return StoredImage(make_digest(number), tags, NOW - timedelta(days=days), archived=archived)


def rule(priority: int, status: str, count_type: str, number: int) -> Rule:
    selection = {"tagStatus": status, "countType": count_type, "countNumber": number}
    unit = {} if count_type == "imageCountMoreThan" else {"countUnit": "days"}
    action = {"type": "expire"}
    return Rule.parse(
        {"rulePriority": priority, "selection": {**selection, **unit}, "action": action}
    )


def untagged_after(days: int) -> Rule:
    return rule(1, "untagged", "sinceImagePushed", days)


def newest(count: int) -> Rule:
    return rule(2, "any", "imageCountMoreThan", count)


def judged(
    rules: list[Rule], *found: StoredImage, followed: StageImage | None = FOLLOWED
) -> Finding:
    shelf = images.Shelf({image.digest: image for image in found}, rules, NOW)
    return images.judge_lifecycle(CHECK, kept(), shelf, followed)


def test_each_image_that_must_not_go_is_named_once_with_its_uses() -> None:
    live = make_release(3)
    stage = StageRecord(STAGE, live=live, stable=live, earlier=(make_release(2),))

    found = images.kept_images(snapshot(stage))

    assert [(each.image.digest, each.uses) for each in found] == [
        (make_digest(3), ("live", "stable")),
        (make_digest(2), ("rollback target",)),
    ]
    assert str(found[0]).startswith("live and stable main (")


def test_the_target_is_the_one_that_a_rollback_would_take() -> None:
    """What was vetoed is passed over, as `longshore rollback` does."""
    veto = Veto(make_release(2).content, make_release(2), "it failed", NOW)
    live, earlier = make_release(3), (make_release(2), make_release(1))
    stage = StageRecord(STAGE, live=live, stable=live, earlier=earlier, vetoes=(veto,))

    found = images.kept_images(snapshot(stage))

    assert [each.image.digest for each in found] == [make_digest(3), make_digest(1)]


def test_what_runs_counts_before_anything_was_deployed() -> None:
    stage = StageRecord(STAGE, found=make_release(1))

    assert [each.uses for each in images.kept_images(snapshot(stage))] == [("live",)]
    assert images.kept_images(snapshot(StageRecord(STAGE))) == []


def test_an_image_that_is_gone_or_archived_is_a_problem() -> None:
    there = {make_digest(1): stored(1, "main", days=1)}
    archived = {make_digest(1): stored(1, "main", days=1, archived=True)}

    live = images.judge_presence(CHECK, "shop/staging", kept(1, "live"), {})
    target = images.judge_presence(CHECK, "shop/staging", kept(1, "rollback target"), {})
    cold = images.judge_presence(CHECK, "shop/staging", kept(1, "stable"), archived)

    assert {live.status, target.status, cold.status} == {Status.PROBLEM}
    assert "new tasks cannot start" in live.message
    assert "a rollback to it would fail" in target.message
    assert "longshore deploy shop/staging TAG" in target.next_step
    assert "cannot be pulled" in cold.message
    assert "--target-storage-class STANDARD" in cold.next_step
    assert images.judge_presence(CHECK, "x/y", kept(1), there).status is Status.OK


def test_a_policy_that_takes_the_image_with_its_next_look_is_a_problem() -> None:
    finding = judged([newest(1)], stored(1, "main", days=9), stored(2, "v2", days=1))

    assert finding.status is Status.PROBLEM
    assert finding.message == (
        "rule 2 of the lifecycle policy of checkout expires live main (000000000000) within a day"
    )
    assert "get-lifecycle-policy --repository-name checkout" in finding.next_step


def test_a_policy_that_takes_it_after_a_few_pushes_or_days_is_a_warning() -> None:
    few = judged([newest(4)], stored(1, "v1", days=9), stored(2, "v2", days=1))
    aged = rule(3, "any", "sinceImagePushed", 13)
    days = judged([aged], stored(1, "v1", days=9))

    assert (few.status, days.status) == (Status.WARNING, Status.WARNING)
    assert "after 3 more pushes" in few.message
    assert "in 4 d" in days.message


def test_a_policy_that_has_time_is_told() -> None:
    finding = judged([newest(30)], stored(1, "v1", days=9))

    assert finding.status is Status.OK
    assert "after 30 more pushes" in finding.message
    assert "no rule of checkout" in judged([], stored(1, "v1", days=9)).message


def test_what_a_moving_tag_leaves_behind_is_foreseen() -> None:
    """Today the tag protects it. With the next push the rule about untagged images takes it."""
    finding = judged([untagged_after(1)], stored(1, "main", days=9))

    assert finding.status is Status.WARNING
    assert "once its tag moves on, rule 1" in finding.message
    assert "a rollback to it would then fail" in finding.message


@pytest.mark.parametrize(
    ("tags", "followed"),
    [
        (("main", "sha-1"), FOLLOWED),  # the other tag stays
        (("1.2.3",), replace(FOLLOWED, selection=SemverPolicy("^1"))),
        (("main",), None),  # no image of the stage any more
    ],
)
def test_an_image_that_keeps_a_tag_is_safe(
    tags: tuple[str, ...], followed: StageImage | None
) -> None:
    finding = judged([untagged_after(1)], stored(1, *tags, days=9), followed=followed)

    assert finding.status is Status.OK


@pytest.mark.parametrize(
    ("mutability", "filters", "wanted"),
    [
        ("MUTABLE", [], Status.OK),
        ("IMMUTABLE", [], Status.WARNING),
        ("IMMUTABLE_WITH_EXCLUSION", ["ma*"], Status.OK),
        ("IMMUTABLE_WITH_EXCLUSION", ["latest"], Status.WARNING),
        ("MUTABLE_WITH_EXCLUSION", ["ma*"], Status.WARNING),
        ("MUTABLE_WITH_EXCLUSION", ["v*"], Status.OK),
    ],
)
def test_a_tag_that_is_followed_must_be_able_to_move(
    mutability: str, filters: list[str], wanted: Status
) -> None:
    excluded = [{"filterType": "WILDCARD", "filter": each} for each in filters]
    settings = {"imageTagMutability": mutability, "imageTagMutabilityExclusionFilters": excluded}

    assert images.judge_tag(CHECK, FOLLOWED, settings).status is wanted


def test_versions_need_no_tag_that_moves() -> None:
    image = replace(FOLLOWED, selection=SemverPolicy("^1"))

    assert images.judge_tag(CHECK, image, {"imageTagMutability": "IMMUTABLE"}).status is Status.OK


def test_pushes_elsewhere_are_not_heard() -> None:
    there = RepositoryRef(Home("aws", "999999999999", "us-east-1"), "checkout")
    elsewhere = replace(FOLLOWED, repository=there)

    near, far = images.judge_reach(CHECK, [FOLLOWED, elsewhere], HOME)

    assert (near.status, far.status) == (Status.OK, Status.WARNING)
    assert "only the sweep" in far.message


def test_an_image_is_shown_by_tag_and_digest() -> None:
    image = ReleasedImage("app", REPOSITORY, make_digest(1), "main")

    assert str(images.KeptImage(image, ("live",))) == f"live {image}"
