"""A pipeline deploys through the same ledger and reconciler, and is told the verdict."""

from dataclasses import replace

import pytest

from longshore.domain.configuration import Mode
from longshore.domain.deployments import Phase, TriggerKind
from longshore.domain.errors import LongshoreError, NotPermitted, Refused, Throttled, UnknownSchema
from longshore.domain.holds import HoldKind
from longshore.domain.intents import IntentKind
from longshore.domain.jobs import Fail, FailureType, GoOn, Succeed
from longshore.domain.outcomes import Outcome
from longshore.events.jobs import encode_progress
from tests.support.builders import REPOSITORY, STAGE, make_digest
from tests.support.harbour import WORKER, WORKER_REPOSITORY, Harbour, two_services
from tests.support.pipelines import ORIGIN, Pipeline
from tests.support.voyages import CRASH, make_harbour, of_digest


def built(harbour: Harbour, number: int, tag: str) -> Pipeline:
    """Return a pipeline whose build has pushed an image, of which no event tells."""
    harbour.lose_events = True
    harbour.push(number, tag)
    harbour.lose_events = False
    pipeline = Pipeline(harbour)
    pipeline.build(web=f"{REPOSITORY.uri}:{tag}")
    return pipeline


# ── the way to success ───────────────────────────────────────────────────────────────────────


def test_what_the_build_names_is_deployed_and_the_pipeline_is_told() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "main-c0ffee")

    answer = pipeline.deploy()

    deployment = harbour.deployment(1)
    assert harbour.running() == of_digest(2)
    assert deployment.phase is Phase.SUCCEEDED
    assert (deployment.trigger.kind, deployment.trigger.actor) == (
        TriggerKind.PIPELINE,
        "codepipeline:checkout",
    )
    assert deployment.trigger.origin == ORIGIN
    assert isinstance(answer, Succeed)
    assert answer.deployment == "checkout/production#1"
    assert answer.variables == {
        "release": deployment.release.id,
        "digest": make_digest(2),
        "deployment": "checkout/production#1",
        "duration": answer.variables["duration"],
    }
    assert int(answer.variables["duration"]) > 0
    assert harbour.snapshot.stage.paused is None


def test_until_the_verdict_the_pipeline_is_told_how_far_it_is() -> None:
    pipeline = built(make_harbour(), 2, "main-c0ffee")

    first = pipeline.tell(pipeline.new_job())
    assert isinstance(first, GoOn)
    assert (first.summary, first.percent) == ("waits for its turn in the stage", 0)

    pipeline.harbour.run(minutes=0.02)
    second = pipeline.tell(pipeline.new_job(), encode_progress(first.progress))
    assert isinstance(second, GoOn)
    assert second.summary == "checkout/production#1: Progressing"


def test_a_tag_can_be_named_instead_of_an_artifact() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "1.2.0")

    assert isinstance(pipeline.deploy(tag="1.2.0"), Succeed)
    assert harbour.running() == of_digest(2)


def test_what_a_push_began_already_is_followed() -> None:
    harbour = make_harbour()
    harbour.push(2)
    pipeline = Pipeline(harbour)
    harbour.run(minutes=0.02)
    assert harbour.deployment(1).phase is Phase.PROGRESSING

    answer = pipeline.deploy(tag="main")

    assert isinstance(answer, Succeed)
    assert answer.deployment == "checkout/production#1"
    assert harbour.state.stages[STAGE].latest == 1


def test_what_is_live_already_succeeds_at_once() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=10)

    answer = Pipeline(harbour).deploy(tag="main")

    assert isinstance(answer, Succeed)
    assert answer.summary.endswith("is live already")
    assert answer.variables["deployment"] == "none"
    assert harbour.state.stages[STAGE].latest == 1


def test_several_images_move_as_one_release() -> None:
    harbour = make_harbour(spec=two_services())
    pipeline = Pipeline(harbour)
    harbour.lose_events = True
    harbour.push(2, "v2")
    harbour.push(3, "v2", repository=WORKER_REPOSITORY)
    harbour.lose_events = False
    pipeline.build(web=f"{REPOSITORY.uri}:v2", worker=f"{WORKER_REPOSITORY.uri}:v2")

    answer = pipeline.deploy()

    assert isinstance(answer, Succeed)
    assert answer.variables["digest"] == f"app={make_digest(2)},worker={make_digest(3)}"
    assert harbour.running(WORKER) == of_digest(3, WORKER_REPOSITORY)


# ── told twice, late, out of order ───────────────────────────────────────────────────────────


def test_a_job_that_is_told_twice_wishes_once() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "main-c0ffee")
    job = pipeline.new_job()

    first, second = pipeline.tell(job), pipeline.tell(job)
    assert isinstance(first, GoOn)
    assert isinstance(second, GoOn)
    assert first.progress.wish == second.progress.wish
    assert isinstance(pipeline.go_on(first), Succeed)

    pipeline.pipelines.open.add(job)  # a third time, when all is over
    assert isinstance(pipeline.tell(job), Succeed)
    assert harbour.state.stages[STAGE].latest == 1


