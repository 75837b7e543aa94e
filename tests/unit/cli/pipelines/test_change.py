"""`longshore pipelines retry` and `stop`."""

import json

import pytest

from tests.unit.cli.pipelines.conftest import Engines, Refusal, pipelines


def test_what_failed_is_run_again(engines: Engines) -> None:
    id_ = engines.checkout(build="Failed")

    result = pipelines("retry", "checkout", "--reason", "the registry is back")

    assert result.exit_code == 0
    assert engines.called("RetryStageExecution") == [
        {
            "pipelineName": "checkout",
            "stageName": "Build",
            "pipelineExecutionId": id_,
            "retryMode": "FAILED_ACTIONS",
        }
    ]
    assert "next: longshore pipelines show checkout" in result.stdout


def test_the_reason_stands_in_the_user_agent_that_cloudtrail_keeps(engines: Engines) -> None:
    engines.checkout(build="Failed")

    pipelines("retry", "checkout", "--reason", "back: (a\r\nX: b) é")

    assert " reason/back___a__X__b___ " in engines.agents[-1]


@pytest.mark.parametrize("status", ["Succeeded", "InProgress", "Superseded"])
def test_where_nothing_failed_nothing_is_retried(engines: Engines, status: str) -> None:
    engines.ran("x", "1", status)

    result = pipelines("retry", "x", "--reason", "again")

    assert result.exit_code == 7
    assert f"nothing failed in execution 1 of x: it is {status}" in result.stderr
    assert engines.called("RetryStageExecution") == []


def test_a_pipeline_that_never_ran_has_nothing_to_retry(engines: Engines) -> None:
    engines.executions["x"] = []

    assert pipelines("retry", "x", "--reason", "again").exit_code == 7


def test_an_earlier_execution_is_retried_by_its_id(engines: Engines) -> None:
    failed = engines.checkout(build="Failed")
    engines.checkout()

    result = pipelines("retry", "checkout", "--execution", failed, "--reason", "x", "-o", "json")

    assert json.loads(result.stdout) == {
        "pipeline": "checkout",
        "execution": failed,
        "stage": "Build",
        "reason": "x",
    }


def test_a_stage_that_did_not_fail_is_not_retried(engines: Engines) -> None:
    engines.checkout(deploy="Failed")

    wrong = pipelines("retry", "checkout", "--stage", "Build", "--reason", "x")

    assert wrong.exit_code == 7
    assert "stage Build did not fail" in wrong.stderr
    assert pipelines("retry", "checkout", "--stage", "Deploy", "--reason", "x").exit_code == 0


def test_what_codepipeline_does_not_retry_is_said_in_words(engines: Engines) -> None:
    engines.checkout(build="Failed")
    engines.refusal = Refusal("StageNotRetryableException", "Stage cannot be retried.")

    result = pipelines("retry", "checkout", "--reason", "x")

    assert result.exit_code == 3
    assert "the pipeline was changed" in result.stderr


def test_what_is_not_known_here_is_said_as_aws_says_it(engines: Engines) -> None:
    engines.checkout(build="Failed")
    engines.refusal = Refusal("ValidationException", "1 validation error detected")

    result = pipelines("retry", "checkout", "--reason", "x")

    assert result.exit_code == 3
    assert "1 validation error detected" in result.stderr


def test_what_is_under_way_is_stopped(engines: Engines) -> None:
    engines.ran("x", "1", "InProgress")

    result = pipelines("stop", "x", "--reason", "wrong branch")

    assert result.exit_code == 0
    assert "stops after what is under way" in result.stdout
    assert engines.called("StopPipelineExecution") == [
        {
            "pipelineName": "x",
            "pipelineExecutionId": "1",
            "abandon": False,
            "reason": "wrong branch",
        }
    ]


def test_it_may_be_abandoned(engines: Engines) -> None:
    engines.ran("x", "1", "Stopping")

    result = pipelines("stop", "x", "--abandon", "--reason", "it hangs", "-o", "json")

    assert json.loads(result.stdout)["abandon"] is True
    assert engines.called("StopPipelineExecution")[0]["abandon"] is True


def test_where_nothing_is_under_way_nothing_is_stopped(engines: Engines) -> None:
    engines.ran("x", "1", "Failed")

    for more in ([], ["--execution", "1"]):
        result = pipelines("stop", "x", *more, "--reason", "x")
        assert result.exit_code == 7
        assert "nothing was stopped" in result.stderr
    assert engines.called("StopPipelineExecution") == []


def test_of_several_under_way_none_is_guessed(engines: Engines) -> None:
    engines.ran("x", "1", "InProgress")
    engines.ran("x", "2", "InProgress")

    result = pipelines("stop", "x", "--reason", "x")

    assert result.exit_code == 2
    assert "1: a push" in result.stderr
    assert pipelines("stop", "x", "--execution", "1", "--reason", "x").exit_code == 0


def test_what_stops_already_is_nothing_to_do(engines: Engines) -> None:
    engines.ran("x", "1", "Stopping")
    engines.refusal = Refusal("DuplicatedStopRequestException", "already stopping")

    result = pipelines("stop", "x", "--reason", "x")

    assert result.exit_code == 7
    assert "--abandon" in result.stderr


@pytest.mark.parametrize("command", ["retry", "stop"])
@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_a_reason_says_something_and_fits(engines: Engines, command: str, reason: str) -> None:
    engines.checkout(build="Failed")

    assert pipelines(command, "checkout", "--reason", reason).exit_code == 2
    assert engines.asked == []
