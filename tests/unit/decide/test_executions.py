"""What a look at an execution changes, and what of it is told."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from longshore.decide.executions import (
    Keep,
    Leave,
    Watched,
    decide_execution,
    due_at,
    failure_of,
)
from longshore.domain.executions import (
    ActionRun,
    ActionState,
    BuildOutcome,
    ExecutionSnapshot,
    ExecutionState,
    FailedExecution,
    PipelineRecord,
    SeenExecution,
    Timeline,
)
from longshore.domain.origins import Origin
from longshore.domain.outcomes import EventName
from longshore.domain.pipelines import ExecutionRef
from tests.support.builders import make_digest
from tests.support.fakes import NOON
from tests.support.watch_fakes import COMMIT, EXECUTION, PIPELINE, make_run, make_seen

S = ExecutionState
FAILED, SUCCEEDED, RUNNING = ActionState.FAILED, ActionState.SUCCEEDED, ActionState.IN_PROGRESS
LIMIT = timedelta(hours=2)
UNKNOWN = ExecutionSnapshot(PipelineRecord(PIPELINE))
BEFORE = ExecutionRef(PIPELINE, "00000000-before")


def look(  # noqa: PLR0913  what a decision is made from
    seen: SeenExecution,
    kept: ExecutionSnapshot = UNKNOWN,
    *,
    now: datetime = NOON,
    builds: dict[str, BuildOutcome] | None = None,
    ended: bool = False,
    settled: bool = False,
) -> Keep | Leave:
    return decide_execution(
        Watched(
            kept=kept,
            seen=seen,
            builds=builds or {},
            limit=LIMIT,
            now=now,
            ended=ended,
            settled=settled,
        )
    )


def kept_by(decision: Keep | Leave, kept: ExecutionSnapshot = UNKNOWN) -> ExecutionSnapshot:
    """Return what the ledger holds after a decision."""
    assert isinstance(decision, Keep)
    return ExecutionSnapshot(decision.pipeline or kept.pipeline, decision.timeline)


def words(decision: Keep | Leave) -> list[EventName]:
    return [word.name for word in decision.words] if isinstance(decision, Keep) else []


def one_word(decision: Keep | Leave) -> str:
    assert isinstance(decision, Keep)
    (word,) = decision.words
    return word.reason


# ── what is told ─────────────────────────────────────────────────────────────────────────────


def test_a_failure_is_told_once_with_its_cause() -> None:
    seen = make_seen(S.FAILED, make_run(1, state=FAILED))

    first = look(seen, builds={"checkout:1": BuildOutcome("BUILD", "exit status 2", "https://l")})

    assert isinstance(first, Keep)
    assert words(first) == [EventName.PIPELINE_FAILED]
    assert one_word(first) == "Build/Image failed in its phase BUILD: exit status 2"
    assert first.timeline.announced == 1
    assert look(seen, kept_by(first)) == Leave("it is Failed, as was known")


def test_a_success_is_no_news() -> None:
    decision = look(make_seen(S.SUCCEEDED, make_run(1, state=SUCCEEDED)))

    assert isinstance(decision, Keep)
    assert (decision.words, decision.reason) == ((), "it is Succeeded")
    assert decision.pipeline == PipelineRecord(PIPELINE, passed_at=NOON)


def test_a_retry_that_succeeds_is_told_as_mended() -> None:
    failed = make_run(1, state=FAILED)
    broken = kept_by(look(make_seen(S.FAILED, failed)))
    seen = make_seen(S.SUCCEEDED, failed, make_run(2, state=SUCCEEDED, minute=9))

    decision = look(seen, broken)

    assert words(decision) == [EventName.PIPELINE_SUCCEEDED]
    assert one_word(decision) == "it succeeded at attempt 2, after it had failed"
    mended = kept_by(decision, broken)
    assert mended.pipeline.failing is None
    assert mended.timeline is not None
    assert (mended.timeline.attempt, mended.timeline.announced) == (2, 2)
    assert words(look(seen, mended)) == []


def test_a_retry_that_fails_too_is_told_again() -> None:
    failed = make_run(1, state=FAILED)
    broken = kept_by(look(make_seen(S.FAILED, failed)))

    decision = look(make_seen(S.FAILED, failed, make_run(2, state=FAILED, minute=9)), broken)

    assert words(decision) == [EventName.PIPELINE_FAILED]
    assert isinstance(decision, Keep)
    assert decision.reason == "it is Failed at attempt 2"


def test_a_newer_execution_mends_what_an_older_one_broke_and_not_the_other_way_round() -> None:
    seen = make_seen(S.SUCCEEDED, make_run(1, state=SUCCEEDED))
    older = FailedExecution(BEFORE.id, NOON - timedelta(hours=1))
    newer = FailedExecution(BEFORE.id, NOON + timedelta(hours=1))

    mends = look(seen, ExecutionSnapshot(PipelineRecord(PIPELINE, older)))
    leaves = look(seen, ExecutionSnapshot(PipelineRecord(PIPELINE, newer)))

    assert one_word(mends) == f"it succeeded, after the execution {BEFORE.id} had failed"
    assert words(leaves) == []
    assert isinstance(leaves, Keep)
    assert leaves.pipeline == PipelineRecord(PIPELINE, newer, NOON)


@pytest.mark.parametrize(
    "standing",
    [
        PipelineRecord(PIPELINE, passed_at=NOON + timedelta(minutes=1)),
        PipelineRecord(PIPELINE, FailedExecution(BEFORE.id, NOON + timedelta(minutes=1))),
    ],
)
def test_an_older_execution_does_not_speak_for_its_pipeline(standing: PipelineRecord) -> None:
    seen = make_seen(S.FAILED, make_run(1, state=FAILED))

    decision = look(seen, ExecutionSnapshot(standing))

    assert words(decision) == [EventName.PIPELINE_FAILED]
    assert isinstance(decision, Keep)
    assert decision.pipeline is None


@pytest.mark.parametrize(
    ("state", "summary", "name", "reason"),
    [
        (S.SUPERSEDED, None, EventName.PIPELINE_SUPERSEDED, "a newer execution went past it"),
        (S.STOPPED, "an older commit", EventName.PIPELINE_STOPPED, "an older commit"),
        (S.STOPPED, None, EventName.PIPELINE_STOPPED, "it was stopped"),
        (S.CANCELLED, None, EventName.PIPELINE_STOPPED, "it was cancelled"),
    ],
)
def test_other_ends_are_told_too(
    state: ExecutionState, summary: str | None, name: EventName, reason: str
) -> None:
    seen = replace(make_seen(state), summary=summary)

    decision = look(seen)

    assert (words(decision), one_word(decision)) == ([name], reason)
    assert isinstance(decision, Keep)
    assert decision.pipeline is None


# ── stuck ────────────────────────────────────────────────────────────────────────────────────


def test_an_execution_that_takes_too_long_is_told_once_an_attempt() -> None:
    seen = make_seen(S.IN_PROGRESS, make_run(1))
    early = look(seen, now=NOON + LIMIT - timedelta(seconds=1))
    assert isinstance(early, Keep)
    assert (early.words, early.timeline.due_at) == ((), NOON + LIMIT)

    late = look(seen, kept_by(early), now=NOON + LIMIT)

    assert words(late) == [EventName.PIPELINE_STUCK]
    assert one_word(late) == (
        "in progress for longer than 2 hours; Build/Image runs since 2026-11-23 12:00Z"
    )
    assert isinstance(late, Keep)
    assert late.timeline.due_at is None
    after = look(seen, kept_by(late), now=NOON + 2 * LIMIT)
    assert after == Leave("it is InProgress, as was known")


def test_a_retry_has_the_whole_time_again() -> None:
    failed, again = make_run(1, state=FAILED), make_run(2, minute=150)
    late = NOON + timedelta(minutes=160)

    decision = look(make_seen(S.IN_PROGRESS, failed, again), now=late)

    assert words(decision) == []
    assert isinstance(decision, Keep)
    assert decision.timeline.due_at == again.started_at + LIMIT


def test_nothing_that_runs_is_said_where_something_is_before_it() -> None:
    seen = make_seen(S.IN_PROGRESS, make_run(1, state=SUCCEEDED))

    assert "a transition is disabled" in one_word(look(seen, now=NOON + LIMIT))


def test_waiting_for_a_person_is_not_being_stuck() -> None:
    approval = make_run(1, "Release/Approve", provider="Manual")
    days = NOON + timedelta(days=3)

    decision = look(make_seen(S.IN_PROGRESS, approval), now=days)

    assert isinstance(decision, Keep)
    assert (decision.words, decision.timeline.due_at) == ((), None)
    assert decision.reason == "it is InProgress, waiting for a manual approval: Release/Approve"


def test_the_time_begins_anew_when_somebody_has_approved() -> None:
    approval = make_run(1, "Release/Approve", SUCCEEDED, provider="Manual")
    approval = replace(approval, ended_at=NOON + timedelta(days=1))
    timeline = Timeline(execution=EXECUTION, state=S.IN_PROGRESS, runs=(approval,), attempt_at=NOON)

    assert due_at(timeline, LIMIT) == NOON + timedelta(days=1) + LIMIT
    assert due_at(replace(timeline, state=S.FAILED), LIMIT) is None
    assert due_at(replace(timeline, attempt_at=None), LIMIT) is None


# ── looking again ────────────────────────────────────────────────────────────────────────────


def test_what_has_not_begun_is_left_until_it_does() -> None:
    assert look(make_seen(S.IN_PROGRESS)) == Leave("nothing of it has begun")
    assert look(make_seen(S.IN_PROGRESS), ended=True) == Leave(
        "nothing of it has begun", again=True
    )


def test_an_end_that_is_not_shown_is_looked_for_again() -> None:
    seen, reason = make_seen(S.IN_PROGRESS, make_run(1)), "it is InProgress, as was known"
    known = kept_by(look(seen))

    assert look(seen, known, ended=True) == Leave(reason, again=True)
    assert look(seen, known, ended=True, settled=True) == Leave(reason)


# ── causes ───────────────────────────────────────────────────────────────────────────────────


def timeline_of(*runs: ActionRun, summary: str | None = None) -> Timeline:
    return Timeline(execution=EXECUTION, state=S.FAILED, runs=runs, summary=summary)


@pytest.mark.parametrize(
    ("run", "summary"),
    [
        (make_run(1, state=FAILED), "Build/Image failed and does not say why"),
        (replace(make_run(1, state=FAILED), summary="it ended"), "Build/Image failed: it ended"),
        (
            replace(make_run(1, state=FAILED), summary="it ended", error="access denied"),
            "Build/Image failed: access denied",
        ),
        (
            replace(make_run(1, state=FAILED), build=BuildOutcome("INSTALL")),
            "Build/Image failed in its phase INSTALL",
        ),
        (
            replace(make_run(1, state=FAILED), summary="it ended", build=BuildOutcome()),
            "Build/Image failed: it ended",
        ),
    ],
)
def test_a_cause_is_a_sentence(run: ActionRun, summary: str) -> None:
    failure = failure_of(timeline_of(run))

    assert failure.summary == summary
    assert (failure.stage, failure.action) == ("Build", "Image")


def test_the_first_action_that_failed_is_the_cause() -> None:
    later, first = make_run(1, "Test/A", FAILED, minute=5), make_run(2, "Test/B", FAILED)

    assert failure_of(timeline_of(later, first)).action == "B"


def test_a_failure_without_an_action_says_what_codepipeline_says() -> None:
    old = replace(make_run(1, state=SUCCEEDED), attempt=1)

    assert failure_of(timeline_of(old, summary="timed out")).summary == "timed out"
    assert "names no action" in failure_of(timeline_of()).summary


# ── origins ──────────────────────────────────────────────────────────────────────────────────


def test_a_build_that_says_which_image_it_pushed_gives_it_an_origin() -> None:
    seen = make_seen(S.IN_PROGRESS, make_run(1, state=SUCCEEDED))
    builds = {"checkout:1": BuildOutcome(digest=make_digest(1))}

    decision = look(seen, builds=builds)

    assert isinstance(decision, Keep)
    (image,) = decision.images
    assert (image.digest, image.build, image.repository) == (
        make_digest(1),
        "checkout:1",
        "acme/checkout",
    )
    assert image.origin == Origin(
        pipeline="checkout",
        execution=EXECUTION.id,
        commit=COMMIT.id,
        url=COMMIT.url,
        author="Ada",
        trigger="WebhookV2",
    )
    more = look(replace(seen, state=S.SUCCEEDED), kept_by(decision), builds=builds)
    assert isinstance(more, Keep)
    assert more.images == ()


def test_an_image_of_no_commit_has_an_origin_too() -> None:
    seen = make_seen(S.IN_PROGRESS, make_run(1, state=SUCCEEDED))
    seen = replace(seen, revisions=(), trigger=None)

    decision = look(seen, builds={"checkout:1": BuildOutcome(digest=make_digest(1))})

    assert isinstance(decision, Keep)
    origin = decision.images[0].origin
    assert (origin.commit, origin.url, origin.trigger) == (None, None, None)
