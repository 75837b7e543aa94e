"""`longshore doctor` as a person runs it: over moto, and answers for what moto does not have."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from longshore.domain.places import RepositoryRef
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import StageRecord
from tests.unit.cli.conftest import ACCOUNT, HOME, REGION
from tests.unit.cli.doctor.conftest import OURS, STAGE, WEB, Clinic
from tests.unit.cli.test_docs import DOCS


def service_of(clinic: Clinic) -> dict[str, Any]:
    found: dict[str, Any] = clinic.answers["ecs:DescribeServices"]["services"][0]
    return found


def test_where_nothing_is_ill_the_command_ends_well(clinic: Clinic) -> None:
    result = clinic.doctor()

    assert result.exit_code == 0, result.output
    assert "PROBLEM" not in result.stdout
    assert "warning " not in result.stdout
    assert "unchecked " not in result.stdout
    assert result.stdout.splitlines()[-1].startswith(
        "longshore in eu-central-1: 0 problems, 0 warnings, 0 could not be checked, "
    )


def test_findings_are_grouped_by_what_they_are_about(clinic: Clinic) -> None:
    lines = clinic.doctor().stdout.splitlines()

    assert [line for line in lines if not line.startswith(" ")][:-1] == [OURS, str(STAGE), WEB]


def test_quiet_leaves_out_what_is_well(clinic: Clinic) -> None:
    service_of(clinic)["loadBalancers"] = [{"targetGroupArn": "arn"}]

    lines = clinic.doctor("--quiet").stdout.splitlines()

    assert lines[0] == WEB
    assert lines[1].startswith("  warning    health-check-grace: ")
    assert lines[2].startswith("             next: aws ecs update-service ")
    assert len(lines) == 4


def test_a_problem_ends_the_command_with_3_and_names_the_next_step(clinic: Clinic) -> None:
    clinic.client("events").disable_rule(Name="tick")

    result = clinic.doctor()

    assert result.exit_code == 3
    assert f"1 problem found, the first in {OURS}: rule.TickRule" in result.stderr
    assert "next: aws events enable-rule --name tick" in result.stderr


def test_programs_get_stable_keys(clinic: Clinic) -> None:
    clinic.client("events").disable_rule(Name="tick")
    result = clinic.doctor("-o", "json")
    document = json.loads(result.stdout)

    assert result.exit_code == 3
    assert set(document) == {"installation", "version", "region", "summary", "findings"}
    assert document["summary"]["problem"] == 1
    assert {frozenset(each) for each in document["findings"]} == {
        frozenset({"check", "subject", "status", "message", "next"})
    }


def test_dead_letters_come_with_the_command_that_redrives_them(clinic: Clinic) -> None:
    sqs = clinic.client("sqs")
    sqs.send_message(QueueUrl=clinic.resources[1][2], MessageBody="{}")

    finding = clinic.one("queue.InboxDeadLetters", OURS)

    assert finding["status"] == "problem"
    assert f"--source-arn arn:aws:sqs:{REGION}:{ACCOUNT}:inbox-dead" in finding["next"]


@pytest.mark.parametrize(
    ("queue", "reader", "tells_slack"),
    [
        ("Inbox", "router", True),
        ("Notices", "notifier", True),
        ("Notices", "notifier", False),
        ("Executions", "pipeline-watch", True),
        ("Pushes", "pipeline-start", True),
    ],
)
def test_a_queue_whose_messages_wait_is_seen(
    clinic: Clinic, queue: str, reader: str, *, tells_slack: bool
) -> None:
    clinic.world.install(stack="ship", slack=tells_slack)
    clinic.resources[0] = (queue, *clinic.resources[0][1:])
    clinic.client("sqs").send_message(QueueUrl=clinic.resources[0][2], MessageBody="{}")
    clinic.client("cloudwatch").put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "QueueName", "Value": "inbox"}],
                "Timestamp": datetime.now(UTC) - timedelta(minutes=2),
                "Value": 1000,
            }
        ],
    )

    finding = clinic.one(f"queue.{queue}", OURS)

    assert finding["status"] == "problem"
    assert ("or Slack" in finding["message"]) is (tells_slack and queue == "Notices")
    assert finding["next"] == f"aws logs tail /longshore/longshore/{reader} --since 1h"


def test_a_sweep_that_stopped_is_seen(clinic: Clinic) -> None:
    clinic.answers["cloudwatch:GetMetricStatistics"] = {
        "Datapoints": [
            {"Timestamp": datetime.now(UTC) - timedelta(hours=5), "Sum": 1.0, "Maximum": 0}
        ]
    }

    assert clinic.one("sweep", OURS)["status"] == "problem"


def test_alarms_that_ring_are_told(clinic: Clinic) -> None:
    clinic.client("cloudwatch").set_alarm_state(
        AlarmName="sweep-missing", StateValue="ALARM", StateReason="test"
    )

    assert clinic.one("alarms", OURS)["message"].startswith("sweep-missing rings, for ")


@pytest.mark.parametrize(
    ("logical", "check"),
    [("Inbox", "queue.Inbox"), ("TickRule", "rule.TickRule")],
)
def test_a_part_that_somebody_deleted_is_a_problem(
    clinic: Clinic, logical: str, check: str
) -> None:
    clinic.resources = [
        (name, kind, physical.replace("inbox", "gone").replace("tick", "gone"))
        if name == logical
        else (name, kind, physical)
        for name, kind, physical in clinic.resources
    ]

    finding = clinic.one(check, OURS)

    assert finding["status"] == "problem"
    assert "was deleted, though the stack has it" in finding["message"]


def test_overdue_timers_tell_that_the_tick_is_dead(
    clinic: Clinic, keep: Callable[..., None]
) -> None:
    due = datetime.now(UTC) - timedelta(minutes=20, seconds=30)
    keep(StageRecord(STAGE, config=1, due_at=due, version=2))

    finding = clinic.one("timers", OURS)

    assert finding["status"] == "problem"
    assert "20 min ago" in finding["message"]


def test_without_the_stacks_name_its_parts_are_not_passed(clinic: Clinic) -> None:
    clinic.world.install()

    found = clinic.found()

    assert found["stack", OURS][0]["status"] == "unchecked"
    assert found["pass-role", WEB][0]["status"] == "unchecked"
    assert found["circuit-breaker", WEB][0]["status"] == "ok"


def test_a_missing_service_ends_what_could_be_said_of_it(clinic: Clinic) -> None:
    clinic.answers["ecs:DescribeServices"] = {"services": [], "failures": [{"reason": "MISSING"}]}

    about = {check for check, subject in clinic.found() if subject == WEB}

    assert about == {"service"}


def test_an_image_for_another_processor_is_found_before_it_is_deployed(clinic: Clinic) -> None:
    """What the policies choose now counts, not what runs."""
    clinic.push_index("arm64")

    finding = clinic.one("platform", WEB)

    assert finding["status"] == "problem"
    assert (
        "is for linux/arm64, but Fargate, as no runtimePlatform is stated, asks for"
        in (finding["message"])
    )


def test_a_live_image_that_is_gone_is_found(clinic: Clinic, keep: Callable[..., None]) -> None:
    lost = ReleasedImage("app", RepositoryRef(HOME, "shop"), f"sha256:{9:064x}", "old")
    keep(StageRecord(STAGE, config=1, live=Release.of([lost]), version=2))

    found = clinic.found()

    assert found["image", str(STAGE)][0]["status"] == "problem"
    assert ("lifecycle-policy", str(STAGE)) not in found


def test_a_lifecycle_policy_that_will_take_the_image_is_found(clinic: Clinic) -> None:
    selection = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1}
    policy = {"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]}
    clinic.client("ecr").put_lifecycle_policy(
        repositoryName="shop", lifecyclePolicyText=json.dumps(policy)
    )

    finding = clinic.one("lifecycle-policy", str(STAGE))

    assert finding["status"] == "warning"
    assert (
        "once its tag moves on, rule 1 of the lifecycle policy of shop expires"
        in finding["message"]
    )


def test_a_repository_that_is_gone_is_a_problem(clinic: Clinic) -> None:
    clinic.client("ecr").delete_repository(repositoryName="shop", force=True)

    found = clinic.found()

    assert found["choice", str(STAGE)][0]["status"] == "problem"
    assert found["image", str(STAGE)][0]["status"] == "problem"


def test_deployment_alarms_are_looked_up(clinic: Clinic) -> None:
    alarms = {"alarmNames": ["no-such-alarm"], "enable": True, "rollback": True}
    service_of(clinic)["deploymentConfiguration"]["alarms"] = alarms

    assert clinic.one("deployment-alarms", WEB)["status"] == "problem"


def test_one_stage_can_be_asked_for(clinic: Clinic) -> None:
    assert clinic.doctor("shop/staging").exit_code == 0
    result = clinic.doctor("shop/stagin")

    assert result.exit_code == 3
    assert "did you mean shop/staging?" in result.stderr
    assert clinic.doctor("nonsense").exit_code == 2


def test_an_empty_installation_is_told_how_to_begin(clinic: Clinic) -> None:
    table = clinic.world.table
    for item in table.client.scan(TableName=table.name)["Items"]:
        table.client.delete_item(TableName=table.name, Key={"pk": item["pk"], "sk": item["sk"]})

    assert "longshore init" in clinic.one("stages", OURS)["next"]


NEEDED = {
    "cloudformation:ListStackResources": ("stack", OURS),
    "lambda:GetFunctionConfiguration": ("reconciler-role", OURS),
    "lambda:GetFunctionConcurrency": ("function.Reconciler", OURS),
    "lambda:GetEventSourceMapping": ("event-source.ReconcilerWork", OURS),
    "events:DescribeRule": ("rule.TickRule", OURS),
    "sqs:GetQueueAttributes": ("queue.Inbox", OURS),
    "cloudwatch:GetMetricStatistics": ("sweep", OURS),
    "cloudwatch:DescribeAlarms": ("alarms", OURS),
    "ecr:DescribeImages": ("image", str(STAGE)),
    "ecr:DescribeRepositories": ("tag-mutability", str(STAGE)),
    "ecr:GetLifecyclePolicy": ("lifecycle-policy", str(STAGE)),
    "ecr:BatchGetImage": ("platform", WEB),
    "ecs:DescribeServices": ("service", WEB),
    "ecs:DescribeTaskDefinition": ("task-definition", WEB),
    "iam:SimulatePrincipalPolicy": ("pass-role", WEB),
}


def test_a_missing_permission_spoils_its_own_checks_and_no_others(clinic: Clinic) -> None:
    for action, key in NEEDED.items():
        clinic.denied = {action}

        found = clinic.found()

        finding = found[key][0]
        assert finding["status"] == "unchecked", action
        assert f"could not be checked: {action} on *" in finding["message"]
        assert "docs/iam.md" in finding["next"]
        statuses = {each["status"] for findings in found.values() for each in findings}
        assert statuses == {"ok", "unchecked"}, action


def test_nothing_is_called_that_could_change_anything(clinic: Clinic) -> None:
    clinic.doctor()

    names = {action.partition(":")[2] for action in clinic.called}
    reads = ("Get", "List", "Describe", "BatchGet", "Simulate", "Query")
    assert [name for name in names if not name.startswith(reads)] == []
    assert set(NEEDED) <= set(clinic.called)


def test_the_permissions_are_those_of_the_policy_that_is_documented(clinic: Clinic) -> None:
    """Seen in other tests: secrets, parameters, log groups, pipelines, images that are no index."""
    elsewhere = {
        "codebuild:BatchGetProjects",
        "codepipeline:GetPipeline",
        "ecr:GetDownloadUrlForLayer",
        "logs:DescribeLogGroups",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "ssm:DescribeParameters",
    }
    everyone = {"ssm:GetParameter"} | {
        f"dynamodb:{read}" for read in ("GetItem", "BatchGetItem", "Query")
    }
    section = (DOCS / "iam.md").read_text().partition("Who runs `longshore doctor`")[2]
    policy = section.partition("Where that is too much")[0]
    clinic.doctor()

    documented = set(re.findall(r'"([a-z]+:[A-Z]\w+)"', policy))
    table = (DOCS / "cli.md").read_text().partition("\n## doctor")[2].partition("\n## ")[0]
    listed = set(re.findall(r"`([a-z]+:[A-Z]\w+)`", table))

    assert documented == (set(clinic.called) - everyone) | elsewhere
    assert listed == documented


def test_every_check_is_explained(clinic: Clinic) -> None:
    table = (DOCS / "cli.md").read_text().partition("\n## doctor")[2].partition("\n## ")[0]

    ids = {check.partition(".")[0] + (".…" if "." in check else "") for check, _ in clinic.found()}

    assert {each for each in ids if f"`{each}`" not in table} == set()
