import json
from typing import Any

import pytest

from longshore.domain.errors import (
    LongshoreError,
    NotPermitted,
    Refused,
    Throttled,
    UnknownReply,
)
from longshore.domain.outcomes import Announcement
from longshore.events.messages import chat_group, encode_announcement
from longshore.runtime.batch import BatchFailedError
from longshore.runtime.notifier import notify_batch
from longshore.usecases.chat_ports import NotTaken
from longshore.usecases.publishing_ports import NotifyPorts
from tests.support.builders import make_announcement, make_stage_announcement
from tests.support.chat_fakes import ChatWorld
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


class ChatBatch(World):
    """The same world, with a chat."""

    def __init__(self) -> None:
        super().__init__()
        self.chat = ChatWorld()
        self.ports = NotifyPorts(self.channel, self.told, self.chat.ports)

    def tell(self, *announcements: Announcement) -> object:
        """Hand out what was queued for the channels, or these announcements."""
        queued = announcements or self.chat.queue.queued
        event = sqs_event(
            *((each.id, encode_announcement(each)) for each in queued),
            groups=[chat_group(each) for each in queued],
        )
        return notify_batch(event, self.ports, self.written.journal)


def counted(capsys: pytest.CaptureFixture[str]) -> set[str]:
    """The metrics that were counted."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = {"ChatWaiting", "ChatRefused", "ChatRepliesLost", "ChatLost"}
    return {name for line in lines for name in names & line.keys()}


def test_the_chat_is_told_beside_the_topic_in_groups_of_its_own() -> None:
    world = ChatBatch()

    assert world.notify(FIRST, SECOND, OTHER) == {"batchItemFailures": []}
    assert len(world.channel.notices) == 3
    assert world.chat.chat.said == []

    assert world.tell() == {"batchItemFailures": []}
    assert [what for what, _, _ in world.chat.chat.said] == ["open", "edit", "step", "open"]
    assert len(world.channel.notices) == 3


@pytest.mark.parametrize(
    ("error", "metric"),
    [
        (Throttled("Slack is busy"), "ChatWaiting"),
        (NotPermitted("not_in_channel"), "ChatRefused"),
        (UnknownReply("no answer"), "ChatRepliesLost"),
        (Refused("no such secret", "ResourceNotFoundException"), "ChatRefused"),
    ],
)
def test_a_chat_that_is_away_fails_nothing_and_is_told_later(
    error: LongshoreError, metric: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world = ChatBatch()
    world.chat.chat.failures["open #a"] = [error]

    answered = world.tell(FIRST, OTHER)

    assert answered == {
        "batchItemFailures": [{"itemIdentifier": each.id} for each in (FIRST, OTHER)]
    }
    assert counted(capsys) == {metric, "ChatWaiting"}

    assert world.tell(FIRST, OTHER) == {"batchItemFailures": []}
    assert [what for what, _, _ in world.chat.chat.said] == ["open", "open"]


def test_a_chat_that_is_away_delays_no_notice_of_the_same_deployment() -> None:
    world = ChatBatch()
    world.chat.chat.failures["open #a"] = [Throttled("Slack is busy")] * 9

    world.notify(FIRST)
    world.tell()
    world.notify(SECOND)

    assert len(world.channel.notices) == 2


def test_what_the_chat_never_takes_ends_and_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = ChatBatch()
    world.chat.chat.failures["open #a"] = [NotTaken("it is too long", "msg_too_long")]

    assert world.tell(FIRST) == {"batchItemFailures": []}
    assert counted(capsys) == {"ChatLost"}


def test_a_topic_that_is_down_does_not_keep_the_chat_silent() -> None:
    world = ChatBatch()
    world.channel.failure = Throttled("sns:Publish got no answer")

    with pytest.raises(BatchFailedError):
        world.notify(FIRST)

    assert world.chat.queue.queued == [FIRST]


def test_a_queue_that_takes_nothing_for_the_chat_loses_nothing() -> None:
    world = ChatBatch()
    world.chat.queue.failures = [Throttled("sqs:SendMessage got no answer")]
    with pytest.raises(BatchFailedError):
        world.notify(FIRST)
    assert len(world.channel.notices) == 1  # nor does it keep the topic waiting

    assert world.notify(FIRST) == {"batchItemFailures": []}
    assert (len(world.channel.notices), world.chat.queue.queued) == (1, [FIRST])


def test_what_was_queued_for_a_chat_ends_where_there_is_none_any_more() -> None:
    world = ChatBatch()
    world.ports = NotifyPorts(world.channel, world.told)

    assert world.tell(FIRST) == {"batchItemFailures": []}
    assert world.channel.notices == []


def test_a_malformed_message_for_the_chat_ends() -> None:
    world = ChatBatch()
    event = sqs_event(("1", "{}"), groups=[chat_group(FIRST)])

    assert notify_batch(event, world.ports, world.written.journal) == {"batchItemFailures": []}


def test_a_defect_in_telling_the_chat_stays_within_its_group() -> None:
    world = ChatBatch()
    defect: list[Any] = [RuntimeError("a defect")]
    world.chat.chat.failures["open #a"] = defect

    assert world.tell(FIRST, SECOND, OTHER) == {
        "batchItemFailures": [{"itemIdentifier": each.id} for each in (FIRST, SECOND)]
    }
    assert [what for what, _, _ in world.chat.chat.said] == ["open"]
    defect.append(RuntimeError("the same again"))
    with pytest.raises(BatchFailedError):
        world.tell(FIRST, SECOND)