def test_a_job_told_twice_stands_by_what_its_tag_named_first() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "candidate")
    job = pipeline.new_job()
    first = pipeline.tell(job, tag="candidate")
    harbour.lose_events = True
    harbour.push(3, "candidate")
    harbour.lose_events = False

    again = pipeline.tell(job, tag="candidate")

    assert isinstance(again, GoOn)
    assert isinstance(pipeline.go_on(first, tag="candidate"), Succeed)
    assert harbour.running() == of_digest(2)


@pytest.mark.parametrize("replaced", [True, False])
def test_a_job_whose_first_answer_was_lost_succeeds_by_nothing_else(*, replaced: bool) -> None:
    harbour, other = make_harbour(), 3 << 248  # by its first digits too
    harbour.push(2)
    harbour.run(minutes=10)
    pipeline = Pipeline(harbour)
    pipeline.build(web=f"{REPOSITORY.uri}@{make_digest(2)}")
    job = pipeline.new_job()
    pipeline.tell(job)  # it asked, died, and nobody has what it found
    pipeline.pipelines.open.add(job)
    again = pipeline.tell(job)
    harbour.run(minutes=1)
    if replaced:
        harbour.push(other)
    harbour.run(minutes=10)

    answer = pipeline.go_on(again)

    if replaced:
        assert "has taken its place" in failed(answer, FailureType.OUT_OF_SYNC)
    else:
        assert isinstance(answer, Succeed)
        assert answer.variables["digest"] == make_digest(2)


def test_a_job_for_an_older_release_does_not_overtake() -> None:
    harbour = make_harbour()
    harbour.lose_events = True
    harbour.push(2, "older")
    harbour.run(minutes=1)
    harbour.push(3, "newer")
    harbour.lose_events = False
    pipeline = Pipeline(harbour)
    assert isinstance(pipeline.deploy(tag="newer"), Succeed)

    answer = pipeline.deploy(tag="older")

    assert isinstance(answer, Fail)
    assert answer.type is FailureType.OUT_OF_SYNC
    assert "was pushed at" in answer.message
    assert answer.message.endswith("to go there on purpose: `longshore deploy`")
    assert harbour.running() == of_digest(3)


def test_a_newer_release_supersedes_and_the_older_pipeline_is_told() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "first")
    first = pipeline.tell(pipeline.new_job(), tag="first")
    harbour.run(minutes=0.02)
    harbour.lose_events = True
    harbour.push(3, "second")
    harbour.lose_events = False

    assert isinstance(pipeline.deploy(tag="second"), Succeed)
    answer = pipeline.go_on(first, tag="first")

    assert isinstance(answer, Fail)
    assert answer.type is FailureType.OUT_OF_SYNC
    assert "checkout/production#2 takes its place" in answer.message


# ── what is kept back ────────────────────────────────────────────────────────────────────────


def test_a_crash_is_taken_back_and_fails_the_pipeline_with_its_cause() -> None:
    harbour = make_harbour()
    harbour.conduct[make_digest(2)] = CRASH
    pipeline = built(harbour, 2, "main-c0ffee")

    answer = pipeline.deploy()

    assert isinstance(answer, Fail)
    assert answer.type is FailureType.JOB_FAILED
    assert answer.deployment == "checkout/production#1"
    assert "did not come up" in answer.message
    assert "an error of its own" in answer.message
    assert harbour.deployment(1).phase is Phase.ROLLED_BACK

    again = pipeline.deploy()
    assert isinstance(again, Fail)
    assert "is vetoed" in again.message


def test_a_pause_keeps_a_pipeline_out() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "main-c0ffee")
    harbour.ask(IntentKind.PAUSE)
    harbour.run(minutes=1)

    answer = pipeline.deploy()

    assert isinstance(answer, Fail)
    assert "held (paused)" in answer.message
    assert harbour.ends()["job-00000000-0000-4000-8000-000000000001"] == Outcome.REJECTED
    assert harbour.running() != of_digest(2)


def test_a_freeze_keeps_a_pipeline_out_with_the_way_to_go_on() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "main-c0ffee")
    harbour.state.turn(on=True)

    answer = pipeline.deploy()

    assert isinstance(answer, Fail)
    assert answer.type is FailureType.JOB_FAILED
    assert "longshore unfreeze --everything" in answer.message


def test_a_pipelines_release_leaves_no_hold() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "main-c0ffee")
    pipeline.deploy()

    harbour.push(3)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(3)
    assert harbour.snapshot.stage.paused is None


def test_the_policys_older_choice_does_not_take_it_back() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "main-c0ffee")
    pipeline.deploy()
    harbour.run(minutes=40)

    assert harbour.running() == of_digest(2)
    hold = harbour.snapshot.stage.hold
    assert hold is None or hold.kind is HoldKind.MOVED_BACK


