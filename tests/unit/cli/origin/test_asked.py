"""What `longshore origin` takes, and what it says of anything else."""

import pytest

from longshore.domain.places import Home, StageId
from longshore_cli.errors import UsageError
from longshore_cli.origin.asked import (
    Asked,
    AskedDeployment,
    AskedImage,
    AskedStage,
    AskedTask,
    parse_asked,
)

DIGEST = "sha256:" + "a" * 64
REPOSITORY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/shop"
TASK = "arn:aws:ecs:eu-central-1:123456789012:task/prod/0b1c"
PROD = StageId("shop", "prod")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("shop/prod", AskedStage(PROD)),
        ("shop/prod#42", AskedDeployment(PROD, 42)),
        ("shop/prod#9999999999", AskedDeployment(PROD, 9_999_999_999)),
        (DIGEST, AskedImage(DIGEST)),
        (f"@{DIGEST}", AskedImage(DIGEST)),
        (f"{REPOSITORY}@{DIGEST}", AskedImage(DIGEST, REPOSITORY)),
        (f"{REPOSITORY}:1.4.2@{DIGEST}", AskedImage(DIGEST, REPOSITORY)),
        (
            f"127.0.0.1:5000/shop:1@{DIGEST}",
            AskedImage(DIGEST, "127.0.0.1:5000/shop"),
        ),
        (TASK, AskedTask(Home("aws", "123456789012", "eu-central-1"), "prod", "0b1c", TASK)),
    ],
)
def test_each_form_is_known(text: str, asked: Asked) -> None:
    assert parse_asked(text) == asked


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("shop", "names no stage: write application/stage"),
        ("shop/Prod", "no application or stage name"),
        ("shop/prod#", "names no deployment"),
        ("shop/prod#-1", "names no deployment"),
        ("shop/prod#²", "names no deployment"),
        ("shop/prod#10000000000", "names no deployment"),
        (f"shop/prod#{'9' * 4301}", "names no deployment"),
        ("sha256:9f86d081884c", "is no digest"),
        (f"{REPOSITORY}@sha256:{'A' * 64}", "is no digest"),
        (f"{REPOSITORY}@", "is no digest"),
        (f"{REPOSITORY}:1.4.2", "a tag may have moved since"),
        (TASK.replace("task/prod/", "task/"), "in the old, short format"),
        (TASK.replace("task/", "service/"), "is no task of ECS"),
        (TASK.replace(":ecs:", ":ec2:"), "is no task of ECS"),
        (TASK.replace("eu-central-1", ""), "is no task of ECS"),
        (TASK.replace("123456789012", ""), "is no task of ECS"),
        ("arn:", "is no task of ECS"),
    ],
)
def test_what_has_no_form_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        parse_asked(text)
    assert caught.value.next_step
