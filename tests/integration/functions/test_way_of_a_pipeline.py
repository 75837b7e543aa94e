"""A pipeline that fails, on its way through the functions: the real handlers and adapters."""

from datetime import UTC, datetime

from botocore.stub import Stubber

from longshore.runtime.wiring import shared
from tests.support.builders import HOME
from tests.support.lambdas import Installation

EXECUTION = "faca57ab-55ee-454c-a1c7-8fc4658c8035"
DOCUMENT = {
    "apiVersion": "longshore/v1",
    "application": "checkout",
    "images": {"app": {"repository": "checkout", "select": {"semver": "^1.4"}}},
    "stages": {"production": {"targets": [{"service": "prod/web"}]}},
    "pipelines": ["checkout"],
}
EVENT = {
    "id": "e-1",
    "source": "aws.codepipeline",
    "detail-type": "CodePipeline Pipeline Execution State Change",
    "account": HOME.account,
    "region": HOME.region,
    "detail": {"pipeline": "checkout", "execution-id": EXECUTION, "state": "FAILED"},
}


def test_a_pipeline_that_fails_is_told_once_however_often_its_event_comes(
    installation: Installation,
) -> None:
    installation.harbour.open_service("prod", "web", installation.push("1.4.0", 1))
    installation.harbour.pass_time(minutes=1)
    asked = {"document": DOCUMENT, "deploy": False, "base": 0}
    assert installation.post("/v1/configurations", asked)[0] == 200
    installation.run()
    installation.received(installation.heard)
    now = datetime.now(UTC)
    action = {
        "actionExecutionId": "run-1",
        "pipelineExecutionId": EXECUTION,
        "stageName": "Deploy",
        "actionName": "Shop",
        "status": "Failed",
        "startTime": now,
        "lastUpdateTime": now,
        "output": {"executionResult": {"errorDetails": {"message": "no such stage"}}},
    }
    with Stubber(shared.make_clients().codepipeline) as stub:
        for _ in range(2):
            stub.add_response("list_action_executions", {"actionExecutionDetails": [action]})
            stub.add_response("get_pipeline_execution", {"pipelineExecution": {"status": "Failed"}})
            installation.send(EVENT)
            installation.run()
        stub.assert_no_pending_responses()

    (told,) = installation.received(installation.heard)
    assert told["detail-type"] == "PipelineFailed"
    assert told["detail"]["failure"]["summary"] == "Deploy/Shop failed: no such stage"
    mails = [mail["Subject"] for mail in installation.received(installation.mail)]
    assert mails[-1] == "FAILED pipeline checkout"
