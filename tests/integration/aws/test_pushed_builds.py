"""Builds that pushes started, on DynamoDB: one origin an image, one word a failure."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.aws import items, keys
from longshore.aws.pushed_builds import DynamoPushedBuildStore
from longshore.aws.timelines import DynamoTimelineStore
from longshore.domain.origins import BuiltImage, Origin
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.projects import ProjectId
from longshore.domain.pushes import GitRepository, Provider, PushLink, Startable
from longshore.usecases.watch_ports import BuildChanges
from tests.support.builders import make_digest
from tests.support.fakes import NOON
from tests.support.ledgers import DynamoWorld
from tests.support.permissions import permissions_used

BUILD = "checkout-image:813953eb-2284"
LINK = PushLink(
    execution=BUILD,
    kind=Startable.BUILD,
    name="checkout-image",
    push="hash",
    repository=GitRepository(Provider.GITHUB, "acme/checkout"),
    ref="refs/heads/main",
    commit="c" * 40,
    pusher="ada",
    at=NOON,
)
IMAGE = BuiltImage(digest=make_digest(1), origin=Origin(commit="c" * 40), build=BUILD)
TOLD = Announcement(
    stage=None,
    subject=f"checkout:{BUILD}",
    sequence=1,
    name=EventName.BUILD_FAILED,
    at=NOON,
    detail={"reason": "it failed"},
    project=ProjectId("checkout", "checkout-image"),
)
CHANGES = BuildChanges(ended_at=NOON, image=IMAGE, announcements=(TOLD,))


@pytest.fixture
def store(dynamo: DynamoWorld) -> DynamoPushedBuildStore:
    return DynamoPushedBuildStore(dynamo.table)


def test_the_push_behind_a_build_is_found(
    dynamo: DynamoWorld, store: DynamoPushedBuildStore
) -> None:
    dynamo.table.transact(
        [{"Put": {"TableName": dynamo.table.name, "Item": items.push_link_item(LINK)}}]
    )

    assert store.push_of(BUILD) == LINK
    assert store.push_of(f"{BUILD}0") is None


def test_what_was_told_is_not_told_again_whoever_comes(
    dynamo: DynamoWorld, store: DynamoPushedBuildStore
) -> None:
    assert store.commit(CHANGES)
    told = dynamo.get(keys.outbox(TOLD.subject, 1))
    assert told is not None
    dynamo.table.remove_timer(keys.outbox(TOLD.subject, 1))  # as one that has gone out
    later = replace(TOLD, at=NOON + timedelta(hours=1))

    assert not store.commit(replace(CHANGES, announcements=(later,)))

    kept = dynamo.get(keys.outbox(TOLD.subject, 1))
    assert kept == {name: value for name, value in told.items() if not name.startswith("due_")}


def test_origin_and_word_are_written_together_or_not_at_all(
    dynamo: DynamoWorld, store: DynamoPushedBuildStore
) -> None:
    store.commit(replace(CHANGES, image=None))

    assert not store.commit(CHANGES)

    assert dynamo.get(keys.origin(IMAGE.digest)) is None


def test_the_first_build_that_pushed_an_image_stays_its_origin_for_a_year(
    dynamo: DynamoWorld, store: DynamoPushedBuildStore
) -> None:
    first = BuildChanges(ended_at=NOON, image=IMAGE)

    assert store.commit(first)
    assert store.commit(replace(first, image=replace(IMAGE, build="checkout-image:2")))

    item = dynamo.get(keys.origin(IMAGE.digest))
    assert item is not None
    assert DynamoTimelineStore(dynamo.table).image(IMAGE.digest) == IMAGE
    assert int(int(item["expires_at"]["N"]) - NOON.timestamp()) // 86400 == 365


def test_the_watch_needs_no_more_than_for_executions(
    dynamo: DynamoWorld, store: DynamoPushedBuildStore
) -> None:
    dynamo.calls.calls.clear()
    store.push_of(BUILD)
    dynamo.directory.started_for_pushes("checkout-image")
    store.commit(CHANGES)

    found = permissions_used(dynamo.calls.calls, "aws", "123456789012")
    assert {permission.action for permission in found} == {
        "dynamodb:BatchGetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    }
