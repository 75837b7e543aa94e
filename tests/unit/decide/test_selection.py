"""What the policies choose does not depend on the order in which a registry lists."""

from datetime import timedelta
from itertools import permutations

import pytest

from longshore.decide.selection import Chosen, NothingToChoose, choose
from longshore.domain.configuration import StageImage
from longshore.domain.policies import SemverPolicy, TagPolicy
from longshore.domain.releases import RegistryImage
from tests.support.builders import REPOSITORY, make_digest
from tests.support.fakes import NOON


def make_image(number: int, *tags: str, media_type: str | None = None) -> RegistryImage:
    return RegistryImage(make_digest(number), tags, NOON + timedelta(minutes=number), media_type)


def chosen_tag(policy: TagPolicy | SemverPolicy, *images: RegistryImage) -> str | None:
    choice = choose([StageImage("app", REPOSITORY, policy)], {"app": images})
    return choice.release.images[0].tag if isinstance(choice, Chosen) else None


@pytest.mark.parametrize(
    ("wanted", "tags", "expected"),
    [
        ("^1.4", ["1.4.0", "1.5.2", "2.0.0"], "1.5.2"),
        ("^1.4", ["1.10.0", "1.9.0"], "1.10.0"),
        ("^1.4", ["v1.6.0", "1.5.0"], "v1.6.0"),
        ("^1.4", ["1.6.0-rc.1", "1.5.0"], "1.5.0"),
        (">=1.6.0-0", ["1.6.0-rc.1", "1.5.0"], "1.6.0-rc.1"),
        ("", ["2.0.0-beta", "1.0.0"], "1.0.0"),
        ("*", ["12345678", "1.0.0", "1.2"], "1.0.0"),
        ("^1.4", ["latest", "main", "2.0.0"], None),
        ("^1.4", [], None),
    ],
)
def test_semver_takes_the_highest_version_in_the_range(
    wanted: str, tags: list[str], expected: str | None
) -> None:
    images = [make_image(number, tag) for number, tag in enumerate(tags)]

    for listed in permutations(images):
        assert chosen_tag(SemverPolicy(wanted), *listed) == expected


def test_equal_versions_are_told_apart_by_the_later_push() -> None:
    early, late = make_image(1, "v1.5.0"), make_image(2, "1.5.0")

    assert chosen_tag(SemverPolicy("^1"), early, late) == "1.5.0"
    assert chosen_tag(SemverPolicy("^1"), late, early) == "1.5.0"


def test_a_tag_policy_takes_what_the_tag_names() -> None:
    assert chosen_tag(TagPolicy("main"), make_image(1, "main", "1.0.0")) == "main"
    assert chosen_tag(TagPolicy("main")) is None


def test_what_no_task_can_run_is_no_candidate() -> None:
    chart = make_image(2, "1.6.0", media_type="application/vnd.cncf.helm.config.v1+json")
    image = make_image(1, "1.5.0", media_type="application/vnd.oci.image.config.v1+json")

    assert chosen_tag(SemverPolicy("^1"), chart, image) == "1.5.0"


def test_one_image_without_a_candidate_means_no_release() -> None:
    images = [
        StageImage("app", REPOSITORY, TagPolicy("main")),
        StageImage("proxy", REPOSITORY, SemverPolicy("^9")),
    ]

    choice = choose(images, {"app": [make_image(1, "main")], "proxy": [make_image(2, "1.0.0")]})

    assert choice == NothingToChoose(
        "repository checkout has no image whose tag is a version in semver ^9"
    )
