"""SQS by the clock: what only the simulation's can show without waiting."""

import random
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from longshore_local.worlds.ids import Ids
from tests.contract.fakes.boxes import Box, Document, with_dead_letters
from tests.contract.fakes.clouds import NOON, Memory
from tests.simulation.cloud.sqs import Sqs


def after(**time: float) -> datetime:
    return NOON + timedelta(**time)


@pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])
def test_a_message_is_visible_again_when_its_time_is_over(memory: Memory, *, fifo: bool) -> None:
    box = Box(memory.clients, fifo=fifo, VisibilityTimeout="180")
    _ = box.put("1") if fifo else box.send("1")
    box.receive()
    assert memory.sqs.next_visible(box.url) == after(seconds=180)

    memory.later(seconds=179.999)
    assert box.bodies() == []
    memory.later(seconds=0.001)
    assert box.bodies() == ["1"]


def test_a_message_that_is_kept_back_comes_in_its_time(memory: Memory) -> None:
    box = Box(memory.clients)
    box.send("1", DelaySeconds=60)
    assert memory.sqs.next_visible(box.url) == after(seconds=60)

    memory.later(seconds=59)
    assert box.bodies() == []
    memory.later(seconds=1)
    assert box.bodies() == ["1"]


def test_a_fifo_queue_can_keep_back_all(memory: Memory) -> None:
    box = Box(memory.clients, fifo=True, DelaySeconds="60")
    box.put("1")
    memory.later(seconds=30)
    box.put("2")

    memory.later(seconds=30)
    assert box.bodies() == ["1"]


def test_more_time_counts_from_when_it_is_asked_for(memory: Memory) -> None:
    box = Box(memory.clients)
    box.send()
    (message,) = box.receive()
    memory.later(seconds=15)

    box.hide(message, 10)

    assert memory.sqs.next_visible(box.url) == after(seconds=25)


def test_an_empty_queue_is_never_visible(memory: Memory) -> None:
    box = Box(memory.clients)
    assert memory.sqs.next_visible(box.url) is None
    box.send()
    (message,) = box.receive()
    box.delete(message)

    assert memory.sqs.next_visible(box.url) is None


def test_a_locked_group_is_visible_when_its_last_one_is(memory: Memory) -> None:
    box = Box(memory.clients, fifo=True)
    for body in "123":
        box.put(body)
    first, second = box.receive(2)
    box.hide(second, 300)

    assert memory.sqs.next_visible(box.url) == after(seconds=300)
    memory.later(seconds=31)
    assert box.bodies() == []
    assert first["Body"] == "1"
    memory.later(seconds=269)
    assert box.bodies() == ["1", "2", "3"]


def test_a_duplicate_is_one_for_five_minutes(memory: Memory) -> None:
    box = Box(memory.clients, fifo=True)
    first = box.put("1", token="same")

    memory.later(seconds=299.999)
    assert box.put("2", token="same")["MessageId"] == first["MessageId"]
    memory.later(seconds=0.001)
    assert box.put("3", token="same")["MessageId"] != first["MessageId"]
    assert box.bodies() == ["1", "3"]


def test_the_five_minutes_count_from_the_first_one(memory: Memory) -> None:
    box = Box(memory.clients, fifo=True)
    for _ in range(4):
        box.put("1", token="same")
        memory.later(minutes=2)

    assert box.bodies() == ["1", "1"]


def test_nothing_is_kept_longer_than_its_queue_keeps(memory: Memory) -> None:
    box = Box(memory.clients, MessageRetentionPeriod="60", VisibilityTimeout="300")
    box.send("taken")
    box.receive()
    box.send("waiting")

    memory.later(seconds=60)

    assert box.bodies() == []
    assert memory.sqs.messages(box.url) == []
    memory.later(seconds=240)
    assert box.bodies() == []
    assert memory.sqs.next_visible(box.url) is None


def test_a_dead_letter_keeps_its_age_on_a_standard_queue(memory: Memory) -> None:
    box, grave = with_dead_letters(memory.clients, 1)
    box.send("1")
    box.receive(VisibilityTimeout=0)
    memory.later(hours=1)
    box.receive()

    (dead,) = memory.sqs.dead(box.url)
    assert (dead.body, dead.sent_at, dead.receives) == ("1", NOON, 1)
    memory.later(days=4, hours=-1)
    assert grave.bodies() == []


