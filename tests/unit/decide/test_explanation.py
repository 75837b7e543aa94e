"""A failure names the container that broke, what its exit code means, and what ECS said."""

import pytest

from longshore.decide.explanation import explain, meaning_of
from longshore.domain.failures import StoppedContainer, StoppedTask


def make_task(
    *containers: StoppedContainer, code: str | None = "EssentialContainerExited", reason: str = ""
) -> StoppedTask:
    return StoppedTask("arn:task/1", code, reason or None, containers)


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [
        (None, "never started"),
        (0, "should keep running"),
        (1, "an error of its own"),
        (127, "not found in the image"),
        (137, "out of memory"),
        (139, "SIGSEGV"),
        (159, "signal 31"),
        (200, "own documentation"),
        (-1, "own documentation"),
    ],
)
def test_exit_codes_have_a_meaning(exit_code: int | None, words: str) -> None:
    assert words in meaning_of(exit_code)


def test_the_container_that_broke_is_named_not_those_stopped_with_it() -> None:
    task = make_task(
        StoppedContainer("sidecar", 143),
        StoppedContainer("web", 1),
        StoppedContainer("init", 0),
        reason="Essential container in task exited",
    )

    failure = explain("prod/web", "prod/web did not come up.", [task], "(service web) is unhappy")

    assert (failure.container, failure.exit_code) == ("web", 1)
    assert failure.last_event == "(service web) is unhappy"
    assert failure.summary == (
        "prod/web did not come up. Container 'web' exited with code 1: the program ended with an "
        "error of its own. The task stopped because: Essential container in task exited."
    )


def test_out_of_memory_is_told_although_the_code_is_that_of_a_stop() -> None:
    oom = StoppedContainer("web", 137, "OutOfMemoryError: container killed")

    failure = explain("prod/web", "It failed.", [make_task(StoppedContainer("a", 0), oom)])

    assert failure.container == "web"
    assert "OutOfMemoryError" in failure.summary


def test_tasks_that_the_scheduler_stopped_tell_least() -> None:
    scaled = make_task(
        StoppedContainer("web", 143),
        code="ServiceSchedulerInitiated",
        reason="Scaling activity initiated by (deployment ecs-svc/2)",
    )
    crashed = make_task(StoppedContainer("web", 3))

    assert explain("s", "It failed.", [scaled, crashed]).exit_code == 3


def test_an_image_that_cannot_be_pulled_has_no_exit_code() -> None:
    task = make_task(
        StoppedContainer("web", None, "CannotPullContainerError: not found"),
        code="TaskFailedToStart",
        reason="CannotPullContainerError: not found",
    )

    failure = explain("s", "It failed.", [task])

    assert failure.exit_code is None
    assert "never started" in failure.summary
    assert "CannotPullContainerError" in failure.summary


def test_without_a_stopped_task_the_headline_stands_alone() -> None:
    assert explain("s", "It failed.", []).summary == "It failed."


def test_a_task_without_containers_still_tells_its_reason() -> None:
    failure = explain("s", "It failed.", [make_task(code="TaskFailedToStart", reason="no room")])

    assert failure.summary == "It failed. The task stopped because: no room."
