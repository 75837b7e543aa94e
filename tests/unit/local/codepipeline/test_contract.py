"""Everything that goes in and out is what the botocore service model says."""

from contextlib import suppress

import pytest

from longshore_local.awsjson import ApiError, ContractError
from longshore_local.codepipeline import OPERATIONS
from longshore_local.worlds.params import Output, Params
from tests.unit.local.codepipeline.scene import Scene, pipeline, whole_pipeline
from tests.unit.local.model import (
    Calls,
    Recorder,
    misfits,
    model_of,
    strange_values,
    undeclared_errors,
)

MODEL = model_of("codepipeline")
NOBODY = "00000000-0000-0000-0000-000000000000"


class Listener(Recorder):
    """Keeps errors too."""

    def __init__(self) -> None:
        super().__init__()
        self.raised: set[tuple[str, str]] = set()

    def __call__(self, operation: str, parameters: Params, proceed: object) -> Output:
        try:
            return super().__call__(operation, parameters, proceed)
        except ApiError as error:
            self.raised.add((operation, error.code))
            raise


@pytest.fixture(scope="module")
def heard() -> Listener:
    """A story that reaches every operation, and most errors."""
    listener = Listener()
    scene = Scene(gate=listener)
    execution = scene.create(whole_pipeline(variables=[{"name": "a", "defaultValue": "b"}]))
    scene.later(minutes=1)
    scene.built()
    token = scene.states()["Approve"]["actionStates"][0]["latestExecution"]["token"]
    approval = {"pipelineName": "checkout", "stageName": "Approve", "actionName": "Approve"}
    decision = {"status": "Approved", "summary": "fine"}
    scene.call("PutApprovalResult", **approval, token=token, result=decision)
    scene.later(minutes=1)
    scene.call("GetJobDetails", jobId=scene.job["id"])
    scene.call("PutJobSuccessResult", jobId=scene.job["id"], continuationToken="more")
    scene.later(minutes=1)
    scene.fail()
    stage = {"pipelineName": "checkout", "pipelineExecutionId": execution, "stageName": "Deploy"}
    scene.call("RetryStageExecution", **stage, retryMode="FAILED_ACTIONS")
    others = [scene.start(clientRequestToken=str(number)) for number in range(3)]
    scene.later(minutes=1)
    stopped = {"pipelineName": "checkout", "pipelineExecutionId": others[-1]}
    scene.call("StopPipelineExecution", **stopped, reason="enough")
    scene.call("UpdatePipeline", pipeline=pipeline())
    scene.call("GetPipeline", name="checkout")
    scene.call("ListPipelines")
    for one in (execution, *others):
        scene.execution(one), scene.runs(one)
    scene.states()
    wrong(scene, approval, stage)
    scene.call("DeletePipeline", name="checkout")
    return listener


def wrong(scene: Scene, approval: dict[str, str], stage: dict[str, str]) -> None:
    decision = {"status": "Approved", "summary": "fine"}
    details = {"type": "JobFailed", "message": "no"}
    attempts: list[tuple[str, dict[str, object]]] = [
        ("GetPipeline", {"name": "nowhere"}),
        ("GetPipeline", {"name": "checkout", "version": 9}),
        ("CreatePipeline", {"pipeline": pipeline()}),
        ("CreatePipeline", {"pipeline": pipeline(name="new", stages=[])}),
        ("ListPipelines", {"nextToken": "x"}),
        ("StartPipelineExecution", {"name": "checkout", "clientRequestToken": "?"}),
        ("PutApprovalResult", {**approval, "token": NOBODY, "result": decision}),
        ("PutJobSuccessResult", {"jobId": NOBODY}),
        ("PutJobFailureResult", {"jobId": scene.job["id"], "failureDetails": details}),
        ("PutJobFailureResult", {"jobId": scene.job["id"], "failureDetails": details}),
        ("RetryStageExecution", {**stage, "retryMode": "ALL_ACTIONS", "stageName": "Source"}),
        ("GetPipelineExecution", {"pipelineName": "checkout", "pipelineExecutionId": NOBODY}),
        ("StopPipelineExecution", {"pipelineName": "checkout", "pipelineExecutionId": NOBODY}),
    ]
    for operation, parameters in attempts:
        with suppress(ApiError):
            scene.call(operation, **parameters)


def test_the_story_reaches_every_operation(heard: Listener) -> None:
    assert {operation for operation, _, _ in heard.calls} == set(OPERATIONS)


def test_every_answer_fits_the_output_shape_of_its_operation(heard: Listener) -> None:
    calls: Calls = heard.calls

    assert misfits(MODEL, calls) == set()


def test_every_member_of_an_enumeration_is_one_of_its_values(heard: Listener) -> None:
    assert strange_values(MODEL, heard.calls) == set()


def test_every_error_is_one_that_the_operation_declares(heard: Listener) -> None:
    # The model forgets to name this one for stopping; AWS answers it all the same.
    known = {("StopPipelineExecution", "PipelineExecutionNotFoundException")}

    assert undeclared_errors(MODEL, heard.raised) - known == set()
    assert len(heard.raised) > 9


def test_what_no_sdk_would_send_is_a_defect_of_the_caller() -> None:
    for parameters in ({"name": 1}, {"nme": "checkout"}, {}):
        with pytest.raises(ContractError, match="input of StartPipelineExecution"):
            Scene().call("StartPipelineExecution", **parameters)


def test_without_validation_the_same_story_gives_the_same_answers() -> None:
    def story(*, validated: bool) -> tuple[Calls, list[dict[str, object]]]:
        recorder = Recorder()
        scene = Scene(gate=recorder)
        scene.world.validated = validated
        execution = scene.create()
        scene.later(minutes=1)
        scene.succeed()
        scene.execution(execution), scene.runs(execution), scene.states()
        return recorder.calls, scene.events

    assert story(validated=True) == story(validated=False)
