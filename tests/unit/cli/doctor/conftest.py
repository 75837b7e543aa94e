"""An installation that is well, and can be made ill: moto, and answers for what it has not."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import Result

from longshore.aws.calls import AwsCall
from longshore.aws.gate import Gate, Perform
from longshore.domain.places import RepositoryRef, StageId
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import StageRecord
from longshore_cli import access
from tests.unit.cli.conftest import ACCOUNT, HOME, REGION, REGISTRY, World

STAGE = StageId("shop", "staging")
WEB = "shop/staging: staging/web"
OURS = "installation longshore"
ARN = f"arn:aws:iam::{ACCOUNT}:role"
INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass
class Clinic:
    """An installation whose AWS can be made ill."""

    world: World
    answers: dict[str, Any] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    called: list[str] = field(default_factory=list)
    resources: list[tuple[str, str, str]] = field(default_factory=list)

    def passage(self, call: AwsCall, perform: Perform) -> object:
        """Deny what is denied, answer what moto lacks, leave the rest to moto."""
        self.called.append(call.action)
        if call.action in self.denied:
            said = f"User: {ARN}/ana is not authorized to perform: {call.action} on resource: *"
            error = {"Error": {"Code": "AccessDeniedException", "Message": said}}
            raise ClientError(error, call.operation)  # type: ignore[arg-type]  # as botocore has it
        answer = self.answers.get(call.action)
        if answer is None:
            return perform()
        return answer(call.parameters) if callable(answer) else answer

    def client(self, service: str) -> Any:  # noqa: ANN401  # clients of seven services
        return self.world.session.create_client(service)

    def doctor(self, *arguments: str) -> Result:
        return self.world.run("doctor", *arguments)

    def found(self, *arguments: str) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
        """What the command found, as programs see it, by check and subject."""
        document = json.loads(self.doctor("-o", "json", *arguments).stdout)
        by_key: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for each in document["findings"]:
            by_key.setdefault((each["check"], each["subject"]), []).append(each)
        return by_key

    def one(self, check: str, subject: str) -> Mapping[str, Any]:
        """The one finding of a check."""
        (finding,) = self.found()[check, subject]
        return finding

    def deploy_stack(self) -> None:
        """Make the parts of the stack that moto has; the others answer as when all is well."""
        sqs, events = self.client("sqs"), self.client("events")
        dead = sqs.create_queue(QueueName="inbox-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"]
        redrive = {"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 3}
        inbox = sqs.create_queue(
            QueueName="inbox", Attributes={"RedrivePolicy": json.dumps(redrive)}
        )["QueueUrl"]
        events.put_rule(Name="tick", ScheduleExpression="rate(1 minute)", State="ENABLED")
        self.client("cloudwatch").put_metric_alarm(
            AlarmName="sweep-missing",
            MetricName="x",
            Namespace="y",
            Period=60,
            Threshold=1,
            EvaluationPeriods=1,
            ComparisonOperator="LessThanThreshold",
            Statistic="Sum",
        )
        self.resources = [
            ("Inbox", "AWS::SQS::Queue", inbox),
            ("InboxDeadLetters", "AWS::SQS::Queue", dead),
            ("TickRule", "AWS::Events::Rule", "tick"),
            ("SweepMissingAlarm", "AWS::CloudWatch::Alarm", "sweep-missing"),
            ("Reconciler", "AWS::Lambda::Function", "reconciler"),
            ("ReconcilerWork", "AWS::Lambda::EventSourceMapping", "1-2"),
        ]
        self.answers = {
            "cloudformation:ListStackResources": self._listed,
            "lambda:GetFunctionConfiguration": {"State": "Active", "Role": f"{ARN}/reconciler"},
            "lambda:GetFunctionConcurrency": {},
            "lambda:GetEventSourceMapping": {"State": "Enabled", "UUID": "1-2"},
            "iam:SimulatePrincipalPolicy": {"EvaluationResults": [{"EvalDecision": "allowed"}]},
        }
        self.sweep(10)

    def _listed(self, _: object) -> Mapping[str, Any]:
        keys = ("LogicalResourceId", "ResourceType", "PhysicalResourceId")
        return {"StackResourceSummaries": [dict(zip(keys, r, strict=True)) for r in self.resources]}

    def sweep(self, minutes: int) -> None:
        """Leave what the router leaves in CloudWatch after a sweep, so many minutes ago."""
        self.client("cloudwatch").put_metric_data(
            Namespace="Longshore",
            MetricData=[
                {
                    "MetricName": "SweepCompleted",
                    "Dimensions": [{"Name": "service", "Value": "ship-router"}],
                    "Timestamp": datetime.now(UTC) - timedelta(minutes=minutes),
                    "Value": 1,
                }
            ],
        )

    def push_index(self, *architectures: str) -> str:
        """Push an image for these processors under the tag that the stage follows."""
        manifests = [
            {
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": f"sha256:{number:064x}",
                "size": 1,
                "platform": {"os": "linux", "architecture": architecture},
            }
            for number, architecture in enumerate(architectures)
        ]
        document = {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}
        pushed = self.client("ecr").put_image(
            repositoryName="shop",
            imageManifest=json.dumps(document),
            imageManifestMediaType=INDEX,
            imageTag="main",
        )
        return str(pushed["image"]["imageId"]["imageDigest"])


@pytest.fixture
def clinic(
    applied: World, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Clinic]:
    """An installation with one stage, and nothing ill in it."""
    made = Clinic(applied)
    applied.install(stack="ship")
    made.deploy_stack()
    digest = made.push_index("amd64", "arm64")
    image = ReleasedImage("app", RepositoryRef(HOME, "shop"), digest, "main")
    release = Release.of([image])
    keep(StageRecord(STAGE, config=1, live=release, stable=release, version=1))
    ecs = applied.clients.ecs(REGION)
    registered = ecs.register_task_definition(
        family="web",
        taskRoleArn=f"{ARN}/task",
        containerDefinitions=[{"name": "web", "image": f"{REGISTRY}/shop@{digest}", "memory": 128}],
    )["taskDefinition"]["taskDefinitionArn"]
    made.answers["ecs:DescribeServices"] = {"services": [a_service(registered)], "failures": []}
    with monkeypatch.context() as patch:
        patch.setattr(access, "Gate", lambda: Gate(made.passage))
        yield made


def a_service(revision: str) -> dict[str, Any]:
    """A service as ECS has it; moto knows neither rollouts nor how they are configured."""
    deployment = {"id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "COMPLETED"}
    return {
        "serviceName": "web",
        "status": "ACTIVE",
        "launchType": "FARGATE",
        "desiredCount": 2,
        "taskDefinition": revision,
        "deployments": [{**deployment, "taskDefinition": revision}],
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "minimumHealthyPercent": 100,
            "maximumPercent": 200,
        },
    }