# ── bad input ────────────────────────────────────────────────────────────────────────────────


def failed(answer: object, type_: FailureType) -> str:
    assert isinstance(answer, Fail)
    assert answer.type is type_
    return answer.message


def test_a_stage_that_is_not_there_fails_the_pipeline() -> None:
    pipeline = Pipeline(make_harbour())

    answer = pipeline.deploy(stage="checkout/nowhere")

    message = failed(answer, FailureType.CONFIGURATION)
    assert "no configuration in force has the stage checkout/nowhere" in message
    assert "longshore status" in message


def test_an_image_that_is_not_in_ecr_fails_the_pipeline() -> None:
    pipeline = Pipeline(make_harbour())

    message = failed(pipeline.deploy(tag="9.9.9"), FailureType.UNAVAILABLE)

    assert message.startswith("checkout:9.9.9 is not in ECR, account 123456789012")


def test_an_artifact_without_the_file_fails_the_pipeline() -> None:
    pipeline = Pipeline(make_harbour())

    message = failed(pipeline.deploy(), FailureType.CONFIGURATION)

    assert "BuildOutput holds no imagedefinitions.json and no imageDetail.json" in message


def test_an_artifact_that_is_not_there_fails_the_pipeline() -> None:
    pipeline = built(make_harbour(), 2, "v2")

    message = failed(pipeline.deploy(artifact="Other"), FailureType.CONFIGURATION)

    assert "no input artifact 'Other': name one of BuildOutput" in message


def test_a_job_that_codepipeline_does_not_know_has_no_effect() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "v2")

    answer = pipeline.tell("00000000-0000-4000-8000-00000000ffff")

    assert "knows no job" in failed(answer, FailureType.JOB_FAILED)
    assert not harbour.state.intents
    assert not pipeline.pipelines.answers


@pytest.mark.parametrize(
    ("error", "type_"),
    [
        (NotPermitted("ecr:DescribeImages is not permitted"), FailureType.PERMISSION),
        (Refused("the repository does not exist", "X"), FailureType.CONFIGURATION),
        (UnknownSchema("newer"), FailureType.SYSTEM),
    ],
)
def test_what_aws_refuses_becomes_an_answer(error: LongshoreError, type_: FailureType) -> None:
    pipeline = built(make_harbour(), 2, "v2")
    pipeline.harbour.registry.failure = error

    assert failed(pipeline.deploy(), type_) == str(error)


def test_a_busy_aws_is_waited_for_and_the_wish_is_the_same() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "v2")
    harbour.registry.failure = Throttled("ecr was slowed down")
    first = pipeline.tell(pipeline.new_job())
    assert isinstance(first, GoOn)
    assert first.summary == "waits for AWS: ecr was slowed down"
    harbour.registry.failure = None

    answer = pipeline.go_on(first)

    assert isinstance(answer, Succeed)
    assert harbour.ends()[first.progress.wish] == Outcome.APPLIED


def test_a_busy_aws_is_not_waited_for_without_end() -> None:
    pipeline = built(make_harbour(), 2, "v2")
    pipeline.harbour.registry.failure = Throttled("ecr was slowed down")

    message = failed(pipeline.deploy(), FailureType.SYSTEM)

    assert message == "ecr was slowed down; retry the stage of the pipeline"


def test_an_action_ends_when_its_time_is_over() -> None:
    harbour = make_harbour(breaker=False)
    harbour.conduct[make_digest(2)] = CRASH
    pipeline = built(harbour, 2, "v2")

    message = failed(pipeline.deploy(timeout="5m"), FailureType.JOB_FAILED)

    assert "has not ended within 5 minutes (checkout/production#1: Progressing)" in message


def test_a_wish_that_nobody_knows_any_more_fails_the_pipeline() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "v2")
    first = pipeline.tell(pipeline.new_job())
    harbour.state.intents.clear()
    harbour.lose_ledger()

    assert "restored from a backup" in failed(pipeline.go_on(first), FailureType.SYSTEM)


def test_the_action_says_what_codepipeline_does_not() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "v2")
    pipeline.pipelines.origin = replace(ORIGIN, commit=None, execution=None)

    pipeline.deploy(commit="abc123", execution="e-9")

    origin = harbour.deployment(1).trigger.origin
    assert origin is not None
    assert (origin.commit, origin.execution) == ("abc123", "e-9")


def test_a_stage_that_only_observes_refuses_at_once() -> None:
    harbour = make_harbour()
    pipeline = built(harbour, 2, "v2")
    harbour.apply(replace(harbour.spec, mode=Mode.OBSERVE))

    answer = pipeline.deploy()

    assert "is only observed" in failed(answer, FailureType.JOB_FAILED)
    assert harbour.state.stages[STAGE].latest == 0
