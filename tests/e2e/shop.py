"""An application of its own for each test: repositories, services, a longshore.yaml, a mailbox."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from longshore_local.demo.command import Command
from longshore_local.demo.scene import await_that
from longshore_local.embedded import EmbeddedAws
from longshore_local.gates.principals import Principal
from longshore_local.mailbox import Mailbox, Notice
from longshore_local.registry.conduct import crashing, writing
from longshore_local.registry.images import ImageContent, push_image
from longshore_local.settings import REGISTRY

CLUSTER = "e2e"
TASK_ROLE, EXECUTION_ROLE = "shop-task", "shop-execution"
LOG_GROUP = "/ecs/e2e"
CHANNELS = ("#guarded", "#telling")
REVISION = "0123456789abcdef0123456789abcdef01234567"
LABELS = {
    "org.opencontainers.image.revision": REVISION,
    "org.opencontainers.image.source": "https://github.com/example/shop",
}
LAST_WORDS = ("main: opening", "main: no till, PASSWORD=hunter2")
FIRST = "1.0.0"
PATIENCE = 40


@dataclass
class Shops:
    """Makes applications; tells them apart by their names."""

    aws: EmbeddedAws
    developer: Principal

    def open(
        self, application: str, services: Sequence[str] = ("web",), *, channel: str = ""
    ) -> "Shop":
        """Start services on version 1.0.0, each with a repository of its own, and adopt them."""
        folder = self.aws.scratch / application
        folder.mkdir()
        cloud = self.aws.cloud
        caller = cloud.seen_by(self.developer.credentials)
        shop = Shop(
            self.aws,
            application,
            services,
            channel,
            Command(caller, folder),
            Mailbox.subscribe(cloud, self.aws.stack["Topic"], application),
        )
        shop.start()
        shop.adopt()
        return shop


@dataclass
class Shop:
    """One application with one stage, `live`, whose services follow ^1.0 of their repositories.

    Where it has a `channel`, Slack is told of everything.
    """

    aws: EmbeddedAws
    application: str
    services: Sequence[str]
    channel: str
    command: Command
    mailbox: Mailbox
    digests: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def stage(self) -> str:
        return f"{self.application}/live"

    def start(self) -> None:
        for service in self.services:
            self.aws.cloud.ecr.create_repository(repositoryName=self.name(service))
            self.push(FIRST, service)
            create_service(self.aws, self.name(service), f"{self.name(service)}:{FIRST}")
        names = [self.name(service) for service in self.services]
        await_that(
            lambda: is_steady(self.aws, names),
            f"the services of {self.application} did not become steady",
        )

    def adopt(self) -> None:
        (self.command.folder / "longshore.yaml").write_text(self._configuration())
        self.command.must("apply", "--yes")
        self.told("StageAdopted")

    def name(self, service: str) -> str:
        return f"{self.application}-{service}"

    def push(self, version: str, service: str = "web", *, broken: bool = False) -> str:
        annotations = {**crashing(3), **writing(*LAST_WORDS)} if broken else {}
        content = ImageContent({"version": f"{service} {version}"}, annotations, LABELS)
        digest = push_image(self.aws.cloud, self.name(service), version, content)
        self.digests[service, version] = digest
        return digest

    def told(self, event: str, text: str = "") -> Notice:
        def wanted(notice: Notice) -> bool:
            attributes = notice.attributes
            of_mine = attributes["application"] == self.application
            return of_mine and attributes["event"] == event and text in notice.text

        return self.mailbox.await_notice(wanted, PATIENCE)

    def heard(self) -> list[str]:
        """Return the events that the topic told of this application, in order."""
        self.mailbox.read()
        mine = (
            notice.attributes
            for notice in self.mailbox.notices
            if notice.attributes["application"] == self.application
        )
        return [attributes["event"] for attributes in mine]

    def runs(self, service: str = "web") -> set[str]:
        """Return the versions that the tasks of a service run."""
        ecs = self.aws.cloud.ecs
        tasks = ecs.list_tasks(cluster=CLUSTER, serviceName=self.name(service))["taskArns"]
        described = ecs.describe_tasks(cluster=CLUSTER, tasks=tasks)["tasks"]
        running = [task for task in described if task["lastStatus"] == "RUNNING"]
        digests = {c["imageDigest"] for task in running for c in task["containers"]}
        known = {digest: key[1] for key, digest in self.digests.items() if key[0] == service}
        return {known[digest] for digest in digests}

    def rollouts(self, service: str = "web") -> list[str]:
        """Return every rollout the service began, newest first."""
        answer = self.aws.cloud.ecs.list_service_deployments(
            cluster=CLUSTER, service=self.name(service)
        )
        return [one["serviceDeploymentArn"] for one in answer["serviceDeployments"]]

    def revisions(self, service: str = "web") -> list[str]:
        return self.aws.cloud.ecs.list_task_definitions(familyPrefix=self.name(service))[
            "taskDefinitionArns"
        ]

    def status(self) -> Mapping[str, Any]:
        document = json.loads(self.command.must("status", self.stage, "--output", "json"))
        status: Mapping[str, Any] = document["stages"][0]
        return status

    def history(self) -> list[Mapping[str, Any]]:
        document = json.loads(self.command.must("history", self.stage, "--output", "json"))
        deployments: list[Mapping[str, Any]] = document["deployments"]
        return deployments

    def pushes(self, version: str) -> list[Mapping[str, Any]]:
        """Return the events that told of pushes of a version."""
        return [
            event
            for event, _ in self.aws.deliveries.delivered
            if isinstance(detail := event["detail"], Mapping)
            and detail.get("image-tag") == version
            and str(detail.get("repository-name")).startswith(f"{self.application}-")
        ]

    def outcome(self, event: str) -> Mapping[str, Any]:
        """Wait for what came of an event in this stage."""
        await_that(lambda: bool(self._outcome(event)), f"no outcome of {event} was recorded")
        return self._outcome(event)

    def _outcome(self, event: str) -> Mapping[str, Any]:
        key = {"pk": {"S": f"outcomes#{self.stage}"}, "sk": {"S": event}}
        found = self.aws.cloud.dynamodb.get_item(TableName=self.aws.stack["Ledger"], Key=key)
        item = found.get("Item", {})
        return json.loads(item["body"]["S"]) if "body" in item else {}

    def _configuration(self) -> str:
        images = {
            service: {"repository": self.name(service), "select": {"semver": "^1.0"}}
            for service in self.services
        }
        targets = [{"service": f"{CLUSTER}/{self.name(service)}"} for service in self.services]
        return json.dumps(
            {
                "apiVersion": "longshore/v1",
                "application": self.application,
                "images": images,
                "stages": {"live": {"targets": targets}},
                **({"notify": [{"slack": self.channel}]} if self.channel else {}),
            }
        )


def nothing_waits(aws: EmbeddedAws) -> bool:
    """Say whether the inbox and the work queue are worked off."""
    return not waiting(aws, ("Inbox", "Work"))


def waiting(aws: EmbeddedAws, queues: Sequence[str]) -> dict[str, int]:
    """Return how many messages each of these queues has, delayed ones apart, if it has any."""
    found = {
        queue: aws.cloud.sqs.get_queue_attributes(
            QueueUrl=aws.stack[queue],
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
            ],
        )["Attributes"]
        for queue in queues
    }
    numbers = {queue: sum(int(each) for each in found[queue].values()) for queue in queues}
    return {queue: number for queue, number in numbers.items() if number}


def create_service(aws: EmbeddedAws, name: str, image: str, *, cluster: str = CLUSTER) -> None:
    """Create a service, with a family of the same name, that runs an image of the registry."""
    ecs = aws.cloud.ecs
    role = f"arn:aws:iam::{aws.cloud.account}:role"
    registered = ecs.register_task_definition(
        family=name,
        taskRoleArn=f"{role}/{TASK_ROLE}",
        executionRoleArn=f"{role}/{EXECUTION_ROLE}",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": "main",
                "image": f"{REGISTRY}/{image}",
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {"awslogs-group": LOG_GROUP, "awslogs-stream-prefix": "shop"},
                },
            }
        ],
    )
    ecs.create_service(
        cluster=cluster,
        serviceName=name,
        taskDefinition=registered["taskDefinition"]["taskDefinitionArn"],
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-local"]}},
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    )


def is_steady(aws: EmbeddedAws, services: Sequence[str], *, cluster: str = CLUSTER) -> bool:
    """Say whether the one rollout of each of these services, ten at most, is completed."""
    found = aws.cloud.ecs.describe_services(cluster=cluster, services=services)["services"]
    return all(
        [one["rolloutState"] for one in service["deployments"]] == ["COMPLETED"]
        for service in found
    )
