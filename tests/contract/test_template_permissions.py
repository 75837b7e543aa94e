"""Each function may do what its calls need, on what they concern, and nothing else."""

import pytest

from tests.contract.cloudformation import Tree
from tests.contract.template import (
    KEY,
    ROOT,
    Statement,
    att,
    calls,
    documents,
    functions,
    granted,
    grants,
    queue_policy,
    ref,
    resource,
    resources,
    role_of,
)

ITEMS = {
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
}

CALLS = {
    "Router": {
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "sqs:SendMessage",
    },
    "Reconciler": ITEMS
    | {
        "cloudwatch:DescribeAlarmHistory",
        "cloudwatch:DescribeAlarms",
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "ecr:DescribeImages",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeTasks",
        "ecs:ListTaskDefinitions",
        "ecs:ListTasks",
        "ecs:RegisterTaskDefinition",
        "ecs:TagResource",
        "ecs:UpdateService",
        "iam:PassRole",
        "sqs:SendMessage",
    },
    "Announcer": {"dynamodb:UpdateItem", "events:PutEvents", "sqs:SendMessage"},
    "Notifier": {"dynamodb:GetItem", "dynamodb:UpdateItem", "sns:Publish", "sqs:SendMessage"}
    | {"secretsmanager:GetSecretValue", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
    | {"ecs:DescribeTaskDefinition", "logs:GetLogEvents"},
    "Control": ITEMS - {"dynamodb:UpdateItem"} | {"dynamodb:ConditionCheckItem", "sqs:SendMessage"},
    "PipelineWatch": {"dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:Query"}
    | {"dynamodb:UpdateItem", "sqs:SendMessage", "codebuild:BatchGetBuilds"}
    | {"codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"},
    "PipelineJob": {"dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem"}
    | {"dynamodb:PutItem", "dynamodb:Query", "ecr:DescribeImages", "sqs:SendMessage"}
    | {"codepipeline:GetJobDetails", "codepipeline:GetPipelineExecution"}
    | {"codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult"},
    "Webhook": {"dynamodb:PutItem", "dynamodb:Query", "sqs:SendMessage"}
    | {"secretsmanager:GetSecretValue"},
    "PipelineStart": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"}
    | {"codepipeline:StartPipelineExecution", "codebuild:StartBuild"},
}

POLLS = {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}

SENDS = {
    "Router": [att("Work"), att("Executions")],
    "PipelineWatch": [att("Inbox")],
    "Reconciler": [att("Inbox")],
    "Announcer": [att("Notices"), att("StreamDeadLetters")],
    "Notifier": [att("Notices")],
    "Control": [att("Inbox")],
    "PipelineJob": [att("Inbox")],
    "Webhook": [att("Pushes")],
    "PipelineStart": [],
}

POLLED = {
    "Router": att("Inbox"),
    "Reconciler": att("Work"),
    "PipelineWatch": att("Executions"),
    "Notifier": att("Notices"),
    "PipelineStart": att("Pushes"),
}

# IAM has no resource for these.
WITHOUT_RESOURCE = {
    # For composite alarms CloudWatch wants the permission on everything.
    "cloudwatch:DescribeAlarmHistory",
    "cloudwatch:DescribeAlarms",
    "codepipeline:GetJobDetails",
    "codepipeline:PutJobFailureResult",
    "codepipeline:PutJobSuccessResult",
    "dynamodb:ListStreams",
    "ecs:DescribeTaskDefinition",
    "ecs:ListTaskDefinitions",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}

EVERY = [
    pytest.param(statement, id=f"{holder}-{statement.sid}")
    for holder, found in documents().items()
    for statement in found
]

IDENTITY = [
    pytest.param(statement, id=f"{name}-{statement.sid}")
    for name in functions()
    for statement in granted(name)
]


def of(function: str, action: str) -> tuple[Statement, ...]:
    return tuple(statement for statement in granted(function) if action in statement.actions)


def here(resource: str) -> Tree:
    service, _, name = resource.partition(":")
    return {
        "Fn::Sub": f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{name}"
    }


def test_every_function_has_a_role_of_its_own() -> None:
    roles = {name: role_of(name) for name in functions()}

    assert roles == {name: f"{name}Role" for name in functions()}
    assert sorted(roles.values()) == sorted(resources("AWS::IAM::Role"))


@pytest.mark.parametrize("name", functions())
def test_a_role_is_lambdas_alone_and_within_the_boundary(name: str) -> None:
    role = resources()[role_of(name)]

    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]
    assert role["PermissionsBoundary"] == {
        "Fn::If": ["HasBoundary", ref("PermissionsBoundaryArn"), ref("AWS::NoValue")]
    }


@pytest.mark.parametrize("name", functions())
def test_a_function_may_make_its_calls_and_no_others(name: str) -> None:
    assert calls(name) == CALLS[name]


