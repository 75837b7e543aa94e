"""One region of the in-memory AWS, with what the stack of template.yaml holds in it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from longshore.aws.keys import DUE_INDEX
from longshore.domain.places import RepositoryRef
from longshore_local.ecs.images import CannotBePulled, ImageBehaviour, Runs
from longshore_local.ecs.pace import Pace
from longshore_local.ecs.world import EcsWorld
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.surroundings import Clock
from tests.simulation.cloud.api import Api, Validated
from tests.simulation.cloud.clients import MemoryClients
from tests.simulation.cloud.cloudwatch import CloudWatch
from tests.simulation.cloud.dynamodb import DynamoDb
from tests.simulation.cloud.ecr import Ecr
from tests.simulation.cloud.eventbridge import EventBridge
from tests.simulation.cloud.installed_rules import event_rules
from tests.simulation.cloud.sns import Sns
from tests.simulation.cloud.sqs import Sqs
from tests.simulation.cloud.throttling import PUBLISHED, Throttled, TokenBuckets
from tests.simulation.forge import Secrets
from tests.simulation.installation import Names
from tests.simulation.newer import NewerWriter
from tests.simulation.pipelines import Pipelines
from tests.simulation.plan import Service
from tests.simulation.promises.ledger_view import Item
from tests.simulation.shipped import queue_attributes, receives
from tests.simulation.truth import Truth
from tests.support.builders import HOME
from tests.support.ledgers import TABLE, create_table

Emit = Callable[[dict[str, object]], None]


@dataclass(frozen=True, slots=True)
class Outside:
    """Who hears what the region does: events, changes of the table, messages of its rules.

    `lag` says how long the table's index takes to learn of a change.
    """

    emit: Emit
    changed: Emit
    send: Callable[[str, str], None]
    lag: Callable[[], timedelta]


STARTED_AGAIN_AFTER = timedelta(seconds=60)
"""What crashes is started again a little later than on AWS: fewer events that say the same."""

IMAGES_A_PAGE = 5
BYTES_A_PAGE = 12_000
"""So small that the pages of answers matter."""
OWN_TAG = "longshore:fingerprint"


class Region:
    """Every service that Longshore calls, and windows to see them as they are."""

    def __init__(
        self,
        clock: Clock,
        outside: Outside,
        truth: Truth,
        pipelines: Pipelines,
        *,
        validated: bool,
    ) -> None:
        self.clock = clock
        self.truth = truth
        self._urls: dict[str, str] = {}
        self.ecr = Ecr(clock, outside.emit, home=HOME, page=IMAGES_A_PAGE)
        self.ecs = EcsWorld(
            clock=clock,
            images=self._image,
            emit=outside.emit,
            home=HOME,
            pace=Pace(retry=STARTED_AGAIN_AFTER),
            validated=False,
            heard=frozenset({"STOPPED"}),  # what the rules of template.yaml let through
        )
        self.dynamodb = DynamoDb(
            clock, outside.changed, home=HOME, page_bytes=BYTES_A_PAGE, index_lag=outside.lag
        )
        self.sqs = Sqs(clock, Ids("sqs"), home=HOME)
        self.sns = Sns(clock, home=HOME)
        self.events = EventBridge(clock, to=outside.send, home=HOME)
        self.cloudwatch = CloudWatch(clock, home=HOME)
        self.buckets = TokenBuckets(PUBLISHED, clock)
        apis: dict[str, Api] = {
            "dynamodb": self.dynamodb,
            "ecr": Throttled("ecr", self.ecr, self.buckets),
            "ecs": Throttled("ecs", self.ecs, self.buckets),
            "cloudwatch": self.cloudwatch,
            "codebuild": pipelines.builds,
            "codepipeline": pipelines.world,
            "events": self.events,
            "secretsmanager": Secrets(),
            "sns": self.sns,
            "sqs": self.sqs,
        }
        if validated:
            apis = {name: Validated(name, api) for name, api in apis.items()}
        apis["s3"] = pipelines.bucket  # rest-xml, which no contract is read of
        self.clients = MemoryClients(apis, HOME.region)
        newer = {name: NewerWriter(apis[name]) for name in ("dynamodb", "sqs")}
        self.newer_clients = MemoryClients({**apis, **newer}, HOME.region)
        self.names = self._create_stack()

    def _create_stack(self) -> Names:
        create_table(self.clients)
        urls = self._urls
        for logical_id in ("Inbox", "Work", "Executions", "Notices", "Pushes"):
            fifo = ".fifo" if "FifoQueue" in queue_attributes(logical_id) else ""
            urls[logical_id] = self._create_queue(logical_id, fifo)
        self.events.call("CreateEventBus", {"Name": "longshore"})
        topic: Any = self.sns.call("CreateTopic", {"Name": "longshore"})
        return Names(
            table=TABLE,
            inbox=urls["Inbox"],
            work=urls["Work"],
            executions=urls["Executions"],
            notices=urls["Notices"],
            pushes=urls["Pushes"],
            topic=topic["TopicArn"],
        )

    def _create_queue(self, logical_id: str, fifo: str) -> str:
        dead = f"{logical_id}DeadLetters"
        grave = self._queue(dead, f"{dead}{fifo}", {})
        self._urls[dead] = grave
        arn = f"arn:aws:sqs:{HOME.region}:{HOME.account}:{grave.rpartition('/')[2]}"
        redrive = {"deadLetterTargetArn": arn, "maxReceiveCount": str(receives(logical_id))}
        return self._queue(
            logical_id, f"{logical_id}{fifo}", {"RedrivePolicy": json.dumps(redrive)}
        )

    def _queue(self, logical_id: str, name: str, more: Mapping[str, str]) -> str:
        attributes = {**queue_attributes(logical_id), **more}
        reply = self.sqs.call("CreateQueue", {"QueueName": name, "Attributes": attributes})
        return str(reply["QueueUrl"])

    # ── what ECS finds under a reference ────────────────────────────────────────────────────

    def _image(self, reference: str) -> ImageBehaviour:
        name, _, digest = reference.rpartition("/")[2].partition("@")
        repository, _, tag = name.partition(":")
        if "ecr" not in reference or "public" in reference:
            return ImageBehaviour(None, Runs())
        found = self.ecr.find(repository, digest or None, None if digest else tag)
        if found is None:
            return ImageBehaviour(digest or None, CannotBePulled())
        digest = str(found["imageDigest"])
        return ImageBehaviour(digest, self.truth.conduct.get(digest, Runs()))

    # ── windows ─────────────────────────────────────────────────────────────────────────────

    def pushed_at(self, repository: str, digest: str) -> datetime:
        """Return when ECR says that an image was pushed."""
        found: Any = self.ecr.find(repository, digest, None)
        moment: datetime = found["imagePushedAt"]
        return moment

    def tags(self, repository: str) -> Mapping[str, str]:
        """Return the digest of each tag that names something which can run."""
        return self.ecr.tags(repository)

    @staticmethod
    def is_of_interest(event: Mapping[str, object]) -> bool:
        """Whether any rule of the stack would take an event."""
        possible = event_rules(event["source"], event["detail-type"])
        return any(rule.matches(event) for rule in possible)

    def url(self, queue: str) -> str:
        """Return the URL of a queue by its logical id."""
        return self._urls[queue]

    def take_dead(self, queue: str) -> Iterator[dict[str, object]]:
        """Take every dead letter of a queue, as the request that sends it again."""
        url = self._urls[f"{queue}DeadLetters"]
        request = {"QueueUrl": url, "MaxNumberOfMessages": 10}
        while True:
            reply: Any = self.sqs.call(
                "ReceiveMessage", {**request, "MessageSystemAttributeNames": ["All"]}
            )
            for message in reply.get("Messages", ()):
                handle = {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]}
                self.sqs.call("DeleteMessage", handle)
                yield self._sent_again(queue, message)
            if not reply.get("Messages"):
                return

    def _sent_again(self, queue: str, message: Mapping[str, Any]) -> dict[str, object]:
        request = {"QueueUrl": self._urls[queue], "MessageBody": message["Body"]}
        group = message["Attributes"].get("MessageGroupId")
        if group is not None:
            again = f"redrive-{message['MessageId']}"
            request |= {"MessageGroupId": group, "MessageDeduplicationId": again}
        return request

    def snapshot(self) -> Any:
        """Return what the table holds now."""
        return self.dynamodb.snapshot(TABLE)

    def restore(self, snapshot: Any, *, in_place: bool) -> None:
        """Hold in the table what it held before; `in_place` beside what came since."""
        self.dynamodb.restore(TABLE, {**self.snapshot(), **snapshot} if in_place else snapshot)

    def runs(self, service: Service) -> str | None:
        """Return the image that a service's primary deployment runs, None where it is gone."""
        found = self.service(service.cluster, service.name)
        if found is None or found["status"] != "ACTIVE":
            return None
        containers = self.revision(found["taskDefinition"])["containerDefinitions"]
        return str(next(each["image"] for each in containers if each["name"] == "web"))

    def settled(self, service: Service) -> str | None:
        """Return the image that ECS has brought a service to, by digest; None where it has not."""
        image, found = self.runs(service), self.service(service.cluster, service.name)
        if image is None or found is None or "@" not in image:
            return None
        states = [each["rolloutState"] for each in found["deployments"]]
        return image if states == ["COMPLETED"] else None

    def service(self, cluster: str, name: str) -> Mapping[str, Any] | None:
        """Return a service as it is at this moment."""
        reply: Any = self.ecs.call("DescribeServices", {"cluster": cluster, "services": [name]})
        return next(iter(reply["services"]), None)

    def revision(self, name: str) -> Mapping[str, Any]:
        """Return a task definition."""
        reply: Any = self.ecs.call("DescribeTaskDefinition", {"taskDefinition": name})
        found: Mapping[str, Any] = reply["taskDefinition"]
        return found

    def revisions(self, family: str) -> list[str]:
        """Return the ARNs of a family's revisions."""
        reply: Any = self.ecs.call("ListTaskDefinitions", {"familyPrefix": family})
        arns: list[str] = reply["taskDefinitionArns"]
        return [arn for arn in arns if arn.rpartition("/")[2].partition(":")[0] == family]

    def own_revisions(self) -> Iterator[tuple[str, str]]:
        """Yield (family, ARN) of every revision that Longshore registered."""
        reply: Any = self.ecs.call("ListTaskDefinitions", {})
        for arn in reply["taskDefinitionArns"]:
            request = {"taskDefinition": arn, "include": ["TAGS"]}
            described: Any = self.ecs.call("DescribeTaskDefinition", request)
            if any(tag["key"] == OWN_TAG for tag in described.get("tags", ())):
                yield described["taskDefinition"]["family"], arn

    def item(self, pk: str, sk: str) -> Item | None:
        """Return an item of the ledger as it is at this moment."""
        request = {"TableName": TABLE, "Key": {"pk": {"S": pk}, "sk": {"S": sk}}}
        found: Any = self.dynamodb.call("GetItem", request).get("Item")
        return None if found is None else found

    def items(self) -> Iterator[Item]:
        """Yield every item of the ledger."""
        found: Any = self.dynamodb.items(TABLE)
        return iter(found)

    def configuration_in_force(self, application: str) -> int:
        """Return the number that an application's pointer names, 0 before there is one."""
        pointer = self.item(f"application#{application}", "pointer")
        return 0 if pointer is None else int(pointer["number"]["N"])

    def next_due(self) -> int | None:
        """Return when the next timer of the ledger is due, in epoch seconds."""
        return self.dynamodb.next_due(TABLE, DUE_INDEX)

    def uri(self, repository: str) -> str:
        """Return how task definitions name a repository."""
        return RepositoryRef(HOME, repository).uri
