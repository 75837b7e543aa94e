"""A batch of pushes: groups in their order, what passes comes again, what is refused is told."""

import json
from dataclasses import replace

import pytest

from longshore.domain.errors import Refused, Throttled
from longshore.domain.pushes import GitRepository, Provider, Push, RefChange, RefKind
from longshore.events.git.messages import encode_push
from longshore.runtime.batch import BatchAnswer, BatchFailedError
from longshore.runtime.pipeline_start import start_batch
from tests.support.push_fakes import ON_MAIN, SHOP, PushWorld
from tests.support.runtime import Written, sqs_event

PUSH = Push(SHOP, (RefChange(RefKind.BRANCH, "main", "a" * 40, "b" * 40),), "ada")
OTHER = replace(PUSH, repository=GitRepository(Provider.GITLAB, "acme/other"))
OF_OTHER = replace(ON_MAIN, repository=OTHER.repository, name="other")


class World(PushWorld):
    def __init__(self) -> None:
        super().__init__()
        self.written = Written()
        self.followers.found = [ON_MAIN, OF_OTHER]

    def work(self, *messages: tuple[str, str, str]) -> BatchAnswer:
        event = sqs_event(
            *((name, body) for name, body, _ in messages), groups=[g for _, _, g in messages]
        )
        return start_batch(event, self.starting, self.written.journal)

    def said(self, message: str) -> list[dict[str, object]]:
        return [line for line in self.written.lines if line["message"] == message]


def message(name: str, push: Push = PUSH) -> tuple[str, str, str]:
    return name, encode_push(name, push), str(push.repository)


def again(*names: str) -> BatchAnswer:
    return {"batchItemFailures": [{"itemIdentifier": name} for name in names]}


@pytest.fixture
def world() -> World:
    return World()


def test_pushes_are_started_and_told(world: World) -> None:
    assert world.work(message("one"), message("two", OTHER)) == again()

    assert [what for what, *_ in world.starter.calls] == ["checkout@Source", "other@Source"]
    started, _ = world.said("started")
    assert (started["execution"], started["starts"]) == ("execution-1", "pipeline checkout")
    assert (started["push"], started["ref"]) == ("one", "refs/heads/main")
    assert [line["started"] for line in world.said("push done")] == [1, 1]


def test_what_does_not_start_has_a_line_that_says_why(world: World) -> None:
    dev = replace(PUSH, refs=(replace(PUSH.refs[0], name="dev"),))

    world.work(message("one", dev))

    (line,) = world.said("not started")
    assert line["reason"] == "the branch is none that it names"


def test_of_very_much_that_does_not_start_the_rest_is_counted(world: World) -> None:
    world.followers.found = [ON_MAIN, replace(ON_MAIN, name="by-bob", pushers=("bob",))]
    many = tuple(replace(PUSH.refs[0], name=f"dev{number}") for number in range(50))

    world.work(message("one", replace(PUSH, refs=many)))

    assert len(world.said("not started")) == 20
    rest = world.said("more not started")
    assert [(line["more"], line["reason"]) for line in rest] == [
        (40, "the branch is none that it names"),
        (40, "who pushed is not among its pushers"),
    ]
    assert {line["push"] for line in rest} == {"one"}


def test_a_push_that_waits_comes_again_and_no_other_one(world: World) -> None:
    world.starter.failing = lambda what: Throttled("busy") if "checkout" in what else None

    assert world.work(message("one"), message("two", OTHER)) == again("one")

    assert world.said("push waits and comes again")
    assert len(world.starter.calls) == 1


def test_what_aws_refuses_is_told_and_counted_and_does_not_come_again(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.starter.failing = lambda _: Refused("no such pipeline", "PipelineNotFoundException")

    assert world.work(message("one")) == again()

    assert [line["started"] for line in world.said("push done")] == [0]
    (line,) = world.said("start refused")
    assert (line["reason"], line["level"]) == ("no such pipeline", "WARNING")
    assert json.loads(capsys.readouterr().out)["StartsRefused"] == [1.0]


def test_a_message_that_is_no_push_ends(world: World) -> None:
    assert world.work(("one", "{}", "g")) == again()
    assert world.said("message rejected")


def test_a_defect_fails_its_own_group_alone(world: World) -> None:
    world.starter.failing = lambda what: KeyError("defect") if "checkout" in what else None

    assert world.work(message("one"), message("two", OTHER)) == again("one")
    with pytest.raises(BatchFailedError):
        world.work(message("one"))


def test_a_push_of_a_newer_version_comes_again(world: World) -> None:
    body = json.loads(encode_push("one", PUSH))
    body["push"]["schema"] = 2

    with pytest.raises(BatchFailedError):
        world.work(("one", json.dumps(body), "g"))