@pytest.mark.parametrize("name", functions())
def test_aws_acts_in_a_roles_name_only_where_it_must(name: str) -> None:
    always = {"logs:CreateLogStream", "logs:PutLogEvents", "kms:Decrypt"}
    traces = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
    stream = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
    more = {
        "Router": POLLS,
        "Reconciler": POLLS,
        "Announcer": {f"dynamodb:{action}" for action in stream},
        "Notifier": POLLS | {"kms:GenerateDataKey"},
        "Control": set(),
        "PipelineJob": set(),
        "PipelineWatch": POLLS,
        "Webhook": set(),
        "PipelineStart": POLLS,
    }

    assert grants(name) - calls(name) == always | traces | more[name]


@pytest.mark.parametrize("statement", EVERY)
def test_no_action_is_a_wildcard(statement: Statement) -> None:
    assert [action for action in statement.actions if "*" in action or "?" in action] == []


@pytest.mark.parametrize("statement", IDENTITY)
def test_a_statement_allows_and_says_what_for(statement: Statement) -> None:
    assert statement.effect == "Allow"
    assert statement.sid


@pytest.mark.parametrize("statement", IDENTITY)
def test_every_resource_is_named_where_iam_knows_resources(statement: Statement) -> None:
    if "*" in statement.resources:
        assert set(statement.actions) <= WITHOUT_RESOURCE
    else:
        assert WITHOUT_RESOURCE.isdisjoint(statement.actions)


@pytest.mark.parametrize("name", functions())
def test_a_function_sends_to_the_queues_meant_for_it(name: str) -> None:
    assert [s.resources for s in of(name, "sqs:SendMessage")] == [(q,) for q in SENDS[name]]


@pytest.mark.parametrize("name", POLLED)
def test_a_function_is_fed_by_the_queue_meant_for_it(name: str) -> None:
    (statement,) = of(name, "sqs:ReceiveMessage")

    assert statement.resources == (POLLED[name],)
    assert set(statement.actions) == POLLS


@pytest.mark.parametrize("name", functions())
def test_a_function_touches_the_ledger_alone(name: str) -> None:
    tables = {
        str(resource)
        for statement in granted(name)
        for resource in statement.resources
        for action in statement.actions
        if action.startswith("dynamodb:") and action != "dynamodb:ListStreams"
    }
    index = {"Fn::Sub": "${Ledger.Arn}/index/due"}
    expected = {
        "Router": {str(att("Ledger")), str(index)},
        "Announcer": {str(att("Ledger")), str(att("Ledger", "StreamArn"))},
    }

    assert tables == expected.get(name, {str(att("Ledger"))})


@pytest.mark.parametrize("name", functions())
def test_a_function_writes_to_its_own_log_alone(name: str) -> None:
    (statement,) = of(name, "logs:PutLogEvents")

    assert statement.resources == (att(f"{name}Logs"),)
    assert functions()[name]["LoggingConfig"]["LogGroup"] == ref(f"{name}Logs")


@pytest.mark.parametrize("name", functions())
def test_a_key_is_used_through_services_alone(name: str) -> None:
    more = {
        "Notifier": [(KEY, "sns"), (ref("SlackSecretKeyArn"), "secretsmanager")],
        "Webhook": [(ref("GitSecretKeyArn"), "secretsmanager")],
    }
    used = [(KEY, "dynamodb"), *more.get(name, [])]

    assert [(s.resources, s.condition) for s in of(name, "kms:Decrypt")] == [
        ((key,), {"StringEquals": {"kms:ViaService": {"Fn::Sub": endpoint(service)}}})
        for key, service in used
    ]


def endpoint(service: str) -> str:
    return f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}"


def test_the_announcer_publishes_to_our_bus_alone() -> None:
    assert [s.resources for s in of("Announcer", "events:PutEvents")] == [(att("Bus"),)]


def test_the_notifier_publishes_to_our_topic_alone() -> None:
    assert [s.resources for s in of("Notifier", "sns:Publish")] == [(ref("Topic"),)]


def test_the_notifier_reads_one_secret_and_the_log_groups_that_were_named() -> None:
    assert [s.resources for s in of("Notifier", "secretsmanager:GetSecretValue")] == [
        (ref("SlackSecretArn"),)
    ]
    assert [s.resources for s in of("Notifier", "logs:GetLogEvents")] == [(ref("LogGroupArns"),)]


@pytest.mark.parametrize(
    ("policy", "condition"),
    [
        ("NotifierSlackPolicy", "TellsSlack"),
        ("NotifierSlackKeyPolicy", "NamesSlackKey"),
        ("NotifierTaskLogsPolicy", "ReadsTaskLogs"),
    ],
)
def test_what_slack_needs_is_allowed_where_slack_is_told(policy: str, condition: str) -> None:
    assert resource(policy)["Condition"] == condition


def test_the_webhook_reads_the_one_secret_of_the_hosts() -> None:
    assert [s.resources for s in of("Webhook", "secretsmanager:GetSecretValue")] == [
        (ref("GitSecretArn"),)
    ]


@pytest.mark.parametrize("action", ["codepipeline:StartPipelineExecution", "codebuild:StartBuild"])
def test_what_is_named_alone_may_be_started_and_by_the_starter_alone(action: str) -> None:
    assert [s.resources for s in of("PipelineStart", action)] == [(ref("StartableArns"),)]
    assert [name for name in functions() if action in grants(name)] == ["PipelineStart"]


