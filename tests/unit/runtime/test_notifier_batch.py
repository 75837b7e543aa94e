import json

import pytest

from longshore.domain.errors import Throttled
from longshore.domain.outcomes import Announcement
from longshore.events.messages import encode_announcement
from longshore.runtime.batch import BatchFailedError
from longshore.runtime.notifier import notify_batch
from longshore.usecases.publishing_ports import NotifyPorts
from tests.support.builders import make_announcement, make_stage_announcement
from tests.support.publishing_fakes import FakeChannel, InMemoryNoticeStore
from tests.support.runtime import Written, sqs_event

FIRST, SECOND, OTHER = make_announcement(1), make_announcement(2), make_stage_announcement(1)


class World:
    def __init__(self) -> None:
        self.channel = FakeChannel()
        self.told = InMemoryNoticeStore()
        self.written = Written()
        self.ports = NotifyPorts(self.channel, self.told)

    def notify(self, *announcements: Announcement) -> object:
        event = sqs_event(
            *((each.id, encode_announcement(each)) for each in announcements),
            groups=[each.subject for each in announcements],
        )
        return notify_batch(event, self.ports, self.written.journal)


def test_people_are_told_in_order_and_each_once() -> None:
    world = World()

    assert world.notify(FIRST, SECOND, FIRST, OTHER) == {"batchItemFailures": []}
    assert [line["outcome"] for line in world.written.lines] == ["told", "told", "stale", "told"]
    assert len(world.channel.notices) == 3


def test_behind_a_notice_that_was_not_taken_its_subject_waits() -> None:
    world = World()

    class Choosy(FakeChannel):
        def publish(self, notice: object) -> None:
            if "#1" in str(notice):
                raise Throttled("sns:Publish got no answer")

    world.ports = NotifyPorts(Choosy(), world.told)
    deployment = {"deployment": "checkout/production#1"}
    first, second = (
        Announcement(each.stage, each.subject, each.sequence, each.name, each.at, deployment)
        for each in (FIRST, SECOND)
    )

    answered = world.notify(first, second, OTHER)

    assert answered == {
        "batchItemFailures": [{"itemIdentifier": FIRST.id}, {"itemIdentifier": SECOND.id}]
    }
    assert world.told.told == {OTHER.thread: 1}


def test_a_channel_that_is_down_loses_nothing() -> None:
    world = World()
    world.channel.failure = Throttled("sns:Publish got no answer")
    with pytest.raises(BatchFailedError):
        world.notify(FIRST, SECOND)
    world.channel.failure = None

    assert world.notify(FIRST, SECOND) == {"batchItemFailures": []}
    assert len(world.channel.notices) == 2


def test_a_malformed_message_ends_and_the_rest_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    event = sqs_event(("1", "{}"), ("2", encode_announcement(FIRST)), groups=("a", "a"))

    answered = notify_batch(event, world.ports, world.written.journal)

    assert answered == {"batchItemFailures": []}
    assert len(world.channel.notices) == 1
    assert world.written.lines[0]["message_id"] == "1"
    assert json.loads(capsys.readouterr().out)["MessagesRejected"] == [1.0]
