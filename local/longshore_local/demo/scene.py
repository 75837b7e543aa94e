"""The scene on which the story is played, and how to look at it."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.request import urlopen

from longshore_local.demo.command import Command
from longshore_local.demo.pushing import REPOSITORY, Pushing
from longshore_local.embedded import EmbeddedAws
from longshore_local.errors import LocalCloudError
from longshore_local.mailbox import Mailbox, Notice
from longshore_local.settings import HOME, REGISTRY
from longshore_local.slack import SlackStandIn

CLUSTER, SERVICE = "staging", "checkout"
STAGE = "checkout/staging"
PIPELINE = "checkout"
PIPELINE_ARN = f"arn:{HOME.partition}:codepipeline:{HOME.region}:{HOME.account}:{PIPELINE}"
CHANNEL = "#checkout"
ROUTES = f"""
notify:
  - {{slack: "{CHANNEL}", on: [started, succeeded, failed, rolled-back, pipeline-failed]}}
"""
TASK_ROLE, EXECUTION_ROLE = "checkout-task", "checkout-execution"
LOG_GROUP = "/ecs/checkout"
TASKS = 2
PATIENCE = 40.0
"""Seconds within which something that takes two to five must have happened."""
QUIET = 2.0
"""Seconds without a call after which Slack was told everything."""


@dataclass(slots=True)
class Scene:
    """What the acts of the story share."""

    aws: EmbeddedAws
    mailbox: Mailbox
    command: Command
    pushing: Pushing

    def create_service(self, version: str) -> None:
        """Create the cluster and a service that runs a version, and wait until it does."""
        ecs = self.aws.cloud.ecs
        ecs.create_cluster(clusterName=CLUSTER)
        role = f"arn:aws:iam::{self.aws.cloud.account}:role"
        registered = ecs.register_task_definition(
            family=SERVICE,
            taskRoleArn=f"{role}/{TASK_ROLE}",
            executionRoleArn=f"{role}/{EXECUTION_ROLE}",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[
                {
                    "name": "web",
                    "image": f"{REGISTRY}/{REPOSITORY}:{version}",
                    "portMappings": [{"containerPort": 8080}],
                    "environment": [{"name": "STAGE", "value": "staging"}],
                    "logConfiguration": {
                        "logDriver": "awslogs",
                        "options": {
                            "awslogs-group": LOG_GROUP,
                            "awslogs-region": self.aws.cloud.region,
                            "awslogs-stream-prefix": "web",
                        },
                    },
                }
            ],
        )
        ecs.create_service(
            cluster=CLUSTER,
            serviceName=SERVICE,
            taskDefinition=registered["taskDefinition"].get("taskDefinitionArn", ""),
            desiredCount=TASKS,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-local"]}},
            deploymentConfiguration={
                "deploymentCircuitBreaker": {"enable": True, "rollback": True}
            },
        )
        await_that(self._steady, "the service did not become steady")

    def told(self, event: str, version: str = "") -> Notice:
        """Wait until the topic tells of an event that concerns a version."""
        return self.mailbox.await_notice(
            lambda notice: notice.attributes.get("event") == event and version in notice.text,
            PATIENCE,
        )

    def route_to_slack(self) -> None:
        """Let the application tell a channel what happens, as somebody would who edits the file."""
        with (self.command.folder / "longshore.yaml").open("a") as file:
            file.write(ROUTES)

    @property
    def slack(self) -> SlackStandIn:
        """The workspace, which this scene always has."""
        if self.aws.slack is None:
            raise LocalCloudError("the embedded AWS was started without Slack")
        return self.aws.slack

    def await_channel(self, version: str) -> None:
        """Wait until the channel tells of a version and nothing more comes."""

        def told() -> bool:
            calls = [call.at for call in self.slack.calls]
            quiet = bool(calls) and time.time() - calls[-1] > QUIET
            return quiet and any(version in each.text for each in self.slack.top(CHANNEL))

        await_that(told, f"{CHANNEL} tells nothing of {version}")

    def rollouts(self) -> list[str]:
        """Return the ARN of every rollout that the service ever began."""
        answer = self.aws.cloud.ecs.list_service_deployments(cluster=CLUSTER, service=SERVICE)
        return [one.get("serviceDeploymentArn", "") for one in answer["serviceDeployments"]]

    def running_digest(self) -> str:
        """Return the digest that the service's tasks run."""
        ecs = self.aws.cloud.ecs
        tasks = ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICE)["taskArns"]
        described = ecs.describe_tasks(cluster=CLUSTER, tasks=tasks)["tasks"]
        digests = {
            container.get("imageDigest", "")
            for task in described
            for container in task.get("containers", [])
            if task.get("lastStatus") == "RUNNING"
        }
        return ", ".join(sorted(digests))

    def must_run(self, digest: str) -> None:
        """Raise LocalCloudError unless every task runs a digest."""
        running = self.running_digest()
        if running != digest:
            raise LocalCloudError(f"the tasks run {running or 'nothing'} instead of {digest}")

    def digest_of(self, repository: str, tag: str) -> str:
        """Return the digest that the registry has under a tag."""
        found = self.aws.cloud.ecr.describe_images(
            repositoryName=repository, imageIds=[{"imageTag": tag}]
        )
        return found["imageDetails"][0].get("imageDigest", "")

    def answer(self) -> str | None:
        """Return the version that a task answers over HTTP, None where tasks are simulated."""
        if self.aws.tasks is None:
            return None
        ecs = self.aws.cloud.ecs
        for task in ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICE)["taskArns"]:
            for address in self.aws.tasks.addresses(task):
                return _version_at(address)
        raise LocalCloudError("no task of the service answers over HTTP")

    def outcome_of_push(self, tag: str) -> Mapping[str, object]:
        """Wait for what the ledger says came of the event that told of a tag."""
        found: list[Mapping[str, object]] = []

        def look() -> bool:
            found.extend(self._outcomes(tag))
            return bool(found)

        await_that(look, f"no outcome of the push of {tag} was recorded")
        return found[0]

    def _outcomes(self, tag: str) -> list[Mapping[str, object]]:
        events = [
            event["id"]
            for event, _ in self.aws.deliveries.delivered
            if isinstance(detail := event.get("detail"), dict) and detail.get("image-tag") == tag
        ]
        items = (
            self.aws.cloud.dynamodb.get_item(
                TableName=self.aws.stack["Ledger"],
                Key={"pk": {"S": f"outcomes#{STAGE}"}, "sk": {"S": str(event)}},
            ).get("Item", {})
            for event in events
        )
        return [json.loads(item["body"]["S"]) for item in items if "body" in item]

    def _steady(self) -> bool:
        answer = self.aws.cloud.ecs.describe_services(cluster=CLUSTER, services=[SERVICE])
        service = answer["services"][0]
        rollouts = [one.get("rolloutState") for one in service.get("deployments", [])]
        return rollouts == ["COMPLETED"] and service.get("runningCount") == TASKS


def await_that(holds: Callable[[], bool], otherwise: str, within: float = PATIENCE) -> None:
    """Return as soon as something holds; raise LocalCloudError after `within` seconds."""
    until = time.monotonic() + within
    while not holds():
        if time.monotonic() > until:
            raise LocalCloudError(f"{otherwise} within {within:.0f} s")
        time.sleep(0.1)


def _version_at(address: str) -> str:
    with urlopen(f"http://{address}/", timeout=5) as reply:
        document = json.load(reply)
    return str(document["version"])
