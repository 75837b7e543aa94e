"""Which image of a stage each image of a deploy action is."""

from dataclasses import replace

import pytest

from longshore.decide.job_images import Sought, by_file, by_tag
from longshore.domain.configuration import StageSpec
from longshore.domain.jobs import FailureType, JobError, JobParameters, NamedImage
from tests.support.builders import REPOSITORY, STAGE, make_digest, make_spec
from tests.support.harbour import WORKER_REPOSITORY, two_services

ASKED = JobParameters(stage=STAGE)
ONE, TWO = make_spec(), two_services()


def image(version: str, container: str | None = "web", uri: str = REPOSITORY.uri) -> NamedImage:
    return NamedImage(f"{uri}{version}", container)


def naming(spec: StageSpec, *containers: tuple[str, str]) -> StageSpec:
    targets = tuple(replace(target, containers=containers) for target in spec.targets)
    return replace(spec, targets=targets)


def refusal(spec: StageSpec, *images: NamedImage, asked: JobParameters = ASKED) -> str:
    with pytest.raises(JobError) as refused:
        by_file(spec, asked, images)
    assert refused.value.type is FailureType.CONFIGURATION
    return str(refused.value)


def test_images_are_found_by_their_repository() -> None:
    found = by_file(TWO, ASKED, [image(":v2"), image(":v3", "job", WORKER_REPOSITORY.uri)])

    assert [(each.image.alias, str(each)) for each in found] == [
        ("app", "checkout:v2"),
        ("worker", "checkout-worker:v3"),
    ]


def test_containers_go_before_repositories() -> None:
    twice = replace(ONE, images=(*ONE.images, replace(ONE.images[0], alias="sidecar")))

    (found,) = by_file(naming(twice, ("web", "app"), ("proxy", "sidecar")), ASKED, [image(":v2")])

    assert found.image.alias == "app"


def test_a_digest_goes_before_a_tag_and_the_details_digest_before_that() -> None:
    named = NamedImage(f"{REPOSITORY.uri}:v2@{make_digest(2)}", None, make_digest(3))

    (found,) = by_file(ONE, ASKED, [named])
    (without,) = by_file(ONE, ASKED, [replace(named, digest=None)])

    assert (found.tag, found.digest) == ("v2", make_digest(3))
    assert without.digest == make_digest(2)


def test_an_image_without_a_version_is_the_latest() -> None:
    (found,) = by_file(ONE, ASKED, [image("")])

    assert (found.tag, str(found)) == ("latest", "checkout:latest")


def test_a_digest_alone_is_named_by_its_beginning() -> None:
    sought = Sought(ONE.images[0], None, "sha256:" + "ab" * 32)

    assert str(sought) == "checkout:abababababab"


def test_one_image_may_be_for_several_containers() -> None:
    assert len(by_file(ONE, ASKED, [image(":v2"), image(":v2", "sidecar")])) == 1


def test_one_image_cannot_be_two() -> None:
    assert refusal(ONE, image(":v2"), image(":v3", "sidecar")) == (
        "checkout/production runs one image under app, and the artifact names two: checkout:v2 "
        "and checkout:v3"
    )


def test_a_container_that_no_target_has_is_refused() -> None:
    assert refusal(naming(ONE, ("web", "app")), image(":v2", "wbe")) == (
        "no target of checkout/production has a container 'wbe': name one of web"
    )


def test_an_image_from_elsewhere_is_refused() -> None:
    assert refusal(ONE, image(":v2", "web", WORKER_REPOSITORY.uri)).startswith(
        "the image of container 'web' is of the repository checkout-worker (123456789012, "
        "eu-central-1), and checkout/production runs images of checkout only"
    )


@pytest.mark.parametrize("reference", ["nginx:1.27", "", "ghcr.io/acme/checkout:v2"])
def test_an_image_outside_ecr_is_refused(reference: str) -> None:
    assert "is no image of a private ECR registry" in refusal(ONE, NamedImage(reference))


def test_a_named_image_must_be_of_its_repository() -> None:
    spec = naming(TWO, ("web", "worker"))

    assert refusal(spec, image(":v2")).startswith(
        "the image of container 'web' is checkout of account 123456789012 in eu-central-1, but "
        "checkout/production takes worker from checkout-worker"
    )


def test_two_images_of_one_repository_ask_for_a_name() -> None:
    twice = replace(ONE, images=(*ONE.images, replace(ONE.images[0], alias="sidecar")))

    assert refusal(twice, image(":v2", None)) == (
        'the image can be app, sidecar of checkout/production: say which with "image" in '
        "UserParameters"
    )
    (found,) = by_file(twice, replace(ASKED, image="sidecar"), [image(":v2", None)])
    assert found.image.alias == "sidecar"


def test_a_tag_is_of_the_only_image_or_of_the_named_one() -> None:
    tagged = replace(ASKED, tag="v2")

    assert by_tag(ONE, tagged).image.alias == "app"
    assert by_tag(TWO, replace(tagged, image="worker")) == Sought(TWO.images[1], "v2", None)


@pytest.mark.parametrize(
    ("alias", "said"),
    [
        (None, 'has the images app, worker: say which with "image" in UserParameters'),
        ("ap", "has no image 'ap': name one of app, worker"),
    ],
)
def test_a_tag_of_nothing_in_particular_is_refused(alias: str | None, said: str) -> None:
    with pytest.raises(JobError, match=said):
        by_tag(TWO, replace(ASKED, tag="v2", image=alias))