def test_a_dead_letter_is_young_again_on_a_fifo_queue(memory: Memory) -> None:
    box, grave = with_dead_letters(memory.clients, 1, fifo=True)
    box.put("1")
    box.receive(VisibilityTimeout=0)
    memory.later(hours=1)
    box.receive()

    (dead,) = memory.sqs.dead(box.url)
    assert dead.sent_at == after(hours=1)
    memory.later(days=4, hours=-1)
    assert grave.bodies() == ["1"]


def test_the_dead_are_told_by_the_queue_that_gave_them_up(memory: Memory) -> None:
    box, grave = with_dead_letters(memory.clients, 1)
    grave.send("not from the box")
    assert memory.sqs.dead(box.url) == memory.sqs.dead(grave.url) == []


def test_a_window_shows_who_has_what(memory: Memory) -> None:
    box = Box(memory.clients)
    box.send("1")
    box.receive()
    box.send("2", DelaySeconds=5)

    first, second = memory.sqs.messages(box.url)

    assert (first.body, first.in_flight, first.receives) == ("1", True, 1)
    assert (second.body, second.in_flight, second.receives) == ("2", False, 0)
    assert second.visible_at == after(seconds=5)


def test_a_standard_queue_gives_in_any_order(memory: Memory) -> None:
    memory.sqs = Sqs(memory.clock, Ids("x"), pick=lambda visible: visible - 1)
    url = memory.sqs.call("CreateQueue", {"QueueName": "q"})["QueueUrl"]
    for body in "123":
        memory.sqs.call("SendMessage", {"QueueUrl": url, "MessageBody": body})

    reply: Document = memory.sqs.call("ReceiveMessage", {"QueueUrl": url, "MaxNumberOfMessages": 2})

    assert [message["Body"] for message in reply["Messages"]] == ["3", "2"]


def test_an_entry_can_fail_inside_sqs(memory: Memory) -> None:
    memory.sqs = Sqs(memory.clock, Ids("x"), ails=lambda _, entry: entry == "b")
    url = memory.sqs.call("CreateQueue", {"QueueName": "q"})["QueueUrl"]
    entries = [{"Id": name, "MessageBody": name} for name in "abc"]

    reply: Document = memory.sqs.call("SendMessageBatch", {"QueueUrl": url, "Entries": entries})

    (failure,) = reply["Failed"]
    assert (failure["Id"], failure["Code"], failure["SenderFault"]) == ("b", "InternalError", False)
    assert [message.body for message in memory.sqs.messages(str(url))] == ["a", "c"]


@pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])
@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_received_before_it_is_visible_and_something_then(
    memory: Memory, seed: int, *, fifo: bool
) -> None:
    """Whatever is done: `next_visible` is the very moment from which on a receive gives any."""
    dice, box = random.Random(seed), Box(memory.clients, fifo=fifo)  # noqa: S311  not for secrets
    taken: list[Document] = []
    for number in range(200):
        step = dice.randrange(5)
        if step < 2:
            body, group = str(number), dice.choice("abc")
            _ = box.put(body, group) if fifo else box.send(body, DelaySeconds=dice.randrange(40))
        elif step == 2:
            taken += box.receive(dice.randrange(1, 4), VisibilityTimeout=dice.randrange(1, 60))
        elif step == 3 and taken:
            _give_back_or_delete(box, taken.pop(dice.randrange(len(taken))), dice)
        else:
            _look(memory, box)


def _give_back_or_delete(box: Box, message: Document, dice: random.Random) -> None:
    with suppress(ClientError):  # its time may be over
        if dice.randrange(2):
            box.delete(message)
        else:
            box.hide(message, dice.randrange(60))


def _look(memory: Memory, box: Box) -> None:
    due = memory.sqs.next_visible(box.url)
    if due is None:
        assert memory.sqs.messages(box.url) == []
    elif due > memory.now:
        memory.now = due - timedelta(microseconds=1)
        assert box.bodies() == []
        memory.now = due
        assert box.bodies(1, VisibilityTimeout=5) != []
    else:
        assert box.bodies(1, VisibilityTimeout=5) != []
