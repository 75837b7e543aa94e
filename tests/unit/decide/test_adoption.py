"""Which release a service already runs."""

from dataclasses import replace

import pytest

from longshore.decide.adoption import newest, running_by_alias
from longshore.domain.configuration import StageImage, TargetSpec
from longshore.domain.policies import SemverPolicy
from longshore.domain.releases import ReleasedImage
from tests.support.builders import SERVICE, make_release, make_spec


def test_a_definition_without_the_named_container_runs_nothing_that_is_known() -> None:
    definition = {"containerDefinitions": [{"name": "web", "image": "nginx"}]}
    target = TargetSpec(SERVICE, containers=(("api", "app"),))

    assert running_by_alias(definition, target, make_spec().images, dict) == {}


MAIN = make_spec().images[0]
SEMVER = replace(MAIN, selection=SemverPolicy("*"))


def image(number: int, tag: str = "main") -> ReleasedImage:
    return make_release(number, tag).images[0]


UNKNOWN = replace(image(9), pushed_at=None)


@pytest.mark.parametrize(
    ("by", "found", "expected"),
    [
        (MAIN, [image(2), image(3), image(1)], image(3)),
        (MAIN, [UNKNOWN, image(1)], image(1)),
        (MAIN, [UNKNOWN], UNKNOWN),
        (SEMVER, [image(1, "1.10.0"), image(2, "1.9.0")], image(1, "1.10.0")),
        (SEMVER, [image(1, "1.0.0"), image(2, "main")], image(1, "1.0.0")),
        (SEMVER, [image(1), image(2)], image(2)),
    ],
)
def test_the_newest_image_is_so_by_its_policy(
    by: StageImage, found: list[ReleasedImage], expected: ReleasedImage
) -> None:
    assert newest(by, found) == expected