def test_hosts_alone_reach_the_webhook_and_by_its_route_alone() -> None:
    (permission,) = resources("AWS::Lambda::Permission").values()
    (route,) = resources("AWS::ApiGatewayV2::Route").values()

    assert permission["FunctionName"] == ref("Webhook")
    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert permission["SourceAccount"] == ref("AWS::AccountId")
    assert permission["SourceArn"] == here("execute-api:${WebhookApi}/*/POST/v1/git/{provider}")
    assert route["RouteKey"] == "POST /v1/git/{provider}"
    assert [name for name in functions() if "Webhook" in name] == ["Webhook"]


def test_services_are_updated_in_named_clusters_alone() -> None:
    (update,) = of("Reconciler", "ecs:UpdateService")

    assert update.resources == (here("ecs:service/*"),)
    assert update.condition == {"ArnEquals": {"ecs:cluster": ref("ClusterArns")}}


@pytest.mark.parametrize("action", ["ecs:DescribeServices", "ecs:ListTasks", "ecs:DescribeTasks"])
def test_services_and_tasks_are_read_in_named_clusters_alone(action: str) -> None:
    (read,) = of("Reconciler", action)

    assert read.condition == {"ArnEquals": {"ecs:cluster": ref("ClusterArns")}}


def test_named_roles_alone_are_passed_and_to_tasks_alone() -> None:
    passed = [(holder, s) for holder, found in documents().items() for s in found if passes(s)]

    assert passed == [
        (
            "ReconcilerRolesPolicy",
            Statement(
                sid="PassNamedRolesToTasks",
                effect="Allow",
                actions=("iam:PassRole",),
                resources=(ref("TaskRoleArns"),),
                condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
        )
    ]


def passes(statement: Statement) -> bool:
    return "iam:PassRole" in statement.actions


@pytest.mark.parametrize(
    ("policy", "condition", "parameter"),
    [
        ("ReconcilerClustersPolicy", "NamesClusters", "ClusterArns"),
        ("ReconcilerRolesPolicy", "NamesTaskRoles", "TaskRoleArns"),
        ("PipelineStartPolicy", "StartsNamed", "StartableArns"),
        ("WebhookKeyPolicy", "NamesGitKey", "GitSecretKeyArn"),
    ],
)
def test_where_nothing_is_named_nothing_is_granted(
    policy: str, condition: str, parameter: str
) -> None:
    assert resource(policy)["Condition"] == condition
    assert parameter in str(documents()[policy])


def test_task_definitions_are_tagged_at_registration_alone() -> None:
    (tag,) = of("Reconciler", "ecs:TagResource")
    (register,) = of("Reconciler", "ecs:RegisterTaskDefinition")

    assert tag.resources == register.resources == (here("ecs:task-definition/*"),)
    assert tag.condition == {"StringEquals": {"ecs:CreateAction": "RegisterTaskDefinition"}}


def test_images_are_listed_in_named_repositories_or_those_of_the_account() -> None:
    (read,) = of("Reconciler", "ecr:DescribeImages")

    assert read.resources == (
        {"Fn::If": ["NamesRepositories", ref("RepositoryArns"), here("ecr:repository/*")]},
    )


def test_pipelines_and_builds_are_only_read_and_only_those_of_the_account() -> None:
    (executions,) = of("PipelineWatch", "codepipeline:GetPipelineExecution")
    (builds,) = of("PipelineWatch", "codebuild:BatchGetBuilds")

    assert executions.resources == (here("codepipeline:*"),)
    assert builds.resources == (here("codebuild:project/*"),)


@pytest.mark.parametrize("name", sorted(resources("AWS::SQS::Queue")))
def test_a_queue_refuses_what_does_not_come_over_tls(name: str) -> None:
    (denied,) = [s for s in queue_policy(name) if s.effect == "Deny"]

    assert denied.resources == (att(name),)
    assert denied.condition == {"Bool": {"aws:SecureTransport": "false"}}
    assert {"sqs:SendMessage", "sqs:ReceiveMessage"} <= set(denied.actions)


def test_control_is_called_by_those_alone_whom_iam_allows() -> None:
    assert functions()["Control"]["FunctionUrlConfig"] == {"AuthType": "AWS_IAM"}
    assert [name for name in functions() if "FunctionUrlConfig" in functions()[name]] == ["Control"]


@pytest.mark.parametrize("name", functions())
def test_every_permission_is_explained(name: str) -> None:
    explained = (ROOT / "docs/iam.md").read_text()

    assert [action for action in grants(name) if f"`{action}`" not in explained] == []


@pytest.mark.parametrize(
    ("action", "keys"), [("dynamodb:PutItem", "push#*"), ("dynamodb:Query", "git#*")]
)
def test_what_the_internet_talks_to_reaches_one_kind_of_item_by_each_call(
    action: str, keys: str
) -> None:
    """That AWS holds a call to it is not shown here: the emulator knows no such condition."""
    (statement,) = (each for each in granted("Webhook") if action in each.actions)

    assert statement.condition == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
