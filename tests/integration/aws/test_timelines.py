"""Timelines on DynamoDB: conditions, timers, order, and where images came from."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.aws import keys
from longshore.aws.pushes import DynamoPushRecords
from longshore.aws.timelines import DynamoTimelineStore
from longshore.decide.timelines import draw
from longshore.domain.errors import Conflict
from longshore.domain.executions import (
    ActionState,
    BuildOutcome,
    ExecutionState,
    FailedExecution,
    PipelineRecord,
    Timeline,
)
from longshore.domain.origins import BuiltImage, Origin
from longshore.domain.outcomes import EventName
from longshore.domain.pipelines import ExecutionRef
from longshore.domain.pushes import PushRecord
from longshore.usecases.watch_ports import TimelineChanges
from tests.support.builders import make_digest, make_pipeline_announcement, make_push_link
from tests.support.fakes import NOON
from tests.support.ledgers import DynamoWorld
from tests.support.permissions import permissions_used
from tests.support.watch_fakes import COMMIT, EXECUTION, PIPELINE, make_run, make_seen

RUN = replace(
    make_run(1, state=ActionState.FAILED), build=BuildOutcome("BUILD", "no", "https://log")
)
TIMELINE = Timeline(
    execution=EXECUTION,
    state=ExecutionState.FAILED,
    revisions=(COMMIT,),
    runs=(RUN,),
    started_at=NOON,
    attempt_at=NOON,
    ended_at=NOON + timedelta(minutes=1),
    told=(EventName.PIPELINE_FAILED,),
    announced=1,
)
IMAGE = BuiltImage(
    digest=make_digest(1), origin=Origin(pipeline="checkout", execution=EXECUTION.id), build="b:1"
)


@pytest.fixture
def store(dynamo: DynamoWorld) -> DynamoTimelineStore:
    return DynamoTimelineStore(dynamo.table)


def test_an_execution_comes_back_as_it_was_written(store: DynamoTimelineStore) -> None:
    standing = PipelineRecord(PIPELINE, FailedExecution(EXECUTION.id, NOON), NOON)
    assert store.read(EXECUTION).pipeline == PipelineRecord(PIPELINE)
    assert store.read(EXECUTION).timeline is None

    store.commit(TimelineChanges(timeline=TIMELINE, pipeline=standing))

    kept = store.read(EXECUTION)
    assert kept.timeline == replace(TIMELINE, version=1)
    assert kept.pipeline == replace(standing, version=1)


def test_the_push_that_started_an_execution_is_read_with_it(
    dynamo: DynamoWorld, store: DynamoTimelineStore
) -> None:
    assert store.read(EXECUTION).push is None
    link = make_push_link(EXECUTION)

    DynamoPushRecords(dynamo.table).keep(PushRecord(link.push, link.repository, "ada", NOON), link)

    assert store.read(EXECUTION).push == link


def test_a_timeline_that_moved_is_not_written_over_and_nothing_is_told(
    dynamo: DynamoWorld, store: DynamoTimelineStore
) -> None:
    store.commit(TimelineChanges(timeline=TIMELINE))
    told = make_pipeline_announcement()

    with pytest.raises(Conflict):
        store.commit(TimelineChanges(timeline=TIMELINE, announcements=(told,), images=(IMAGE,)))

    assert dynamo.get(keys.outbox(told.subject, 1)) is None
    assert store.image(IMAGE.digest) is None


def test_a_pipeline_that_moved_is_not_written_over(store: DynamoTimelineStore) -> None:
    standing = PipelineRecord(PIPELINE, passed_at=NOON)
    store.commit(TimelineChanges(timeline=TIMELINE, pipeline=standing))
    second = replace(TIMELINE, execution=ExecutionRef(PIPELINE, "second"))

    with pytest.raises(Conflict):
        store.commit(TimelineChanges(timeline=second, pipeline=standing))

    assert store.read(second.execution).timeline is None


def test_what_is_told_lies_in_the_outbox_and_belongs_to_no_stage(
    dynamo: DynamoWorld, store: DynamoTimelineStore
) -> None:
    told = make_pipeline_announcement()
    store.commit(TimelineChanges(timeline=TIMELINE, announcements=(told,)))

    item = dynamo.get(keys.outbox(told.subject, 1))

    assert item is not None
    assert item["kind"] == {"S": "outbox"}
    assert "due_at" in item
    assert "stage" not in item


def test_an_execution_with_a_timer_is_due_until_nobody_asks_for_it(
    dynamo: DynamoWorld, store: DynamoTimelineStore
) -> None:
    running = replace(TIMELINE, state=ExecutionState.IN_PROGRESS, due_at=NOON)
    store.commit(TimelineChanges(timeline=running))

    assert dynamo.directory.due_executions(NOON - timedelta(seconds=1)) == []
    assert dynamo.directory.due_executions(NOON) == [EXECUTION]
    assert dynamo.directory.due_stages(NOON) == []

    store.silence(EXECUTION)
    store.silence(EXECUTION)
    assert dynamo.directory.due_executions(NOON) == []
    assert store.read(EXECUTION).timeline == replace(running, version=1)


def test_a_timeline_is_kept_for_ninety_days_after_it_moved_last(
    dynamo: DynamoWorld, store: DynamoTimelineStore
) -> None:
    store.commit(TimelineChanges(timeline=TIMELINE, images=(IMAGE,)))

    def days(key: keys.Key) -> int:
        item = dynamo.get(key)
        assert item is not None
        return int(int(item["expires_at"]["N"]) - NOON.timestamp()) // 86400

    assert days(keys.execution(EXECUTION)) == 90
    assert days(keys.origin(IMAGE.digest)) == 365


def test_the_first_build_that_pushed_an_image_is_its_origin(store: DynamoTimelineStore) -> None:
    other = replace(IMAGE, build="b:2")
    store.commit(TimelineChanges(timeline=TIMELINE, images=(IMAGE,)))
    again = replace(TIMELINE, version=1)
    store.commit(TimelineChanges(timeline=again, images=(other,)))

    assert store.image(IMAGE.digest) == IMAGE


def test_the_largest_timeline_has_room(store: DynamoTimelineStore) -> None:
    words = '\u20ac"' * 150
    runs = [
        replace(
            make_run(number, f"Stage/A{number}", ActionState.FAILED, minute=number),
            summary=words,
            error=words,
            url="https://x/" + "y" * 900,
        )
        for number in range(300)
    ]
    timeline = draw(make_seen(ExecutionState.FAILED, *runs), None, {})

    store.commit(TimelineChanges(timeline=timeline))

    kept = store.read(EXECUTION).timeline
    assert kept is not None
    assert kept.dropped > 0


def test_the_watch_may_do_what_it_does(dynamo: DynamoWorld, store: DynamoTimelineStore) -> None:
    dynamo.calls.calls.clear()
    dynamo.directory.served_by(PIPELINE)
    store.read(EXECUTION)
    changes = TimelineChanges(timeline=TIMELINE, images=(IMAGE,))
    store.commit(replace(changes, announcements=(make_pipeline_announcement(),)))
    store.silence(EXECUTION)

    found = permissions_used(dynamo.calls.calls, "aws", "123456789012")
    assert {permission.action for permission in found} == {
        "dynamodb:BatchGetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    }
