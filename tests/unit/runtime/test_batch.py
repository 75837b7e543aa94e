import json
from collections.abc import Sequence

import pytest

from longshore.runtime.batch import (
    BatchFailedError,
    Message,
    answer,
    messages_of,
    run_each,
    run_groups,
)
from tests.support.runtime import Written, sqs_event

BATCH = [Message(f"{group}{n}", group, "") for n in (1, 2, 3) for group in ("a", "b")]


def test_messages_keep_their_order_and_group() -> None:
    event = sqs_event(("1", "one"), ("2", "two"), groups=("a", "b"))

    assert messages_of(event) == [Message("1", "a", "one"), Message("2", "b", "two")]


def test_a_message_of_a_standard_queue_is_a_group_of_its_own() -> None:
    assert messages_of(sqs_event(("1", "one"))) == [Message("1", "1", "one")]


def test_a_group_is_one_piece_of_work() -> None:
    seen: list[list[str]] = []

    answered = run_groups(BATCH, lambda ms: seen.append([m.id for m in ms]), Written().journal)

    assert seen == [["a1", "a2", "a3"], ["b1", "b2", "b3"]]
    assert answered == {"batchItemFailures": []}


def test_a_group_that_fails_comes_again_whole_and_keeps_no_other_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written = Written()
    done: list[str] = []

    def work(messages: Sequence[Message]) -> None:
        if messages[0].group == "a":
            raise RuntimeError("nobody expected this")
        done.extend(message.id for message in messages)

    answered = run_groups(BATCH, work, written.journal)

    assert answered == {"batchItemFailures": [{"itemIdentifier": f"a{n}"} for n in (1, 2, 3)]}
    assert done == ["b1", "b2", "b3"]
    (line,) = written.lines
    assert (line["level"], line["group"], line["messages"]) == ("ERROR", "a", 3)
    assert "nobody expected this" in line["exception"]
    metric = json.loads(capsys.readouterr().out)
    assert (metric["WorkFailed"], metric["kind"]) == ([3.0], "RuntimeError")


def test_one_by_one_the_rest_of_a_group_waits_behind_what_failed() -> None:
    done: list[str] = []

    def work(message: Message) -> None:
        if message.id == "a2":
            raise RuntimeError
        done.append(message.id)

    answered = run_each(BATCH, work, Written().journal)

    assert answered == {"batchItemFailures": [{"itemIdentifier": "a2"}, {"itemIdentifier": "a3"}]}
    assert done == ["a1", "b1", "b2", "b3"]


def test_when_all_of_a_batch_fails_lambda_is_told_by_an_error() -> None:
    def work(_: object) -> None:
        raise RuntimeError

    for run in (run_each, run_groups):
        with pytest.raises(BatchFailedError, match="all 6 records failed"):
            run(BATCH, work, Written().journal)


def test_an_empty_batch_has_no_failures() -> None:
    assert answer([], []) == {"batchItemFailures": []}
