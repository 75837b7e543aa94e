"""A job of CodePipeline is answered whatever happens, and its credentials are seen nowhere."""

import json

import pytest

from longshore.domain.errors import Throttled
from longshore.domain.jobs import Answer, Fail, FailureType, GoOn
from longshore.runtime.pipeline_job import answer_job
from tests.support.pipelines import FakePipelines, Pipeline, job_event
from tests.support.runtime import Written
from tests.support.voyages import make_harbour

SECRETS = ("ASIAEXAMPLE", "not-to-be-seen")


class World:
    def __init__(self) -> None:
        self.pipeline = Pipeline(make_harbour())
        self.written = Written()

    def answer(self, job: str, parameters: object = "checkout/production") -> Answer:
        """Invoke the function; return what CodePipeline was told last."""
        event = job_event(job, parameters)  # type: ignore[arg-type]  # some are wrong on purpose
        answer_job(event, self.pipeline.ports, self.written.journal)
        return self.pipeline.pipelines.answers[-1][1]

    @property
    def said(self) -> str:
        return self.written.buffer.getvalue()


def test_a_job_is_answered_and_leaves_one_line() -> None:
    world = World()
    world.pipeline.build(web=f"{world.pipeline.harbour.spec.images[0].repository.uri}:main")

    answer = world.answer(world.pipeline.new_job())

    assert isinstance(answer, GoOn)
    (line,) = world.written.lines
    assert (line["message"], line["heard"]) == ("job goes on", True)


def test_what_is_wrong_fails_the_job_and_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    world = World()

    answer = world.answer(world.pipeline.new_job(), "production")

    assert isinstance(answer, Fail)
    assert answer.type is FailureType.CONFIGURATION
    (line,) = world.written.lines
    assert (line["level"], line["type"]) == ("WARNING", "ConfigurationError")
    assert json.loads(capsys.readouterr().out)["type"] == "ConfigurationError"


@pytest.mark.parametrize("event", [{}, {"CodePipeline.job": {"id": 7}}, {"Records": []}])
def test_what_is_no_job_ends_with_a_line(event: dict[str, object]) -> None:
    world = World()

    answer_job(event, world.pipeline.ports, world.written.journal)

    (line,) = world.written.lines
    assert line["message"] == "job rejected"
    assert not world.pipeline.pipelines.answers


def test_a_defect_is_answered_too() -> None:
    world = World()
    world.pipeline.harbour.registry.failure = RuntimeError("a defect")  # type: ignore[assignment]  # on purpose
    job = world.pipeline.new_job()

    answer = world.answer(job, {"stage": "checkout/production", "tag": "main"})

    assert isinstance(answer, Fail)
    assert answer.type is FailureType.SYSTEM
    assert "(RuntimeError): look at the log of its function pipeline_job" in answer.message


def test_credentials_are_in_no_line_and_no_answer() -> None:
    world = World()
    job = world.pipeline.new_job()
    world.answer(job)
    world.pipeline.harbour.registry.failure = RuntimeError("a defect")  # type: ignore[assignment]  # on purpose
    last = world.answer(world.pipeline.new_job(), {"stage": "checkout/production", "tag": "main"})

    assert world.said
    assert [secret for secret in SECRETS if secret in world.said or secret in str(last)] == []


class BusyPipelines(FakePipelines):
    """CodePipeline takes no answers."""

    def answer(self, job: str, answer: Answer) -> bool:
        raise Throttled(f"{job} {answer.__class__.__name__}")


def test_an_answer_that_cannot_be_given_is_raised_for_lambda_to_try_again() -> None:
    world = World()
    world.pipeline = Pipeline(make_harbour(), BusyPipelines())

    with pytest.raises(Throttled):
        world.answer(world.pipeline.new_job())


def test_a_job_that_was_answered_before_is_left_alone() -> None:
    world = World()
    job = world.pipeline.new_job()
    world.answer(job, "production")

    world.answer(job, "production")

    assert [line["heard"] for line in world.written.lines] == [True, False]
    assert len(world.pipeline.pipelines.answers) == 1
