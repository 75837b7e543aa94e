"""The policy of a person who uses the `longshore` command, as docs/iam.md gives it."""

import json
from collections.abc import Sequence

from longshore_local.cloud.clients import Cloud
from longshore_local.deploy.stack import Stack
from longshore_local.githost import SECRET

LOOK_AT_SERVICES = (
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "ecs:ListTasks",
    "ecs:DescribeTasks",
    "ecr:DescribeImages",
    "logs:GetLogEvents",
)

LOOK_AT_PIPELINES = (
    "codebuild:BatchGetBuilds",
    "codepipeline:ListActionExecutions",
    "codepipeline:ListPipelineExecutions",
    "codepipeline:ListPipelines",
)

LOOK_FOR_TROUBLE = (
    "cloudformation:ListStackResources",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricStatistics",
    "ecr:BatchGetImage",
    "ecr:DescribeRepositories",
    "ecr:GetDownloadUrlForLayer",
    "ecr:GetLifecyclePolicy",
    "events:DescribeRule",
    "lambda:GetEventSourceMapping",
    "lambda:GetFunctionConcurrency",
    "lambda:GetFunctionConfiguration",
    "logs:DescribeLogGroups",
    "secretsmanager:DescribeSecret",
    "sqs:GetQueueAttributes",
    "ssm:DescribeParameters",
)
"""What `longshore doctor` reads. Not iam:SimulatePrincipalPolicy: the emulator's answer leaves out
the conditions on services' own keys, so it would deny what is allowed."""


def policy_of_a_developer(cloud: Cloud, stack: Stack) -> str:
    """Return the policy document, as JSON."""
    control, ledger = stack.outputs["ControlFunctionArn"], stack.outputs["LedgerArn"]
    parameter = f"arn:aws:ssm:{cloud.region}:{cloud.account}:parameter{stack['Installation']}"
    secret = f"arn:aws:secretsmanager:{cloud.region}:{cloud.account}:secret:{SECRET}"
    statements = [
        _allow(
            ["lambda:InvokeFunctionUrl"],
            control,
            {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
        ),
        _allow(
            ["lambda:InvokeFunction"], control, {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
        ),
        _allow(["ssm:GetParameter"], parameter),
        _allow(
            ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"],
            [ledger, f"{ledger}/index/due"],
        ),
        _allow(["secretsmanager:GetSecretValue"], f"{secret}-??????"),
        _allow([*LOOK_AT_SERVICES, *LOOK_AT_PIPELINES, *LOOK_FOR_TROUBLE], "*"),
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _allow(
    actions: Sequence[str],
    resource: str | list[str],
    condition: dict[str, dict[str, str]] | None = None,
) -> dict[str, object]:
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": resource,
    }
    return {**statement, "Condition": condition} if condition else statement
