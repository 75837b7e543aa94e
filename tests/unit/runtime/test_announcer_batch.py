import json
from typing import Any

import pytest

from longshore.aws.items import outbox_item, stage_item
from longshore.domain.errors import Throttled
from longshore.domain.outcomes import Announcement
from longshore.domain.stages import StageRecord
from longshore.runtime.announcer import announce_batch
from longshore.runtime.batch import BatchFailedError
from longshore.usecases.publishing_ports import AnnouncePorts
from tests.support.builders import STAGE, make_announcement, make_stage_announcement
from tests.support.publishing_fakes import FakeBus, FakeNoticeQueue, FakeOutboxStore
from tests.support.runtime import Written, sequence_number, stream_event


class World:
    def __init__(self) -> None:
        self.bus = FakeBus()
        self.notices = FakeNoticeQueue()
        self.outbox = FakeOutboxStore()
        self.written = Written()
        self.ports = AnnouncePorts(self.bus, self.notices, self.outbox)

    def announce(self, *images: dict[str, Any] | None) -> object:
        return announce_batch(stream_event(*images), self.ports, self.written.journal)


def image(announcement: Announcement) -> dict[str, Any]:
    return dict(outbox_item(announcement))


FIRST, OTHER = make_announcement(1), make_stage_announcement(1)


def test_what_the_stream_shows_of_the_outbox_goes_out() -> None:
    world = World()

    assert world.announce(image(FIRST), image(OTHER)) == {"batchItemFailures": []}
    assert world.outbox.confirmed == [FIRST.id, OTHER.id]
    assert [line["announcement"] for line in world.written.lines] == [FIRST.id, OTHER.id]


def test_an_announcement_comes_through_the_table_unchanged() -> None:
    world = World()

    world.announce(image(FIRST))

    assert world.bus.seen == [FIRST]


def test_what_is_confirmed_or_none_of_the_outbox_does_not_go_out() -> None:
    world = World()
    confirmed = image(FIRST)
    del confirmed["due_at"], confirmed["due_shard"]
    stage = dict(stage_item(StageRecord(STAGE)))

    assert world.announce(confirmed, stage, None) == {"batchItemFailures": []}
    assert world.bus.published == []
    assert world.written.lines == []


def test_exactly_what_did_not_go_out_comes_again(capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    world.bus.refused[OTHER.id] = "the bus did not take it: InternalFailure"

    answered = world.announce(image(FIRST), image(OTHER))

    assert answered == {"batchItemFailures": [{"itemIdentifier": sequence_number(1)}]}
    assert world.outbox.confirmed == [FIRST.id]
    unsent = world.written.lines[1]
    assert (unsent["announcement"], unsent["level"]) == (OTHER.id, "WARNING")
    assert json.loads(capsys.readouterr().out)["AnnouncementsUnsent"] == [1.0]


def test_when_nothing_goes_out_lambda_is_told_by_an_error() -> None:
    world = World()
    world.bus.failure = Throttled("events:PutEvents got no answer")

    with pytest.raises(BatchFailedError):
        world.announce(image(FIRST))


def test_an_announcement_that_stands_twice_in_a_batch_goes_out_once() -> None:
    world = World()
    world.bus.refused[FIRST.id] = "not now"

    answered = world.announce(image(FIRST), image(FIRST), image(OTHER))

    assert world.bus.published == [OTHER.id]
    assert answered == {
        "batchItemFailures": [{"itemIdentifier": sequence_number(n)} for n in (0, 1)]
    }


@pytest.mark.parametrize(
    "change",
    [
        {"body": {"S": "{"}},
        {"body": {"S": "{}"}},
        {"body": {"S": "null"}},
        {"body": {"S": '{"stage":7}'}},
        {"body": {"N": "1"}},
        {"schema": {"S": "x"}},
    ],
)
def test_a_record_that_cannot_be_read_ends_and_keeps_no_other_back(
    change: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    world = World()

    assert world.announce({**image(FIRST), **change}, image(OTHER)) == {"batchItemFailures": []}
    assert world.outbox.confirmed == [OTHER.id]
    assert world.written.lines[0]["message"] == "record rejected"
    assert json.loads(capsys.readouterr().out)["MessagesRejected"] == [1.0]


def test_a_record_of_a_newer_version_is_kept_for_it() -> None:
    world = World()

    answered = world.announce({**image(FIRST), "schema": {"N": "2"}}, image(OTHER))

    assert answered == {"batchItemFailures": [{"itemIdentifier": sequence_number(0)}]}
    assert "finish the upgrade" in world.written.lines[0]["exception"]
