import json

import pytest

from longshore.domain.builds import BuildLook, BuildState, SeenBuild
from longshore.domain.errors import NotPermitted
from longshore.domain.executions import ActionState, BuildOutcome, ExecutionState, Look
from longshore.domain.outcomes import EventName
from longshore.domain.pushes import GitRepository, Provider, PushLink, Startable
from longshore.events.look_messages import encode_look
from longshore.runtime.batch import BatchFailedError
from longshore.runtime.pipeline_watch import watch_batch
from tests.support.fakes import NOON
from tests.support.runtime import Written, sqs_event
from tests.support.watch_fakes import EXECUTION, PIPELINE, Watchtower, make_run, make_seen


class World:
    def __init__(self) -> None:
        self.tower = Watchtower()
        self.written = Written()

    def watch(self, *messages: tuple[str, str, str]) -> object:
        pairs = [(number, body) for number, body, _ in messages]
        event = sqs_event(*pairs, groups=[group for _, _, group in messages])
        return watch_batch(event, self.tower.ports, self.written.journal)


def look(event: str = "e-1", execution: str = EXECUTION.id) -> str:
    return encode_look(Look(pipeline=PIPELINE, execution=execution, events=(event,)))


def test_the_messages_of_one_execution_make_one_look() -> None:
    world = World()
    world.tower.pipelines.show(
        make_seen(ExecutionState.FAILED, make_run(1, state=ActionState.FAILED))
    )

    answered = world.watch(("1", look("a"), EXECUTION.id), ("2", look("b"), EXECUTION.id))

    assert answered == {"batchItemFailures": []}
    assert world.tower.pipelines.reads == 1
    (line,) = world.written.lines
    assert (line["outcome"], line["told"], line["events"]) == (
        "kept",
        [EventName.PIPELINE_FAILED],
        ["a", "b"],
    )


@pytest.mark.parametrize(
    ("body", "group"), [("{}", "x"), (look(), "another"), ("not json", EXECUTION.id)]
)
def test_what_no_retry_would_mend_ends(
    body: str, group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World()

    assert world.watch(("1", body, group)) == {"batchItemFailures": []}
    assert world.written.lines[0]["message"] == "message rejected"
    assert "MessagesRejected" in capsys.readouterr().out


def test_a_permission_that_is_missing_brings_the_message_again_and_keeps_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = World()
    world.tower.pipelines.failure = NotPermitted("codepipeline:ListActionExecutions is missing")

    with pytest.raises(BatchFailedError):
        world.watch(("1", look(), EXECUTION.id))
    assert "ListActionExecutions is missing" in json.dumps(world.written.lines)
    assert "WorkFailed" in capsys.readouterr().out


def test_what_is_ignored_is_counted_and_a_build_that_cannot_be_read_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = World()
    world.watch(("1", look(execution="unknown"), "unknown"))
    assert "MessagesIgnored" in capsys.readouterr().out

    world.tower.builds.failure = NotPermitted("codebuild:BatchGetBuilds is missing")
    world.tower.pipelines.show(
        make_seen(ExecutionState.FAILED, make_run(1, state=ActionState.FAILED))
    )
    world.watch(("2", look(), EXECUTION.id))

    assert world.written.lines[-1]["message"] == "build not read"


def test_a_build_by_itself_is_looked_at_beside_executions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    world, build = World(), "checkout-image:813953eb"
    body = encode_look(BuildLook(build=build, events=("e-1",), attempt=2))

    answered = world.watch(("1", body, "813953eb"), ("2", body, "another"))

    assert answered == {"batchItemFailures": []}
    said = {line["message"]: line for line in world.written.lines}
    looked = said["build looked at"]
    assert (looked["build"], looked["outcome"]) == (build, "ignored")
    assert (looked["reason"], looked["events"]) == ("no push started it", ["e-1"])
    assert "in the message group another" in said["message rejected"]["reason"]
    assert "MessagesIgnored" in capsys.readouterr().out


def test_a_build_that_ended_is_no_reason_to_count_it_as_ignored(
    capsys: pytest.CaptureFixture[str],
) -> None:
    world, build = World(), "checkout-image:813953eb"
    repository = GitRepository(Provider.GITHUB, "acme/checkout")
    link = PushLink(
        build, Startable.BUILD, "checkout-image", "h", repository, "r", "c", "ada", NOON
    )
    world.tower.pushed.links[build] = link
    world.tower.builds.shown[build] = SeenBuild(
        id=build, state=BuildState.SUCCEEDED, outcome=BuildOutcome()
    )

    world.watch(("1", encode_look(BuildLook(build=build)), "813953eb"))

    assert world.written.lines[0]["outcome"] == "unchanged"
    assert "MessagesIgnored" not in capsys.readouterr().out
