"""Watching executions: whatever events come, and however often, one timeline and one word each."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longshore.domain.errors import Conflict, NotPermitted, Refused, Throttled
from longshore.domain.executions import (
    ActionState,
    BuildOutcome,
    ExecutionState,
    Look,
    SeenExecution,
    Timeline,
)
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.pipelines import ExecutionRef, PipelineId, PipelineRef, PipelineSpec
from longshore.domain.places import StageId
from longshore.usecases.look_again import LOOKS_AGAIN
from longshore.usecases.watch_execution import (
    MOST_TOLD,
    Seen,
    one_look,
    watch_execution,
)
from tests.support.builders import HOME, make_configuration, make_digest, make_push_link, make_spec
from tests.support.deaths import CrashError, Death, Dying
from tests.support.fakes import NOON
from tests.support.watch_fakes import EXECUTION, PIPELINE, Watchtower, make_run, make_seen

S = ExecutionState
FAILED, SUCCEEDED = ActionState.FAILED, ActionState.SUCCEEDED
LOOK = Look(pipeline=PIPELINE, execution=EXECUTION.id, events=("e-1",))


@pytest.fixture
def tower() -> Watchtower:
    return Watchtower()


def timeline(tower: Watchtower) -> Timeline:
    return tower.state.timelines[EXECUTION]


def told(tower: Watchtower) -> list[tuple[str, int, EventName]]:
    return [(each.subject, each.sequence, each.name) for each in tower.state.announcements()]


def test_a_failure_is_kept_and_told_with_the_phase_and_the_log(tower: Watchtower) -> None:
    tower.pipelines.show(make_seen(S.FAILED, make_run(1, state=FAILED)))
    tower.builds.outcome["checkout:1"] = BuildOutcome("BUILD", "exit status 2", "https://log")

    seen = watch_execution(LOOK, tower.ports)

    assert seen == Seen("kept", "it is Failed", EXECUTION.id, (EventName.PIPELINE_FAILED,))
    (announcement,) = tower.state.announcements()
    assert announcement.pipeline == PipelineId("checkout", "checkout")
    assert announcement.subject == f"checkout:{EXECUTION.id}"
    assert announcement.thread == announcement.subject
    assert (announcement.sequence, announcement.at) == (1, NOON)
    assert announcement.detail["failure"] == {
        "summary": "Build/Image failed in its phase BUILD: exit status 2",
        "stage": "Build",
        "action": "Image",
        "phase": "BUILD",
        "log": "https://log",
        "url": None,
    }
    assert timeline(tower).version == 1


def test_who_is_told_learns_of_the_push_that_started_it(tower: Watchtower) -> None:
    link = make_push_link(EXECUTION)
    tower.timelines.pushes[link.execution] = link
    tower.pipelines.show(make_seen(S.FAILED, make_run(1, state=FAILED)))

    watch_execution(LOOK, tower.ports)

    (announcement,) = tower.state.announcements()
    assert announcement.detail["push"] == {
        "provider": "github",
        "repository": "acme/checkout",
        "ref": "refs/heads/main",
        "pusher": "ada",
    }


def test_the_same_event_once_more_changes_nothing(tower: Watchtower) -> None:
    tower.pipelines.show(make_seen(S.FAILED, make_run(1, state=FAILED)))
    watch_execution(LOOK, tower.ports)

    again = watch_execution(LOOK, tower.ports)

    assert again == Seen("unchanged", "it is Failed, as was known", EXECUTION.id)
    assert len(tower.timelines.commits) == len(tower.state.announcements()) == 1
    assert tower.builds.asked == ["checkout:1"]


def test_every_application_that_names_the_pipeline_is_told(tower: Watchtower) -> None:
    for name in ("basket", "search"):
        configuration = make_configuration(make_spec(StageId(name, "dev")))
        spec = PipelineSpec(PIPELINE, timedelta(minutes=20))
        tower.state.install(replace(configuration, pipelines=(spec,)))
    tower.pipelines.show(make_seen(S.IN_PROGRESS, make_run(1)))
    tower.clock.advance(timedelta(minutes=20))

    watch_execution(LOOK, tower.ports)

    stuck = EventName.PIPELINE_STUCK
    assert told(tower) == [
        (f"{name}:{EXECUTION.id}", 1, stuck) for name in ("basket", "checkout", "search")
    ]
    details = [each.detail["application"] for each in tower.state.announcements()]
    assert details == ["basket", "checkout", "search"]


def test_one_transaction_tells_only_so_many(tower: Watchtower) -> None:
    for number in range(MOST_TOLD + 5):
        configuration = make_configuration(make_spec(StageId(f"a{number:02d}", "dev")))
        tower.state.install(replace(configuration, pipelines=(PipelineSpec(PIPELINE),)))
    tower.pipelines.show(make_seen(S.FAILED, make_run(1, state=FAILED)))

    watch_execution(LOOK, tower.ports)

    assert len(told(tower)) == MOST_TOLD


def test_a_retry_that_succeeds_is_told_after_the_failure(tower: Watchtower) -> None:
    failed = make_run(1, state=FAILED)
    tower.pipelines.show(make_seen(S.FAILED, failed))
    watch_execution(LOOK, tower.ports)
    tower.pipelines.show(make_seen(S.SUCCEEDED, failed, make_run(2, state=SUCCEEDED, minute=5)))

    watch_execution(LOOK, tower.ports)

    subject = f"checkout:{EXECUTION.id}"
    assert told(tower) == [
        (subject, 1, EventName.PIPELINE_FAILED),
        (subject, 2, EventName.PIPELINE_SUCCEEDED),
    ]
    assert [run.attempt for run in timeline(tower).runs] == [1, 2]


def test_an_image_gets_its_origin(tower: Watchtower) -> None:
    tower.pipelines.show(make_seen(S.SUCCEEDED, make_run(1, state=SUCCEEDED)))
    tower.builds.outcome["checkout:1"] = BuildOutcome(digest=make_digest(3))

    watch_execution(LOOK, tower.ports)

    origin = tower.timelines.images[make_digest(3)].origin
    assert (origin.execution, origin.commit) == (EXECUTION.id, "f4d05743bf2b")


# ── what is not watched ──────────────────────────────────────────────────────────────────────


def test_a_pipeline_that_nobody_names_any_more_is_forgotten(tower: Watchtower) -> None:
    tower.pipelines.show(make_seen(S.IN_PROGRESS, make_run(1)))
    watch_execution(LOOK, tower.ports)
    assert timeline(tower).due_at is not None
    tower.state.install(make_configuration(number=2))

    seen = watch_execution(LOOK, tower.ports)

    assert (seen.kind, seen.reason) == ("ignored", "no application names the pipeline checkout")
    assert timeline(tower).due_at is None
    build = Look(pipeline=PIPELINE, build="checkout:1")
    assert watch_execution(build, tower.ports).kind == "ignored"


def test_an_execution_that_codepipeline_does_not_know_is_forgotten(tower: Watchtower) -> None:
    tower.pipelines.show(make_seen(S.IN_PROGRESS, make_run(1)))
    watch_execution(LOOK, tower.ports)
    del tower.pipelines.executions[EXECUTION]

    seen = watch_execution(LOOK, tower.ports)

    assert (seen.kind, seen.reason) == ("ignored", "CodePipeline does not know the execution")
    assert timeline(tower).due_at is None


def test_a_build_leads_to_its_execution(tower: Watchtower) -> None:
    tower.pipelines.show(make_seen(S.IN_PROGRESS, make_run(7, state=FAILED)))

    seen = watch_execution(Look(pipeline=PIPELINE, build="checkout:7"), tower.ports)
    lost = watch_execution(Look(pipeline=PIPELINE, build="checkout:8"), tower.ports)

    assert (seen.kind, seen.execution) == ("kept", EXECUTION.id)
    assert lost.reason == "CodePipeline shows no execution of checkout:8"


# ── what is not shown yet, and what fails ────────────────────────────────────────────────────


def test_an_end_that_is_not_shown_is_looked_for_twice_and_then_left(tower: Watchtower) -> None:
    tower.pipelines.show(make_seen(S.IN_PROGRESS, make_run(1)))
    look, delays = replace(LOOK, ended=True), []

    while True:
        watch_execution(look, tower.ports)
        if not tower.looks.sent:
            break
        ((look, delay),) = tower.looks.sent
        tower.looks.take()
        delays.append(delay)

    assert tuple(delays) == LOOKS_AGAIN
    assert look.attempt == len(LOOKS_AGAIN)


@pytest.mark.parametrize("error", [Throttled("busy"), Conflict("moved")])
def test_who_is_busy_is_asked_again_later_and_later(
    tower: Watchtower, error: Throttled | Conflict
) -> None:
    tower.pipelines.failure = error
    look = LOOK

    for _ in range(3):
        assert watch_execution(look, tower.ports).kind == "later"
        ((look, _),) = tower.looks.sent[-1:]

    assert [delay.total_seconds() for _, delay in tower.looks.sent] == [20, 40, 80]
    assert look == replace(LOOK, busy=3)


def test_a_permission_that_is_missing_is_for_a_person(tower: Watchtower) -> None:
    tower.pipelines.failure = NotPermitted("codepipeline:GetPipelineExecution is not permitted")

    with pytest.raises(NotPermitted):
        watch_execution(LOOK, tower.ports)


@pytest.mark.parametrize("error", [NotPermitted("no"), Refused("no", "InvalidInputException")])
def test_a_failure_is_told_although_its_build_cannot_be_read(
    tower: Watchtower, error: NotPermitted | Refused
) -> None:
    tower.pipelines.show(make_seen(S.FAILED, make_run(1, state=FAILED)))
    tower.builds.failure = error

    seen = watch_execution(LOOK, tower.ports)

    assert (seen.told, seen.troubles) == ((EventName.PIPELINE_FAILED,), ("no",))


def test_a_lost_race_is_looked_at_anew(tower: Watchtower) -> None:
    tower.pipelines.show(make_seen(S.FAILED, make_run(1, state=FAILED)))

    def somebody_else() -> None:
        tower.pipelines.before = lambda: None
        watch_execution(LOOK, tower.ports)

    tower.pipelines.before = somebody_else

    assert watch_execution(LOOK, tower.ports).kind == "unchanged"
    assert len(told(tower)) == 1


def test_messages_of_one_execution_make_one_look() -> None:
    looks = [replace(LOOK, events=("a", "b"), attempt=1), replace(LOOK, events=("b",), ended=True)]

    assert one_look(looks) == replace(LOOK, events=("a", "b"), ended=True)


# ── shuffled, doubled, late and interrupted ──────────────────────────────────────────────────

SECOND = ExecutionRef(PIPELINE, "11111111-second")


def history() -> list[list[SeenExecution]]:
    """Two executions of one pipeline: the first fails twice and is mended, the second passes by."""
    source = make_run(1, "Source/Source", SUCCEEDED, provider="GitHub")
    first, failed = make_run(2, minute=1), make_run(2, state=FAILED, minute=1)
    again = make_run(3, state=FAILED, minute=5)
    third = make_run(4, state=SUCCEEDED, minute=9)
    other = make_run(5, "Source/Source", SUCCEEDED, minute=20, provider="GitHub")
    return [
        [
            make_seen(S.IN_PROGRESS, source, first),
            make_seen(S.FAILED, source, failed),
            make_seen(S.IN_PROGRESS, source, failed, make_run(3, minute=5)),
            make_seen(S.FAILED, source, failed, again),
            make_seen(S.SUCCEEDED, source, failed, again, third),
        ],
        [
            make_seen(S.IN_PROGRESS, other, execution=SECOND),
            make_seen(S.SUPERSEDED, other, execution=SECOND),
        ],
    ]


@settings(max_examples=150)
@given(st.data())
def test_whatever_the_order_of_events_one_timeline_and_each_word_once(data: st.DataObject) -> None:
    tower = Watchtower()
    moments = [each for one in history() for each in one]
    looks = [Look(pipeline=PIPELINE, execution=each.execution.id) for each in moments]
    events = data.draw(st.permutations(range(len(moments))))
    shown: dict[ExecutionRef, int] = {}
    for index in events:  # each event is told late: CodePipeline shows what was then, or later
        moment = moments[index]
        shown[moment.execution] = max(shown.get(moment.execution, 0), index)
        tower.pipelines.show(moments[shown[moment.execution]])
        for _ in range(data.draw(st.integers(1, 2))):
            watch_execution(looks[index], tower.ports)

    calm = Watchtower()
    for one in history():
        calm.pipelines.show(one[-1])
        watch_execution(Look(pipeline=PIPELINE, execution=one[-1].execution.id), calm.ports)

    assert drawn(tower) == drawn(calm)
    _each_word_once(tower)


def drawn(tower: Watchtower) -> dict[ExecutionRef, Timeline]:
    """Return the timelines without what was told on the way."""
    return {
        ref: replace(each, told=(), announced=0, version=0)
        for ref, each in tower.state.timelines.items()
    }


def _each_word_once(tower: Watchtower) -> None:
    words = [(each.subject, each.name, each.detail["attempt"]) for each in _all_told(tower)]
    assert len(words) == len(set(words))
    for subject in {each.subject for each in _all_told(tower)}:
        numbers = [each.sequence for each in _all_told(tower) if each.subject == subject]
        assert numbers == [*range(1, len(numbers) + 1)]


def _all_told(tower: Watchtower) -> list[Announcement]:
    return [each for changes in tower.timelines.commits for each in changes.announcements]


@pytest.mark.parametrize("effect", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
def test_a_crash_at_any_call_is_repaired_by_the_next_look(
    tower: Watchtower,
    at: int,
    effect: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    tower.pipelines.show(make_seen(S.FAILED, make_run(1, state=FAILED)))
    tower.builds.outcome["checkout:1"] = BuildOutcome("BUILD", digest=None)
    ports, death = tower.ports, Death(at, effect=effect)
    dying = replace(
        ports,
        directory=Dying(ports.directory, death),
        pipelines=Dying(ports.pipelines, death),
        builds=Dying(ports.builds, death),
        timelines=Dying(ports.timelines, death),
    )
    try:
        watch_execution(LOOK, dying)
    except CrashError:
        watch_execution(LOOK, ports)
    else:
        assert at == 6, "fewer calls than expected"

    assert len(told(tower)) == 1
    assert timeline(tower).state is S.FAILED


def test_pipelines_of_one_name_elsewhere_are_others(tower: Watchtower) -> None:
    elsewhere = PipelineRef(replace(HOME, region="us-east-1"), "checkout")

    assert watch_execution(replace(LOOK, pipeline=elsewhere), tower.ports).kind == "ignored"
