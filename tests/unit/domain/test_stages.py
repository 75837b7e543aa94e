"""What a stage remembers has an end, however large its releases are."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.aws import items
from longshore.domain.configuration import MOST_IMAGES, StageImage
from longshore.domain.holds import Hold, HoldKind, Veto
from longshore.domain.policies import TagPolicy
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import MOST_KEPT_IMAGES, MOST_VETOES, StageRecord
from tests.support.builders import REPOSITORY, STAGE, make_digest
from tests.support.fakes import NOON

WHY = "checkout/production#17: prod/checkout-web did not come up within the deadline. " * 3


def make_release(number: int, images: int) -> Release:
    """Return a release of so many images, with names as long as people give them."""
    return Release.of(
        ReleasedImage(
            f"checkout-service-{place:02}",
            replace(REPOSITORY, name=f"team/checkout/service-{place:02}"),
            make_digest(100 * number + place),
            f"2026.11.29-{number:08x}",
            NOON + timedelta(minutes=number),
        )
        for place in range(images)
    )


def vetoing(count: int, images: int) -> StageRecord:
    stage = StageRecord(STAGE)
    for number in range(count):
        release = make_release(number, images)
        stage = stage.vetoing(Veto(release.content, release, WHY, NOON))
    return stage


@pytest.mark.parametrize(
    ("images", "kept"),
    [
        (1, MOST_VETOES),
        (10, MOST_KEPT_IMAGES // 10),
        (MOST_IMAGES, 2),
        (MOST_KEPT_IMAGES + 1, 1),
    ],
)
def test_the_newest_vetoes_are_kept_as_far_as_there_is_room(images: int, kept: int) -> None:
    stage = vetoing(30, images)

    assert [veto.release for veto in stage.vetoes] == [
        make_release(number, images) for number in range(30 - kept, 30)
    ]


def test_a_release_that_is_vetoed_again_is_so_once() -> None:
    stage = vetoing(3, 1)
    again = Veto(stage.vetoes[0].content, stage.vetoes[0].release, "again", NOON)

    assert [veto.reason for veto in stage.vetoing(again).vetoes] == [WHY, WHY, "again"]


def test_the_largest_stage_fits_into_its_item() -> None:
    release = make_release(99, MOST_IMAGES)
    follows = tuple(StageImage(i.alias, i.repository, TagPolicy("main")) for i in release.images)
    hold = Hold(HoldKind.ADOPTED, WHY, NOON, release.content, release)
    stage = replace(vetoing(30, MOST_IMAGES), follows=follows, live=release, hold=hold)
    for number in range(20):
        stage = stage.proving(make_release(number, MOST_IMAGES))

    assert items.stage_item(stage)


def test_the_newest_releases_that_were_verified_are_kept_once_each() -> None:
    stage = StageRecord(STAGE)
    for number in (1, 2, 3, 1):
        stage = stage.proving(make_release(number, 1))

    assert list(stage.verified) == [make_release(n, 1) for n in (1, 3, 2)]
