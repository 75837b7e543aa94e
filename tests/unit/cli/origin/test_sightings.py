"""Which deployment brought an image, and by whose word it came from somewhere."""

from collections.abc import Sequence

import pytest

from longshore.domain.deployments import DeploymentRecord, Phase, Trigger, TriggerKind
from longshore.domain.origins import Origin
from longshore.domain.places import RepositoryRef
from longshore.domain.releases import Release, ReleasedImage
from longshore_cli.origin.sightings import SeenImage, Sighting, images_of, seen_images
from tests.unit.cli.conftest import HOME
from tests.unit.cli.records import BAD, GOOD, STAGE, deployment

DIGEST = BAD.images[0].digest
BY_PIPELINE = Trigger(TriggerKind.DEPLOY, None, (), Origin(pipeline="shop", execution="e-1"))


def image(alias: str, number: int, repository: str = "shop") -> ReleasedImage:
    digest = f"sha256:{number:064x}"
    return ReleasedImage(alias, RepositoryRef(HOME, repository), digest, str(number))


def seen(*history: DeploymentRecord, live: Release | None = None) -> SeenImage:
    (found,) = seen_images(DIGEST, None, [Sighting(STAGE, live, (), history)])
    return found


def numbers(found: Sequence[DeploymentRecord]) -> list[int]:
    return [each.number for each in found]


def test_a_deployment_that_left_the_image_as_it_was_did_not_bring_it() -> None:
    kept = deployment(Phase.SUCCEEDED, 3, before=BAD)
    brought = deployment(Phase.SUCCEEDED, 2, before=GOOD)

    assert numbers(seen(kept, brought).deployments) == [2]
    assert seen(kept).deployments == []


@pytest.mark.parametrize(
    ("newer", "older", "number"),
    [
        (Phase.SUCCEEDED, Phase.SUCCEEDED, 2),
        (Phase.PROGRESSING, Phase.SUCCEEDED, 2),
        (Phase.ROLLED_BACK, Phase.SUCCEEDED, 1),
        (Phase.FAILED, Phase.ROLLED_BACK, 2),
    ],
)
def test_a_deployment_that_ended_badly_brought_it_only_where_no_other_did(
    newer: Phase, older: Phase, number: int
) -> None:
    history = (deployment(newer, 2), deployment(older, 1))

    assert numbers(seen(*history).deployments) == [number]


def test_what_one_of_several_said_is_known_after_a_rollback_by_hand() -> None:
    """The deployment that brought it back says nothing; the first one did."""
    again = deployment(Phase.SUCCEEDED, 5, trigger=Trigger(TriggerKind.ROLLBACK, "ana"))
    first = deployment(Phase.SUCCEEDED, 2, trigger=BY_PIPELINE)

    found = seen(again, first)

    assert numbers(found.deployments) == [5]
    assert found.told == (first, BY_PIPELINE.origin)
    assert seen(again).told is None


def test_of_several_images_of_a_first_deployment_nobody_knows_whose_origin_it_is() -> None:
    two = Release.of([*BAD.images, image("worker", 7, "worker")])
    first = deployment(Phase.SUCCEEDED, 1, release=two, before=None, trigger=BY_PIPELINE)
    alone = deployment(Phase.SUCCEEDED, 1, before=None, trigger=BY_PIPELINE)
    later = deployment(Phase.SUCCEEDED, 2, release=two, before=GOOD, trigger=BY_PIPELINE)

    assert seen(first).told is None
    assert seen(alone).told == (alone, BY_PIPELINE.origin)
    assert seen(later).told == (later, BY_PIPELINE.origin)


def test_an_origin_without_execution_and_commit_leads_nowhere() -> None:
    trigger = Trigger(TriggerKind.DEPLOY, None, (), Origin(pipeline="shop"))

    assert seen(deployment(Phase.SUCCEEDED, trigger=trigger)).told is None


def test_a_digest_in_two_repositories_is_two_images() -> None:
    here, there = image("app", 2), image("app", 2, "copy")
    sightings = [
        Sighting(STAGE, Release.of([here])),
        Sighting(STAGE, None, (Release.of([there]),)),
    ]

    first, second = seen_images(here.digest, None, sightings)

    assert (first.repository, first.live_in) == (here.repository.uri, (STAGE,))
    assert (second.repository, second.live_in) == (there.repository.uri, ())
    (asked,) = seen_images(here.digest, there.repository.uri, sightings)
    assert asked == second


def test_a_digest_that_no_stage_knows_is_an_image_without_a_place() -> None:
    assert seen_images(DIGEST, None, []) == [SeenImage(digest=DIGEST)]
    (named,) = seen_images(DIGEST, "nginx", [])
    assert (named.reference, named.aliases, named.came) == (f"nginx@{DIGEST}", (), ())


def test_an_image_of_a_release_has_the_tag_that_the_release_has() -> None:
    retagged = Release.of([ReleasedImage("web", BAD.images[0].repository, DIGEST, "1.5")])
    history = (deployment(Phase.SUCCEEDED, 1),)

    (found,) = images_of(retagged, Sighting(STAGE, retagged, (BAD,), history))

    assert (found.tags, found.aliases) == (("1.5",), ("web",))
    assert numbers(found.came) == [1]
    (searched,) = seen_images(DIGEST, None, [Sighting(STAGE, retagged, (BAD,), history)])
    assert (searched.tags, searched.aliases) == (("1.5", "1.5.0"), ("web", "app"))
