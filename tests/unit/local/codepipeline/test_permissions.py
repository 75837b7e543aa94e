"""What each call asks of IAM, and that whoever may not is told so."""

import json

import pytest

from longshore.domain.places import Home
from longshore_local.awsjson import AccessDenied, Exchange, Permission
from longshore_local.codepipeline import codepipeline_stand_in
from longshore_local.codepipeline.permissions import permissions
from tests.unit.local.codepipeline.scene import ROLE, Scene, pipeline

HOME = Home("aws", "000000000000", "eu-central-1")
ARN = "arn:aws:codepipeline:eu-central-1:000000000000"


@pytest.mark.parametrize(
    ("operation", "given", "resource"),
    [
        ("StartPipelineExecution", {"name": "checkout"}, f"{ARN}:checkout"),
        ("GetPipelineExecution", {"pipelineName": "checkout"}, f"{ARN}:checkout"),
        ("ListPipelines", {}, f"{ARN}:*"),
        ("RetryStageExecution", {"pipelineName": "p", "stageName": "s"}, f"{ARN}:p/s"),
        (
            "PutApprovalResult",
            {"pipelineName": "p", "stageName": "s", "actionName": "a"},
            f"{ARN}:p/s/a",
        ),
        ("PutJobSuccessResult", {"jobId": "1"}, "*"),
    ],
)
def test_a_call_asks_for_its_own_action(
    operation: str, given: dict[str, object], resource: str
) -> None:
    asked = permissions(HOME, operation, given)

    assert asked == [Permission(f"codepipeline:{operation}", resource)]


def test_declaring_a_pipeline_passes_its_role() -> None:
    asked = permissions(HOME, "CreatePipeline", {"pipeline": pipeline()})

    passed = Permission("iam:PassRole", ROLE, {"iam:PassedToService": "codepipeline.amazonaws.com"})
    assert asked == [Permission("codepipeline:CreatePipeline", f"{ARN}:checkout"), passed]


def test_who_may_not_is_refused_before_anything_is_looked_up(scene: Scene) -> None:
    exchange = Exchange(
        [codepipeline_stand_in(scene.world)], lambda _key, _asked: AccessDenied("somebody")
    )
    headers = {
        "x-amz-target": "CodePipeline_20150709.GetPipeline",
        "authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20260504/eu-central-1/codepipeline/x",
    }

    answer = exchange.answer(headers, b'{"name": "nowhere"}')

    assert (answer.status, json.loads(answer.body)["__type"]) == (400, "AccessDeniedException")
