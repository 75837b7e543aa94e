"""What a push is for is started once, whatever is interrupted, and recorded step by step."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.domain.errors import Conflict, NotPermitted, Refused, Throttled, UnknownReply
from longshore.domain.pushes import Push, PushLink, RefChange, RefKind, Startable, Started
from longshore.usecases.push_ports import StartPorts
from longshore.usecases.start_pushed import LEAST_TIME, Done, start_pushed
from tests.support.fakes import NOON
from tests.support.push_fakes import ON_MAIN, SHOP, PushWorld

COMMIT = "b" * 40
MAIN = RefChange(RefKind.BRANCH, "main", "a" * 40, COMMIT, ("web/a.py",))
PUSH = Push(SHOP, (MAIN,), "ada")
BUILD = replace(ON_MAIN, starts=Startable.BUILD, name="image")


@pytest.fixture
def world() -> PushWorld:
    return PushWorld()


def start(world: PushWorld, push: Push = PUSH) -> Done:
    return start_pushed("hash", push, world.starting)


def test_a_pipeline_is_started_at_the_commit_and_the_push_is_done(world: PushWorld) -> None:
    done = start(world)

    ((what, commit, token, told),) = world.starter.calls
    assert (what, commit, told) == ("checkout@Source", COMMIT, {})
    record = world.records.records["hash"]
    started = Started("refs/heads/main", COMMIT, Startable.PIPELINE, "checkout", "execution-1")
    assert (record.done, record.starts) == (True, (started,))
    assert [(began.started, began.reason) for began in done.began] == [
        (started, "the branch is 'main'")
    ]
    assert world.records.links == [
        PushLink(
            execution="checkout:execution-1",
            kind=Startable.PIPELINE,
            name="checkout",
            push="hash",
            repository=SHOP,
            ref="refs/heads/main",
            commit=COMMIT,
            pusher="ada",
            at=NOON,
        )
    ]
    assert token


def test_a_build_is_told_what_was_pushed(world: PushWorld) -> None:
    world.followers.found = [BUILD]

    start(world)

    ((what, commit, _, told),) = world.starter.calls
    assert (what, commit) == ("image", COMMIT)
    assert told["GIT_BRANCH"] == "main"
    assert world.records.links[0].execution == "image:execution-1"


def test_a_pipeline_is_told_what_it_asks_for(world: PushWorld) -> None:
    world.followers.found = [replace(ON_MAIN, variables=("GIT_TAG", "GIT_COMMIT"))]

    start(world)

    assert world.starter.calls[0][3] == {"GIT_COMMIT": COMMIT}


def test_a_push_that_is_done_starts_nothing_again(world: PushWorld) -> None:
    start(world)

    assert start(world) == Done(known=True)
    assert len(world.starter.calls) == 1


def test_a_push_that_starts_nothing_is_done_with_reasons(world: PushWorld) -> None:
    done = start(world, replace(PUSH, refs=(replace(MAIN, name="dev"),)))

    assert (done.began, len(done.left)) == ([], 1)
    assert world.records.records["hash"].done


@pytest.mark.parametrize(
    "error",
    [
        Refused("codepipeline:StartPipelineExecution was refused: no such pipeline", "x"),
        NotPermitted("codepipeline:StartPipelineExecution on x is not permitted to y"),
    ],
)
def test_what_aws_refuses_ends_there_with_its_reason_and_the_rest_goes_on(
    world: PushWorld, error: Exception
) -> None:
    world.followers.found = [ON_MAIN, BUILD]
    world.starter.failing = lambda what: error if what == "checkout@Source" else None

    done = start(world)

    refused, built = (began.started for began in done.began)
    assert (refused.execution, refused.reason) == ("", str(error))
    assert built.execution == "image:execution-1"
    record = world.records.records["hash"]
    assert (record.done, record.starts) == (True, (refused, built))
    assert len(world.records.links) == 1


@pytest.mark.parametrize("error", [Throttled("busy"), UnknownReply("no answer")])
def test_what_passes_by_itself_comes_again_and_starts_only_what_is_missing(
    world: PushWorld, error: Exception
) -> None:
    world.followers.found = [ON_MAIN, BUILD]
    world.starter.failing = lambda what: error if what == "image" else None
    with pytest.raises(type(error)):
        start(world)
    assert not world.records.records["hash"].done
    world.starter.failing = lambda _: None

    start(world)

    assert [what for what, *_ in world.starter.calls] == ["checkout@Source", "image"]
    assert world.records.records["hash"].done


def test_a_start_that_was_not_recorded_is_asked_for_by_the_same_token(world: PushWorld) -> None:
    class Dying:
        """Records that are lost once."""

        def __getattr__(self, name: str) -> object:
            return getattr(world.records, name)

        def keep(self, *_: object) -> None:
            raise Throttled("dynamodb gave no answer")

    with pytest.raises(Throttled):
        start_pushed("hash", PUSH, replace(world.starting, records=Dying()))  # type: ignore[arg-type]  # keeps nothing

    start(world)

    first, second = world.starter.calls
    assert first == second
    assert len(world.starter.started) == 1


def test_nothing_is_begun_without_the_time_for_it(world: PushWorld) -> None:
    world.clock.left = LEAST_TIME - timedelta(milliseconds=1)

    with pytest.raises(Throttled, match="the time is up"):
        start(world)
    assert world.starter.calls == []


def test_two_workers_at_one_push_are_told_apart(world: PushWorld) -> None:
    start(world)
    stale = replace(world.records.records["hash"], done=False, version=1)
    ports: StartPorts = world.starting

    with pytest.raises(Conflict):
        ports.records.keep(stale)
