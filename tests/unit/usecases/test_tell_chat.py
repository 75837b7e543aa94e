from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.domain.chat import Commit, LastLines, Thread
from longshore.domain.deployments import Phase
from longshore.domain.errors import (
    Conflict,
    LongshoreError,
    NotPermitted,
    Refused,
    Throttled,
    UnknownReply,
)
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.projects import ProjectId
from longshore.domain.routes import Route
from longshore.usecases.chat_ports import MessageGone, NotTaken
from longshore.usecases.tell_chat import ONE_CHANNEL, Owed, tell_chat
from tests.support.builders import (
    STAGE,
    make_announcement,
    make_pipeline_announcement,
    make_stage_announcement,
)
from tests.support.chat_fakes import ChatWorld, FakeChat, FakeTime

AWAY = Throttled("Slack is busy")


def told(name: EventName, sequence: int, phase: Phase, **detail: object) -> Announcement:
    """An announcement of the stage's first deployment in some phase."""
    return replace(make_announcement(sequence), name=name, detail={"phase": phase.value, **detail})


STARTED = told(EventName.DEPLOYMENT_STARTED, 1, Phase.PROGRESSING)
FOUND = told(EventName.DEPLOYMENT_FAILED, 2, Phase.ROLLING_BACK)
BACK = told(EventName.DEPLOYMENT_ROLLED_BACK, 3, Phase.ROLLED_BACK)


def tell(world: ChatWorld, *announcements: Announcement) -> tuple[Owed, ...]:
    """Tell announcements, each in a batch of its own."""
    return tuple(
        owed
        for announcement in announcements
        for owed in tell_chat(announcement, world.ports, set())
    )


def test_a_deployment_has_one_message_which_is_edited_and_steps_beneath_it() -> None:
    world = ChatWorld()

    assert tell(world, STARTED, FOUND, BACK) == ()

    assert world.chat.said == [
        ("open", "#a", 1),
        ("edit", "#a", 2),
        ("step", "#a", 2),
        ("edit", "#a", 3),
        ("step", "#a", 3),
    ]
    assert world.chat.broadcasts == [3]


def test_what_was_told_is_not_told_again_and_older_states_are_dropped() -> None:
    world = ChatWorld()
    tell(world, STARTED, BACK)
    said = list(world.chat.said)

    assert tell(world, STARTED, FOUND, BACK) == ()
    assert world.chat.said == said


def test_what_is_told_of_a_stage_are_messages_of_their_own() -> None:
    world = ChatWorld()

    tell(world, make_stage_announcement(2), make_stage_announcement(1))

    assert [what for what, _, _ in world.chat.said] == ["open", "open"]


def test_a_route_opens_on_its_events_and_keeps_an_open_message_true() -> None:
    world = ChatWorld()
    world.routes.routes = [Route("#a", (EventName.DEPLOYMENT_FAILED,), mention=("here",))]

    tell(world, STARTED, FOUND, BACK)

    assert world.chat.said == [("open", "#a", 2), ("edit", "#a", 3), ("step", "#a", 3)]
    assert [telling.mention for telling in world.chat.tellings] == [("here",), (), ()]


def test_a_route_of_another_stage_hears_nothing() -> None:
    world = ChatWorld()
    world.routes.routes = [Route("#a", stages=("elsewhere",))]

    tell(world, STARTED)

    assert world.chat.said == []


def test_a_channel_that_cannot_be_told_keeps_no_other_waiting() -> None:
    world = ChatWorld()
    world.routes.routes = [Route("#a"), Route("#b")]
    world.chat.failures["open #a"] = [NotPermitted("not in #a")]

    (owed,) = tell(world, STARTED)

    assert (owed.channel, owed.lost) == ("#a", False)
    assert world.chat.said == [("open", "#b", 1)]

    tell(world, STARTED)

    assert world.chat.said == [("open", "#b", 1), ("open", "#a", 1)]


def test_nothing_overtakes_what_a_channel_waits_for_in_the_same_batch() -> None:
    world = ChatWorld()
    world.chat.failures["open #a"] = [AWAY]
    away: set[str] = set()

    first = tell_chat(STARTED, world.ports, away)
    second = tell_chat(FOUND, world.ports, away)

    assert [owed.channel for owed in (*first, *second)] == ["#a", "#a"]
    assert "before this" in str(second[0].error)
    assert world.chat.said == []


