"""Two applications, each with two stages that follow the same images: ten services in all."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from longshore.aws import items, keys
from longshore.aws.gate import Gate
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.table import Table
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.places import StageId
from longshore.domain.stages import StageSnapshot, TargetRecord
from longshore_local.demo.command import Command
from longshore_local.demo.scene import await_that
from longshore_local.embedded import EmbeddedAws
from longshore_local.gates.principals import Principal
from longshore_local.mailbox import Mailbox
from longshore_local.registry.images import ImageContent, push_image
from tests.e2e.shop import CLUSTER, FIRST, LABELS, create_service, is_steady
from tests.e2e.slack import disagreements

STAGES = ("east", "west")
IMAGES: Mapping[str, Sequence[str]] = {
    "mill": ("wheel", "stone"),
    "port": ("crane", "light", "gate"),
}
PUSHES_OF_EACH = 10


def channel_of(stage: StageId) -> str:
    return f"#{stage.application}-{stage.stage}"


CHANNELS = tuple(
    channel_of(StageId(application, stage)) for application in IMAGES for stage in STAGES
)


Version = tuple[int, ...]


def parsed(version: str) -> Version:
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True, slots=True)
class Berth:
    """One service: the stage it belongs to and the image it runs."""

    stage: StageId
    image: str

    @property
    def repository(self) -> str:
        return f"{self.stage.application}-{self.image}"

    @property
    def name(self) -> str:
        """The service's name, and its family's."""
        return f"{self.repository}-{self.stage.stage}"


@dataclass
class Fleet:
    """The services and what the ledger says of them; the test's own calls meet no fault."""

    aws: EmbeddedAws
    developer: Principal
    pushed: dict[str, dict[Version, str]] = field(default_factory=dict)
    """The digest of each version in each repository."""
    mailbox: Mailbox = field(init=False)

    @cached_property
    def stages(self) -> Sequence[StageId]:
        return [StageId(application, stage) for application in IMAGES for stage in STAGES]

    @cached_property
    def berths(self) -> Sequence[Berth]:
        return [Berth(each, image) for each in self.stages for image in IMAGES[each.application]]

    @cached_property
    def table(self) -> Table:
        return Table(Gate(), self.aws.cloud.dynamodb, self.aws.stack["Ledger"])

    def launch(self) -> None:
        """Start every service on the first version, and let Longshore adopt them."""
        topic = self.aws.stack["Topic"]
        self.mailbox = Mailbox.subscribe(self.aws.cloud, topic, "fleet")
        for repository in sorted({berth.repository for berth in self.berths}):
            self.aws.cloud.ecr.create_repository(repositoryName=repository)
            self.push(repository, FIRST)
        for berth in self.berths:
            create_service(self.aws, berth.name, f"{berth.repository}:{FIRST}")
        names = [berth.name for berth in self.berths]
        await_that(lambda: is_steady(self.aws, names), "the services did not become steady")
        for application in IMAGES:
            self._apply(application)
        await_that(self._is_adopted, "the stages were not adopted")

    def push(self, repository: str, version: str) -> None:
        content = ImageContent({"version": f"{repository} {version}"}, labels=LABELS)
        digest = push_image(self.aws.cloud, repository, version, content)
        self.pushed.setdefault(repository, {})[parsed(version)] = digest

    def snapshot(self, stage: StageId) -> StageSnapshot:
        found = DynamoStageLedger(self.table).read_stage(stage)
        assert found is not None
        return found

    def deployments(self, stage: StageId) -> list[DeploymentRecord]:
        found = self._partition(keys.deployments_partition(stage))
        return [items.record_of(item, DeploymentRecord) for item in found]

    def outcomes(self, stage: StageId) -> dict[str, Mapping[str, object]]:
        """Return what came of each event in a stage, by the event's id."""
        found = self._partition(keys.outcome(stage, "").pk)
        return {item["sk"]["S"]: json.loads(item["body"]["S"]) for item in found}

    def pushes(self, application: str) -> list[str]:
        """Return the ids of the events that told of pushes since the first version."""
        events = [event for event, _ in self.aws.deliveries.delivered]
        details = [(str(event["id"]), event["detail"]) for event in events]
        return [
            name
            for name, detail in details
            if isinstance(detail, Mapping)
            and str(detail.get("repository-name")).startswith(f"{application}-")
            and detail.get("action-type") == "PUSH"
            and detail.get("image-tag") != FIRST
        ]

    def unsettled(self) -> list[str]:
        """Say what has not come to its end yet."""
        return [reason for stage in self.stages for reason in self._unsettled(stage)]

    def _unsettled(self, stage: StageId) -> Iterator[str]:
        snapshot = self.snapshot(stage)
        if snapshot.deployment is not None:
            legs = [f"{one.service} is {one.forward.state}" for one in snapshot.targets]
            yield f"{snapshot.deployment.name} is under way: {', '.join(legs)}"
        for image, digest in self.wanted(stage).items():
            live = snapshot.stage.live
            found = live.image(image) if live else None
            if found is None or found.digest != digest:
                yield f"{stage} is on {found} of {image}"
        told = self.pushes(stage.application)
        untold = PUSHES_OF_EACH * len(self.wanted(stage)) - len(told)
        open_ = set(told) - self.outcomes(stage).keys()
        if untold or open_:
            yield f"{stage} has not heard of {untold} pushes and has not ended {len(open_)}"

    def wanted(self, stage: StageId) -> Mapping[str, str]:
        """Return the digest of each image that a stage's policies name."""
        mine = {
            image: self.pushed[Berth(stage, image).repository]
            for image in IMAGES[stage.application]
        }
        return {image: pushed[max(pushed)] for image, pushed in mine.items()}

    def target(self, berth: Berth) -> TargetRecord:
        """Return what the ledger says of a service."""
        targets = self.snapshot(berth.stage).targets
        (target,) = (one for one in targets if one.service.name == berth.name)
        return target

    def untold(self) -> set[str]:
        """Return the deployments whose last announcement nobody was told, by its id."""
        self.mailbox.read()
        told = {notice.attributes["id"] for notice in self.mailbox.notices}
        ended = (one for stage in self.stages for one in self.deployments(stage))
        return {f"{one.name}/{one.announced}" for one in ended} - told

    def mistold(self) -> list[str]:
        """Return what Slack does not show as the ledger has it: one message a deployment."""
        slack = self.aws.slack
        assert slack is not None
        return [
            disagreement
            for stage in self.stages
            for disagreement in disagreements(slack, channel_of(stage), self.deployments(stage))
        ]

    def unconfirmed(self) -> list[str]:
        """Return the announcements that bus and notices have not both taken."""
        pages = self.aws.cloud.dynamodb.get_paginator("scan").paginate(
            TableName=self.table.name,
            FilterExpression="kind = :outbox AND attribute_exists(due_at)",
            ExpressionAttributeValues={":outbox": items.text("outbox")},
        )
        return [f"{item['pk']['S']} {item['sk']['S']}" for page in pages for item in page["Items"]]

    def running(self, berth: Berth) -> set[str]:
        """Return the digests that the tasks of a service run."""
        ecs = self.aws.cloud.ecs
        tasks = ecs.list_tasks(cluster=CLUSTER, serviceName=berth.name)["taskArns"]
        described = ecs.describe_tasks(cluster=CLUSTER, tasks=tasks)["tasks"]
        running = [task for task in described if task["lastStatus"] == "RUNNING"]
        return {container["imageDigest"] for task in running for container in task["containers"]}

    def rollouts(self, berth: Berth) -> list[str]:
        """Return the task definition of every rollout that a service began, newest first."""
        ecs = self.aws.cloud.ecs
        listed = ecs.list_service_deployments(cluster=CLUSTER, service=berth.name)
        targets = [one["targetServiceRevisionArn"] for one in listed["serviceDeployments"]]
        described = ecs.describe_service_revisions(serviceRevisionArns=targets)["serviceRevisions"]
        by_arn = {one["serviceRevisionArn"]: one["taskDefinition"] for one in described}
        return [by_arn[target] for target in targets]

    def version(self, berth: Berth, task_definition: str) -> Version:
        """Return the version that a revision pins."""
        found = self.aws.cloud.ecs.describe_task_definition(taskDefinition=task_definition)
        (container,) = found["taskDefinition"]["containerDefinitions"]
        named = container["image"].rpartition(":")[2]
        pushed = self.pushed[berth.repository].items()
        return next((v for v, digest in pushed if digest == f"sha256:{named}"), parsed(FIRST))

    def fingerprints(self, berth: Berth) -> list[str]:
        """Return the fingerprint of every revision of a service's family that carries one."""
        ecs = self.aws.cloud.ecs
        arns = ecs.list_task_definitions(familyPrefix=berth.name)["taskDefinitionArns"]
        described = [
            ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"]) for arn in arns
        ]
        tags = [tag for one in described for tag in one.get("tags", [])]
        return [tag["value"] for tag in tags if tag["key"] == "longshore:fingerprint"]

    def _apply(self, application: str) -> None:
        folder = self.aws.scratch / application
        folder.mkdir()
        (folder / "longshore.yaml").write_text(json.dumps(self._configuration(application)))
        caller = self.aws.cloud.seen_by(self.developer.credentials)
        Command(caller, folder).must("apply", "--yes")

    def _configuration(self, application: str) -> dict[str, object]:
        mine = [berth for berth in self.berths if berth.stage.application == application]
        targets = {
            stage: [
                {"service": f"{CLUSTER}/{berth.name}"}
                for berth in mine
                if berth.stage.stage == stage
            ]
            for stage in STAGES
        }
        return {
            "apiVersion": "longshore/v1",
            "application": application,
            "images": {
                berth.image: {"repository": berth.repository, "select": {"semver": "^1.0"}}
                for berth in mine
            },
            "stages": {stage: {"targets": each} for stage, each in targets.items()},
            "notify": [
                {"slack": channel_of(StageId(application, stage)), "stages": [stage]}
                for stage in STAGES
            ],
        }

    def _is_adopted(self) -> bool:
        return all(self.snapshot(stage).stage.live is not None for stage in self.stages)

    def _partition(self, partition: str) -> "Iterator[items.Item]":
        return self.table.query(
            {
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": {":pk": items.text(partition)},
                "ConsistentRead": True,
            }
        )


def pushes_in_turn(chance: Random) -> dict[str, list[tuple[str, str]]]:
    """Return what is pushed of each application: every repository's versions, interleaved.

    One of each repository is a fix of an old version, which moves nothing.
    """
    versions = [f"1.{minor}.0" for minor in range(1, PUSHES_OF_EACH)]
    versions.insert(PUSHES_OF_EACH // 2, "1.0.1")
    turns: dict[str, list[tuple[str, str]]] = {}
    for application, images in IMAGES.items():
        left = {f"{application}-{image}": list(versions) for image in images}
        order = [name for name, each in left.items() for _ in each]
        chance.shuffle(order)
        turns[application] = [(name, left[name].pop(0)) for name in order]
    return turns
