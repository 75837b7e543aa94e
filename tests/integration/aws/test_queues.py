"""The queues on SQS."""

from datetime import timedelta

import pytest

from longshore.aws.clients import Clients
from longshore.aws.gate import Gate, Recorder
from longshore.aws.queues import Queue, SqsWakeups, SqsWorkQueue
from longshore.domain.errors import Throttled
from longshore.domain.places import StageId
from longshore.domain.wakeups import Hint, Wakeup
from longshore.events.messages import parse_wakeup
from tests.support.answers import Answers


def make_wakeup(number: int = 0) -> Wakeup:
    return Wakeup(StageId("checkout", f"s{number}"), frozenset({Hint.TIMER}))


def scripted(*answers: object) -> tuple[Queue, Answers]:
    script = Answers(answers)
    return Queue(Gate(script), Clients().sqs, "https://queue"), script


def test_wakeups_arrive_whole_and_in_batches_of_ten(clients: Clients) -> None:
    url = clients.sqs.create_queue(QueueName="inbox")["QueueUrl"]
    calls = Recorder()
    sent = [make_wakeup(number) for number in range(23)]

    SqsWakeups(Queue(Gate(calls), clients.sqs, url)).send(sent)

    assert [len(call.parameters["Entries"]) for call in calls.calls] == [10, 10, 3]
    received: list[Wakeup] = []
    while messages := clients.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
        "Messages"
    ):
        received += [parse_wakeup(message["Body"]) for message in messages]
    assert sorted(received, key=lambda w: w.stage) == sorted(sent, key=lambda w: w.stage)


def test_nothing_to_send_is_no_call() -> None:
    queue, script = scripted()

    SqsWakeups(queue).send([])

    assert script.asked == []


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        (timedelta(), 0),
        (timedelta(milliseconds=1), 1),
        (timedelta(seconds=10), 10),
        (timedelta(minutes=15), 900),
    ],
)
def test_a_delay_is_whole_seconds_and_never_shorter(delay: timedelta, seconds: int) -> None:
    queue, script = scripted({"Successful": []})

    SqsWakeups(queue).send([make_wakeup()], delay=delay)

    (entry,) = list(script.asked[0]["Entries"])  # type: ignore[call-overload]  # a list
    assert entry["DelaySeconds"] == seconds


def test_a_longer_delay_than_sqs_has_is_a_mistake() -> None:
    queue, _ = scripted()

    with pytest.raises(ValueError, match="at most"):
        SqsWakeups(queue).send([make_wakeup()], delay=timedelta(minutes=16))


def test_what_sqs_did_not_take_is_told_after_everything_was_tried() -> None:
    failure = {"Id": "3", "Code": "InternalError", "SenderFault": False}
    queue, script = scripted({"Successful": [], "Failed": [failure]}, {"Successful": []})

    with pytest.raises(Throttled, match=r"1 of 12 messages \(InternalError\)"):
        SqsWakeups(queue).send([make_wakeup(number) for number in range(12)])

    assert len(script.asked) == 2


def test_a_stage_is_a_message_group_of_the_work_queue(clients: Clients) -> None:
    created = clients.sqs.create_queue(QueueName="work.fifo", Attributes={"FifoQueue": "true"})
    url = created["QueueUrl"]
    work = SqsWorkQueue(Queue(Gate(), clients.sqs, url))
    first, second = make_wakeup(1), make_wakeup(2)

    work.wake([first, second], "message-1")
    work.wake([first], "message-1")
    work.wake([first], "message-2")

    reply = clients.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
    )
    got = [(m["Attributes"]["MessageGroupId"], parse_wakeup(m["Body"])) for m in reply["Messages"]]
    assert sorted(group for group, _ in got) == ["checkout/s1", "checkout/s1", "checkout/s2"]
    assert {str(wakeup.stage) for _, wakeup in got} == {"checkout/s1", "checkout/s2"}
