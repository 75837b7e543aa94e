"""Timelines are drawn from readings that may be behind, and go forward whatever their order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.decide.timelines import ROOM, builds_wanted, draw, is_behind
from longshore.domain.executions import (
    ActionRun,
    ActionState,
    BuildOutcome,
    ExecutionState,
    SeenExecution,
    SourceRevision,
    Timeline,
)
from tests.support.fakes import NOON
from tests.support.watch_fakes import COMMIT, make_run, make_seen

FAILED, SUCCEEDED, RUNNING = ActionState.FAILED, ActionState.SUCCEEDED, ActionState.IN_PROGRESS
S = ExecutionState


def after(*readings: SeenExecution) -> Timeline:
    """Draw a timeline from readings, one after the other."""
    timeline: Timeline | None = None
    for reading in readings:
        timeline = draw(reading, timeline, {})
    assert timeline is not None
    return timeline


def test_a_timeline_says_what_ran_when_and_whose_push_it_was() -> None:
    source = make_run(1, "Source/Source", SUCCEEDED, provider="GitHub")
    build = make_run(2, minute=2)

    timeline = after(make_seen(S.IN_PROGRESS, build, source))

    assert timeline.runs == (source, build)
    assert (timeline.started_at, timeline.attempt_at, timeline.ended_at) == (NOON, NOON, None)
    assert (timeline.commit, timeline.author) == (COMMIT, "Ada")
    assert timeline.updated_at == NOON + timedelta(minutes=2)
    assert timeline.attempt == 1


def test_an_execution_without_actions_has_neither_beginning_nor_commit() -> None:
    timeline = after(replace(make_seen(S.SUPERSEDED), revisions=()))

    assert (timeline.started_at, timeline.ended_at, timeline.updated_at) == (None, None, None)
    assert timeline.commit is None


def test_an_action_that_runs_again_begins_an_attempt_and_its_earlier_run_stays() -> None:
    first = make_run(1, state=FAILED)
    again = make_run(2, state=RUNNING, minute=10)

    timeline = after(make_seen(S.FAILED, first), make_seen(S.IN_PROGRESS, first, again))

    assert timeline.state is S.IN_PROGRESS
    assert (timeline.attempt, timeline.attempt_at) == (2, again.started_at)
    assert [run.attempt for run in timeline.runs] == [1, 2]
    assert timeline.started_at == NOON


def test_actions_that_one_retry_starts_side_by_side_are_one_attempt() -> None:
    runs = [
        make_run(1, "Test/Unit", FAILED),
        make_run(2, "Test/Lint", FAILED),
        make_run(3, "Test/Unit", SUCCEEDED, minute=5),
        make_run(4, "Test/Lint", FAILED, minute=5),
        make_run(5, "Test/Lint", RUNNING, minute=9),
    ]

    timeline = after(make_seen(S.IN_PROGRESS, *runs))

    assert [run.attempt for run in timeline.runs] == [1, 1, 2, 2, 3]
    assert timeline.attempt == 3


def test_a_reading_from_before_changes_nothing() -> None:
    early = make_seen(S.IN_PROGRESS, make_run(1))
    late = make_seen(
        S.SUCCEEDED, make_run(1, state=SUCCEEDED), make_run(2, "Deploy/Ecs", SUCCEEDED)
    )
    timeline = after(late)

    assert draw(early, timeline, {}) == timeline
    assert is_behind(timeline, early)
    assert not is_behind(timeline, late)


def test_nothing_ends_while_one_of_its_actions_runs() -> None:
    seen = make_seen(S.FAILED, make_run(1, state=FAILED), make_run(2, state=RUNNING, minute=9))

    timeline = after(seen)

    assert timeline.state is S.IN_PROGRESS
    assert is_behind(timeline, seen)
    assert draw(seen, timeline, {}, settled=True).state is S.FAILED


def test_a_success_whose_last_attempt_failed_is_read_again() -> None:
    seen = make_seen(S.SUCCEEDED, make_run(1, state=FAILED))

    timeline = after(seen)

    assert timeline.state is S.IN_PROGRESS
    assert is_behind(timeline, seen)
    assert draw(seen, timeline, {}, settled=True).state is S.SUCCEEDED


def test_a_failure_that_no_action_shows_is_read_again() -> None:
    seen = make_seen(S.FAILED, make_run(1, state=SUCCEEDED))
    timeline = after(seen)

    assert timeline.state is S.IN_PROGRESS
    assert draw(seen, timeline, {}, settled=True).state is S.FAILED


def test_an_ended_attempt_is_left_by_a_retry_alone() -> None:
    failed = make_seen(S.FAILED, make_run(1, state=FAILED))
    timeline = after(failed)

    for state in (S.IN_PROGRESS, S.SUCCEEDED, S.STOPPED):
        other = replace(failed, state=state)
        assert draw(other, timeline, {}, settled=True).state is S.FAILED
        assert is_behind(timeline, other)


@pytest.mark.parametrize(
    ("states", "stands"),
    [
        ((S.IN_PROGRESS, S.STOPPING), S.STOPPING),
        ((S.STOPPING, S.IN_PROGRESS), S.STOPPING),
        ((S.STOPPING, S.STOPPED), S.STOPPED),
    ],
)
def test_stopping_goes_on_to_an_end(states: tuple[S, ...], stands: S) -> None:
    run = make_run(1, state=ActionState.ABANDONED)

    assert after(*(make_seen(state, run) for state in states)).state is stands


def test_who_has_to_approve_is_waited_for() -> None:
    approval = make_run(1, "Release/Approve", RUNNING, provider="Manual")

    assert after(make_seen(S.IN_PROGRESS, approval)).waiting == "a manual approval: Release/Approve"
    assert after(make_seen(S.STOPPED, replace(approval, state=SUCCEEDED))).waiting is None


def test_a_build_is_asked_for_once_when_it_has_ended() -> None:
    seen = make_seen(
        S.IN_PROGRESS,
        make_run(1, state=FAILED),
        make_run(2, "Build/Other", RUNNING),
        make_run(3, "Deploy/Ecs", SUCCEEDED, provider="ECS"),
        make_run(4, "Test/Unit", SUCCEEDED),
    )
    assert builds_wanted(seen, None) == ["checkout:1", "checkout:4"]

    builds = {"checkout:1": BuildOutcome("BUILD", "exit status 2"), "checkout:4": BuildOutcome()}
    timeline = draw(seen, None, builds)

    assert timeline.runs[0].build == builds["checkout:1"]
    assert builds_wanted(seen, timeline) == []
    assert draw(seen, timeline, {}).runs == timeline.runs


def test_a_timeline_has_room_for_the_newest_actions() -> None:
    words = "€" * 300
    runs = [
        replace(make_run(number, f"Stage/A{number}", FAILED, minute=number), summary=words)
        for number in range(200)
    ]

    timeline = after(make_seen(S.FAILED, *runs), make_seen(S.FAILED, *runs))

    assert timeline.runs == tuple(runs[timeline.dropped :])
    assert 0 < timeline.dropped < 200
    assert len(repr(timeline.runs).encode()) < 2 * ROOM
    assert timeline.started_at == NOON


# ── whatever the order of readings ───────────────────────────────────────────────────────────

PLACES = ["Source/Source", "Build/Image", "Test/Unit", "Deploy/Ecs"]


@st.composite
def histories(draw_: st.DrawFn) -> list[SeenExecution]:
    """What an execution shows, moment by moment, from its beginning to its end."""
    moments: list[SeenExecution] = []
    runs: list[ActionRun] = []
    minute = number = failed_at = 0
    for _ in range(draw_(st.integers(1, 3))):
        for place in PLACES[failed_at:]:  # a retry begins where it failed
            number, minute = number + 1, minute + 1
            running = make_run(number, place, RUNNING, minute=minute)
            moments.append(make_seen(S.IN_PROGRESS, *runs, running))
            ends = draw_(st.sampled_from([SUCCEEDED, SUCCEEDED, SUCCEEDED, FAILED]))
            runs.append(make_run(number, place, ends, minute=minute))
            moments.append(make_seen(S.IN_PROGRESS, *runs))
            if ends is FAILED:
                failed_at = PLACES.index(place)
                break
        failed = runs[-1].state is FAILED
        moments.append(make_seen(S.FAILED if failed else S.SUCCEEDED, *runs))
        if not failed:
            break
    return moments


@st.composite
def readings(draw_: st.DrawFn, history: list[SeenExecution]) -> SeenExecution:
    """A reading: the actions of one moment and the state of another, earlier or later."""
    actions, state = (draw_(st.sampled_from(history)) for _ in range(2))
    return replace(actions, state=state.state)


@given(st.data())
def test_the_last_reading_makes_the_same_timeline_whatever_came_before(data: st.DataObject) -> None:
    history = data.draw(histories())
    before = data.draw(st.lists(readings(history), max_size=8))

    timeline = after(*before, history[-1])

    assert timeline == after(history[-1])


@given(st.data())
def test_no_reading_moves_a_timeline_back(data: st.DataObject) -> None:
    history = data.draw(histories())
    timeline: Timeline | None = None
    for reading in data.draw(st.lists(readings(history), min_size=1)):
        further = draw(reading, timeline, {})
        if timeline is not None:
            assert further.attempt >= timeline.attempt
            assert (
                not timeline.state.ended
                or further.attempt > timeline.attempt
                or (further.state is timeline.state)
            )
            assert {run.id for run in timeline.runs} <= {run.id for run in further.runs}
        timeline = further


def test_a_source_that_says_nothing_more_keeps_what_was_known() -> None:
    seen = make_seen(S.IN_PROGRESS, make_run(1))
    silent = replace(seen, revisions=(), author=None, repository=None, trigger=None)

    assert after(seen, silent) == after(seen)
    assert after(silent, replace(seen, revisions=(SourceRevision("S", "1"),))).commit is not None