@pytest.mark.parametrize("step", ["edit #a", "step #a"])
def test_a_failure_half_way_is_made_good_without_repeating_the_first_half(step: str) -> None:
    world = ChatWorld()
    tell(world, STARTED)
    world.chat.failures[step] = [AWAY]

    assert [owed.error for owed in tell(world, BACK)] == [AWAY]
    assert tell(world, BACK) == ()

    assert world.chat.said == [("open", "#a", 1), ("edit", "#a", 3), ("step", "#a", 3)]


def test_a_crash_after_posting_posts_again_rather_than_never() -> None:
    world = ChatWorld()
    world.threads.failures = [Conflict("the table is away")]

    assert len(tell(world, STARTED)) == 1
    assert tell(world, STARTED) == ()

    assert world.chat.said == [("open", "#a", 1), ("open", "#a", 1)]


def test_a_post_without_an_answer_is_posted_again_for_nothing_may_be_lost() -> None:
    world = ChatWorld()
    world.chat.failures["open #a"] = [UnknownReply("no answer")] * 9

    assert [each.lost for each in tell(world, *([STARTED] * 10))] == [False] * 9
    assert world.chat.said == [("open", "#a", 1)]


def test_a_message_that_somebody_deleted_is_posted_anew() -> None:
    world = ChatWorld()
    tell(world, STARTED)
    world.chat.failures["edit #a"] = [MessageGone("message_not_found")]

    assert tell(world, FOUND, BACK) == ()

    assert world.chat.said[1:] == [("open", "#a", 2), ("edit", "#a", 3), ("step", "#a", 3)]


def test_a_message_that_was_deleted_before_its_step_is_posted_anew() -> None:
    world = ChatWorld()
    tell(world, STARTED)
    world.chat.failures["step #a"] = [AWAY, MessageGone("message_not_found")]

    assert [owed.error for owed in tell(world, FOUND)] == [AWAY]
    assert tell(world, FOUND, BACK) == ()

    assert world.chat.said[1:] == [
        ("edit", "#a", 2),
        ("open", "#a", 2),
        ("edit", "#a", 3),
        ("step", "#a", 3),
    ]


def test_what_slack_never_takes_is_lost_and_said_so() -> None:
    world = ChatWorld()
    world.chat.failures["open #a"] = [NotTaken("no", "invalid_blocks")]

    (owed,) = tell(world, STARTED)

    assert owed.lost


def test_what_aws_refuses_is_not_lost() -> None:
    world = ChatWorld()
    world.threads.failures = [Refused("no such table", "ResourceNotFoundException")]

    (owed,) = tell(world, STARTED)

    assert not owed.lost


@pytest.mark.parametrize("error", [Throttled("DynamoDB"), NotPermitted("dynamodb:GetItem")])
def test_without_the_routes_every_channel_waits(error: LongshoreError) -> None:
    world = ChatWorld()
    world.routes.failure = error

    assert tell(world, STARTED) == (Owed("every channel", error),)


def test_nothing_overtakes_what_waits_for_the_routes() -> None:
    world = ChatWorld()
    world.routes.failure = Throttled("DynamoDB")
    away: set[str] = set()
    tell_chat(FOUND, world.ports, away)
    world.routes.failure = None

    (owed,) = tell_chat(BACK, world.ports, away)

    assert "could not be told of something before this" in str(owed.error)
    assert tell(world, FOUND, BACK) == ()
    assert [sequence for _, _, sequence in world.chat.said] == [2, 3, 3]


def test_nothing_is_begun_that_may_not_end_in_time() -> None:
    world = ChatWorld()
    world.time.left = timedelta(seconds=3)

    (owed,) = tell(world, STARTED)

    assert "no time was left" in str(owed.error)
    assert world.chat.said == []


def test_a_step_that_may_not_end_in_time_is_left_to_the_next_attempt() -> None:
    world = ChatWorld()
    tell(world, STARTED)
    world.time.elapse = timedelta(seconds=22)

    (owed,) = tell(world, BACK)

    assert "no time was left" in str(owed.error)
    world.time = FakeTime()
    assert tell(world, BACK) == ()
    assert world.chat.said == [("open", "#a", 1), ("edit", "#a", 3), ("step", "#a", 3)]


def test_a_webhook_posts_every_event_that_any_route_asks_for_once() -> None:
    world = ChatWorld(chat=FakeChat(living=False))
    world.routes.routes = [
        Route("#a", (EventName.DEPLOYMENT_STARTED,), mention=("here",)),
        Route("#b", (EventName.DEPLOYMENT_FAILED,), mention=("S1",)),
    ]

    tell(world, STARTED, STARTED, FOUND, BACK)

    assert world.chat.said == [("open", ONE_CHANNEL, 1), ("open", ONE_CHANNEL, 2)]
    assert world.chat.tellings[1].mention == ("S1", "here")
    assert world.threads.kept == {(f"{STAGE}#1", ONE_CHANNEL): Thread(None, 2, 2)}


