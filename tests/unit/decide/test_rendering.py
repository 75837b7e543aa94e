"""Rendering changes images and our own tags, and nothing else."""

import pytest

from longshore.decide.rendering import (
    FINGERPRINT_TAG,
    UnknownContainerError,
    managed_containers,
    references_for,
    render,
)
from longshore.domain.configuration import TargetSpec
from tests.support.builders import REPOSITORY, SERVICE, make_digest, make_release

READ_ONLY = frozenset({"taskDefinitionArn", "revision", "status"})
OLD = f"{REPOSITORY.uri}:1.0.0"
NEW = f"{REPOSITORY.uri}@{make_digest(2)}"
DEFINITION: dict[str, object] = {
    "taskDefinitionArn": "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:7",
    "revision": 7,
    "status": "ACTIVE",
    "family": "web",
    "cpu": "",
    "volumes": [],
    "somethingNew": {"kept": 0},
    "containerDefinitions": [
        {"name": "sidecar", "image": "public.ecr.aws/envoy:1", "cpu": 0, "environment": []},
        {"name": "web", "image": OLD, "environment": [{"name": "EMPTY", "value": ""}]},
    ],
}


def test_only_the_image_of_the_mapped_container_changes() -> None:
    rendered = render(DEFINITION, [], {"web": NEW}, read_only=READ_ONLY)

    expected = {key: value for key, value in DEFINITION.items() if key not in READ_ONLY}
    containers = rendered.definition.pop("containerDefinitions")
    rendered.definition.pop("tags")
    expected.pop("containerDefinitions")
    assert expected == rendered.definition
    assert containers == [
        {"name": "sidecar", "image": "public.ecr.aws/envoy:1", "cpu": 0, "environment": []},
        {"name": "web", "image": NEW, "environment": [{"name": "EMPTY", "value": ""}]},
    ]


def test_the_input_is_left_alone() -> None:
    render(DEFINITION, [], {"web": NEW}, read_only=READ_ONLY)

    assert [c["image"] for c in DEFINITION["containerDefinitions"]] == [  # type: ignore[attr-defined]  # an open document
        "public.ecr.aws/envoy:1",
        OLD,
    ]


def test_tags_are_the_inputs_in_order_then_ours() -> None:
    tags = [{"key": "team", "value": "shop"}, {"key": "cost", "value": ""}]

    rendered = render(
        DEFINITION, tags, {"web": NEW}, read_only=READ_ONLY, own_tags={"longshore:stage": "a/b"}
    )

    assert rendered.definition["tags"] == [
        *tags,
        {"key": FINGERPRINT_TAG, "value": rendered.fingerprint},
        {"key": "longshore:stage", "value": "a/b"},
    ]


def test_our_own_tags_of_an_earlier_revision_are_replaced() -> None:
    old = [{"key": FINGERPRINT_TAG, "value": "old"}, {"key": "longshore:release", "value": "old"}]

    rendered = render(DEFINITION, old, {"web": NEW}, read_only=READ_ONLY)

    tags = rendered.definition["tags"]
    assert tags == [{"key": FINGERPRINT_TAG, "value": rendered.fingerprint}]


def test_the_fingerprint_is_that_of_the_content_not_of_our_tags() -> None:
    plain = render(DEFINITION, [], {"web": NEW}, read_only=READ_ONLY)
    tagged = render(
        {**DEFINITION, "revision": 8},
        [{"key": "longshore:release", "value": "r"}],
        {"web": NEW},
        read_only=READ_ONLY,
        own_tags={"longshore:stage": "a/b"},
    )
    other = render(DEFINITION, [], {"web": f"{NEW[:-1]}0"}, read_only=READ_ONLY)
    foreign = render(DEFINITION, [{"key": "a", "value": "b"}], {"web": NEW}, read_only=READ_ONLY)

    assert plain.fingerprint == tagged.fingerprint
    assert len({plain.fingerprint, other.fingerprint, foreign.fingerprint}) == 3


def test_an_unknown_container_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownContainerError, match="no container 'api'; it has 'sidecar', 'web'"):
        render(DEFINITION, [], {"api": NEW}, read_only=READ_ONLY)


def test_containers_are_found_by_their_repository() -> None:
    release = make_release(2)

    assert references_for(DEFINITION, TargetSpec(SERVICE), release) == {"web": NEW}


@pytest.mark.parametrize(
    "image",
    [
        OLD,
        NEW,
        f"{REPOSITORY.uri}:1@{make_digest(1)}",
        REPOSITORY.uri,
        "123456789012.dkr.ecr-fips.eu-central-1.amazonaws.com/checkout:1",
        "123456789012.dkr-ecr.eu-central-1.on.aws/checkout:1",
    ],
)
def test_every_form_of_an_ecr_image_is_recognised(image: str) -> None:
    definition = {"family": "f", "containerDefinitions": [{"name": "c", "image": image}]}

    assert managed_containers(definition, TargetSpec(SERVICE), {"app": REPOSITORY}) == {"c": "app"}


@pytest.mark.parametrize(
    "image",
    [
        "999999999999.dkr.ecr.eu-central-1.amazonaws.com/checkout:1",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/checkout:1",
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com/checkout-other:1",
        "checkout:1",
        "",
    ],
)
def test_what_only_resembles_the_repository_is_not_managed(image: str) -> None:
    definition = {"family": "f", "containerDefinitions": [{"name": "c", "image": image}]}

    with pytest.raises(UnknownContainerError, match="no container of task definition f runs"):
        managed_containers(definition, TargetSpec(SERVICE), {"app": REPOSITORY})


def test_containers_named_by_the_target_are_managed_whatever_they_run() -> None:
    target = TargetSpec(SERVICE, containers=(("sidecar", "app"),))

    assert references_for(DEFINITION, target, make_release(2)) == {"sidecar": NEW}


@pytest.mark.parametrize("containers", [{}, {"containerDefinitions": "none"}])
def test_what_has_no_containers_is_carried_over(containers: dict[str, object]) -> None:
    rendered = render({"family": "f", **containers}, [], {}, read_only=READ_ONLY)

    assert {k: v for k, v in rendered.definition.items() if k != "tags"} == {
        "family": "f",
        **containers,
    }