def test_a_webhook_posts_everything_where_one_route_asks_for_it() -> None:
    world = ChatWorld(chat=FakeChat(living=False))
    world.routes.routes = [Route("#a"), Route("#b", (EventName.DEPLOYMENT_FAILED,))]

    tell(world, STARTED, FOUND)

    assert world.chat.said == [("open", ONE_CHANNEL, 1), ("open", ONE_CHANNEL, 2)]


def test_a_webhook_of_other_stages_posts_nothing() -> None:
    world = ChatWorld(chat=FakeChat(living=False))
    world.routes.routes = [Route("#a", stages=("elsewhere",))]

    tell(world, STARTED)

    assert world.chat.said == []


def test_nothing_is_asked_between_a_post_and_its_memory() -> None:
    class Forgetful(FakeChat):
        @property
        def living(self) -> bool:
            if self.said:
                raise Throttled("Secrets Manager")
            return True

        @living.setter
        def living(self, _: bool) -> None:
            """Take the default and do not keep it."""

    world = ChatWorld(chat=Forgetful())

    assert tell(world, STARTED) == ()
    assert len(world.threads.kept) == 1


def test_a_message_names_the_commits_of_its_images() -> None:
    world = ChatWorld()
    world.sources.commits = {"sha256:1": Commit("abc1234")}
    image = {"repository": "checkout", "tag": "1.0.0"}
    release = {"app": {**image, "digest": "sha256:1"}, "job": {**image, "digest": "sha256:2"}}

    tell(world, told(EventName.DEPLOYMENT_STARTED, 1, Phase.PENDING, release={**release, "x": {}}))

    assert world.chat.tellings[0].commits == {"app": Commit("abc1234")}


def test_a_failure_comes_with_the_last_lines_of_what_failed() -> None:
    world = ChatWorld()
    failure = {"task_definition": "web:7", "container": "web", "task": "task/1"}

    tell(world, told(EventName.DEPLOYMENT_FAILED, 1, Phase.FAILED, failure=failure))

    assert world.chat.tellings[0].last_lines == LastLines("web", ("web:7 task/1 failed",))


def test_what_a_message_is_complete_without_is_looked_up_once_and_only_with_time_left() -> None:
    world = ChatWorld()
    world.routes.routes = [Route("#a"), Route("#b")]
    world.sources.commits = {"sha256:1": Commit("abc1234")}
    release = {"app": {"repository": "checkout", "tag": "1.0.0", "digest": "sha256:1"}}
    failure = {"task_definition": "web:7", "container": "web", "task": "task/1"}
    failed = told(EventName.DEPLOYMENT_FAILED, 1, Phase.FAILED, release=release, failure=failure)

    tell(world, failed)
    world.time.left = timedelta(seconds=24)
    tell(world, replace(failed, sequence=2))

    assert world.sources.asked == ["sha256:1"]
    assert [len(each.commits) for each in world.chat.tellings] == [1, 1, 0, 0, 0, 0]
    assert world.chat.tellings[2].last_lines == LastLines(
        "web", absence="there was no time to read them"
    )


def test_a_build_that_failed_calls_people() -> None:
    world = ChatWorld()
    world.routes.routes = [Route("#a", (EventName.BUILD_FAILED,), ("dev",), ("here",))]
    project = ProjectId("checkout", "checkout-image")
    failed = replace(
        make_pipeline_announcement(1), name=EventName.BUILD_FAILED, pipeline=None, project=project
    )

    tell(world, failed, failed)

    assert [telling.mention for telling in world.chat.tellings] == [("here",)]


def test_an_execution_has_one_message_and_its_failure_calls_people() -> None:
    world = ChatWorld()
    world.routes.routes = [Route("#a", mention=("here",))]
    failed = make_pipeline_announcement(1)
    stuck = make_pipeline_announcement(1, EventName.PIPELINE_STUCK)
    mended = make_pipeline_announcement(3, EventName.PIPELINE_SUCCEEDED)

    tell(world, stuck, replace(failed, sequence=2), mended)

    assert [what for what, _, _ in world.chat.said] == ["open", "edit", "step", "edit", "step"]
    assert world.chat.broadcasts == [2]
