"""The world of one seed: an AWS in memory, an installation on it, and the weather between them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from longshore.aws.calls import AwsCall
from longshore.aws.gate import Perform
from longshore_local.awsjson.errors import ApiError
from longshore_local.ecs.images import Conduct
from tests.simulation.cloud.images.manifests import (
    digest_of,
    make_index,
    make_manifest,
    make_signature,
)
from tests.simulation.cloud.images.repository import ExpiryRule
from tests.simulation.cloud.slack import Workspace
from tests.simulation.forge import Forge
from tests.simulation.functions import Lambda, QueueSource, StreamSource
from tests.simulation.health import Health
from tests.simulation.installation import Stack
from tests.simulation.journal import SimulatedJournal
from tests.simulation.kernel import Kernel
from tests.simulation.past import Past
from tests.simulation.pipelines import Pipelines
from tests.simulation.plan import SWEEP, Plan, Repository
from tests.simulation.promises.channels import Channels
from tests.simulation.promises.jobs import Jobs
from tests.simulation.promises.pushes import Pushes
from tests.simulation.promises.watch import Watch
from tests.simulation.region import Outside, Region
from tests.simulation.story import Story
from tests.simulation.truth import Truth
from tests.simulation.weather import Weather
from tests.simulation.workers import Passage, Worker
from tests.support.builders import HOME

START = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
MOST_AT_ONCE = 3
"""Invocations of a function at once, for each queue."""

AN_HOUR = timedelta(hours=1)
RESTORE_TAKES = timedelta(minutes=12)
"""Longer than a reconciler that has begun can go on."""

_SOURCES = (
    ("Inbox", "Router"),
    ("Work", "Reconciler"),
    ("Notices", "Notifier"),
    ("Pushes", "PipelineStart"),
)

Sky = Callable[[Story], Weather]
"""Makes the weather of a world, which tells its faults to the story."""


class World:
    """Everything of one seed, and the ways in which its parts reach each other."""

    def __init__(self, plan: Plan, *, sky: Sky, validated: bool) -> None:
        self.plan = plan
        self.calm = True
        self.story = Story()
        self.truth = Truth()
        self.kernel = Kernel(START)
        self.weather = sky(self.story)
        outside = Outside(self._happened, self._changed, self._send, self.weather.index_lag)
        self.pipelines = Pipelines(self.kernel)
        self.cloud = Region(
            self.kernel.clock, outside, self.truth, self.pipelines, validated=validated
        )
        self.past = Past(self.kernel, self.cloud.ecs, self.cloud.ecr, self.truth)
        self.slack = Workspace()
        self.watch = Watch(plan, self.truth, self.cloud, self.tell, self.kernel.stop)
        self.health = Health(plan, self.truth, self.kernel, self.cloud.cloudwatch, self.tell)
        self.channels = Channels(self.watch.say, self.slack)
        self.jobs = Jobs(self.pipelines, self.watch.ledger, self.truth, self.watch.say, self.tell)
        self.passage = Passage(
            self.kernel, self.weather, self.story, effect=self._effect, stale=self.past.answer
        )
        self.stack = Stack(
            self.cloud.clients,
            self.passage,
            SimulatedJournal(self.watch.say, lambda: self.calm),
            HOME,
            self.cloud.names,
            plan.rates,
        )
        self.stack.slack = self.slack if plan.slack else None
        self.runtime = Lambda(self.kernel, self.weather, self.story, self.stack, self.passage)
        self.pipelines.invoke = self.runtime.invoke
        self.forge = Forge(self.kernel, self.pipelines, self.runtime.invoke)
        self.starts = Pushes(self.forge, self.watch.ledger, self.truth, self.watch.say, self.tell)
        self.forge.hear = self.starts.answered
        self.pipelines.twice = self.weather.has_second_worker
        self.stream = StreamSource(self.runtime)
        self.sources = {
            queue: QueueSource(
                self.runtime, self.cloud.sqs, self.cloud.url(queue), name, MOST_AT_ONCE
            )
            for queue, name in _SOURCES
        }
        self._snapshots: list[tuple[datetime, Any]] = []
        self._settles_at: datetime | None = None
        self._on_their_way = 0
        self.last_arrival = START

    # ── AWS and the installation reach each other ───────────────────────────────────────────

    def _happened(self, event: dict[str, object]) -> None:
        """Bring what AWS tells to the rules, as often and as late as the weather wants."""
        self.truth.hear(event, self.kernel.now)
        if self.cloud.is_of_interest(event):
            self.arrive(partial(self.cloud.events.deliver, event))

    def arrive(self, deliver: Any) -> None:
        """Let something arrive: now, late, several times or never."""
        for delay in self.weather.arrivals():
            self._on_their_way += 1
            self.last_arrival = max(self.last_arrival, self.kernel.now + delay)
            self.kernel.after(delay, partial(self._arrived, deliver))

    def _arrived(self, deliver: Any) -> None:
        self._on_their_way -= 1
        deliver()

    def _send(self, queue: str, body: str) -> None:
        request = {"QueueUrl": self.cloud.url(queue), "MessageBody": body}
        self.cloud.sqs.call("SendMessage", request)
        self.sources[queue].arm()

    def _changed(self, record: dict[str, Any]) -> None:
        worker = self.passage.at_work  # a greenlet that is over counts as false
        self.watch.changed(record, self.kernel.now if worker is None else worker.started)
        self.jobs.changed(record)
        self.starts.changed(record, self.kernel.now)
        self.past.keep_item(record)
        self.stream.take(record)

    def _effect(self, worker: Worker, call: AwsCall, perform: Perform) -> Any:
        """Perform a call of Longshore's and look at what it does."""
        match call.service:
            case "ecs":
                reply = self._at_ecs(worker, call, perform)
            case "sqs":
                reply = perform()
                self._queued(call)
            case "codepipeline":
                self.jobs.see(call.operation, call.parameters)
                reply = perform()
                self.pipelines.settle_later()
            case "sns":
                reply = perform()
                self.watch.published(call.parameters, worker.started)
            case "slack":
                reply = perform()
                now = self.kernel.now
                self.channels.see(call.operation, call.parameters, worker.started, now)
            case _:
                reply = perform()
        return reply

    def _at_ecs(self, worker: Worker, call: AwsCall, perform: Perform) -> Any:
        look = self.watch.before(call.operation, call.parameters, worker.started)
        if call.operation == "UpdateService":
            self.past.keep_service(call.parameters["cluster"], call.parameters["service"])
        reply = perform()
        look(reply)
        self.settle_later()
        return reply

    def _queued(self, call: AwsCall) -> None:
        if call.parameters["QueueUrl"] == self.cloud.names.work:
            self.watch.sent(call.parameters)
        if call.parameters["QueueUrl"] == self.cloud.names.pushes:
            self.forge.messages.append(call.parameters)
        for source in self.sources.values():
            source.arm()

    def settle_later(self) -> None:
        """See to it that what ECS does by itself happens in its time."""
        self.health.look(self.cloud.runs)
        due = self.cloud.ecs.next_due
        if due is not None and (self._settles_at is None or due < self._settles_at):
            self._settles_at = due
            self.kernel.at(due, partial(self._settle, due))

    def _settle(self, planned: datetime) -> None:
        if self._settles_at != planned:
            return
        self._settles_at = None
        self.cloud.ecs.settle()
        self.settle_later()

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits for Longshore, or is under way in it."""
        sources = all(source.is_idle for source in self.sources.values())
        return self.stream.is_idle and sources and self.pipelines.is_idle

    @property
    def has_dead_letters(self) -> bool:
        """Whether messages were given up that nobody has put back."""
        return any(self.cloud.sqs.dead(source.queue) for source in self.sources.values())

    @property
    def is_whole(self) -> bool:
        """Whether no restore is under way, and a sweep has come since the last one."""
        return self.sources["Work"].on and self.kernel.now - self.truth.restored_at >= SWEEP

    @property
    def is_expecting(self) -> bool:
        """Whether events are still on their way."""
        return self._on_their_way > 0

    # ── what people do to AWS ───────────────────────────────────────────────────────────────

    def tell(self, who: str, what: str) -> None:
        """Add to the story."""
        self.story.tell(self.kernel.now, who, what)

    def by_hand(self, operation: str, request: Mapping[str, object]) -> Mapping[str, Any]:
        """Call ECS as a person does."""
        if "service" in request and "cluster" in request:
            self.past.keep_service(str(request["cluster"]), str(request["service"]))
        reply = self.cloud.ecs.call(operation, request)
        self.settle_later()
        return reply

    def send_push_again(self) -> None:
        """Put the last push into its queue once more, as who redrives what was done does."""
        for message in self.forge.messages[-1:]:
            again = f"again-{self.kernel.now.timestamp()}"
            request = {**message, "MessageDeduplicationId": again}
            self.cloud.sqs.call("SendMessage", request)
            self.sources["Pushes"].arm()

    def create_repository(self, repository: Repository) -> None:
        """Create a repository."""
        mutability = "IMMUTABLE" if repository.immutable else "MUTABLE"
        request = {"repositoryName": repository.name, "imageTagMutability": mutability}
        self.cloud.ecr.call("CreateRepository", request)

    def push(self, repository: str, number: int, tag: str, conduct: Conduct) -> str:
        """Push an image for one platform; return its digest."""
        return self._put(repository, make_manifest(number), tag, conduct)

    def push_index(self, repository: str, number: int, tag: str, conduct: Conduct) -> str:
        """Push an image for two platforms, the parts first; return the digest of the whole."""
        parts = [make_manifest(number), make_manifest(-number)]
        for part in parts:
            self._put(repository, part, None, conduct)
        return self._put(repository, make_index(*parts), tag, conduct)

    def push_signature(self, repository: str, digest: str) -> None:
        """Push the signature of an image, as cosign tags it."""
        tag = f"{digest.replace(':', '-')}.sig"
        self._put(repository, make_signature(digest), tag, None)

    def tag(self, repository: str, tag: str, digest: str) -> None:
        """Name an image that is there already."""
        manifest = self.cloud.ecr.manifest(repository, digest)
        if manifest is not None:
            self._put(repository, manifest, tag, None)

    def _put(self, repository: str, manifest: str, tag: str | None, conduct: Conduct | None) -> str:
        request = {"repositoryName": repository, "imageManifest": manifest}
        if tag is not None:
            request["imageTag"] = tag
        self.past.keep_images(repository)
        try:
            reply: Any = self.cloud.ecr.call("PutImage", request)
        except ApiError as error:
            self.tell("people", f"are refused PutImage: {error.code}")
            return digest_of(manifest)
        digest = str(reply["image"]["imageId"]["imageDigest"])
        if conduct is not None:
            self.truth.conduct[digest] = conduct
        self.truth.pushed_at[repository, digest] = self.cloud.pushed_at(repository, digest)
        return digest

    def delete_image(self, repository: str, image: Mapping[str, str]) -> None:
        """Delete an image, or only a tag of it."""
        self.past.keep_images(repository)
        request = {"repositoryName": repository, "imageIds": [image]}
        self.cloud.ecr.call("BatchDeleteImage", request)

    def expire_images(self, repository: str, keep: int) -> None:
        """Let a lifecycle policy delete all but the newest images."""
        self.past.keep_images(repository)
        self.cloud.ecr.expire(repository, ExpiryRule(keep))

    def use_up_rates(self, tokens: int) -> None:
        """Let another user of the account call ECS very often."""
        for action in ("ecs:RegisterTaskDefinition", "ecs:UpdateService", "ecs:DescribeServices"):
            self.cloud.buckets.drain(action, tokens)

    def upgrade(self, *, newer: bool) -> None:
        """Let a newer version work from now on, or take it back; what has begun goes on."""
        self.tell("people", "upgrade Longshore" if newer else "take the upgrade back")
        self.stack.clients = self.cloud.newer_clients if newer else self.cloud.clients
        self.runtime.forget_sandboxes()

    # ── dead letters, restores ──────────────────────────────────────────────────────────────

    def redrive(self) -> None:
        """Put the dead letters back into their queues, as the runbook says."""
        for queue, source in self.sources.items():
            for message in self.cloud.take_dead(queue):
                self.tell("people", f"redrive a dead letter of {queue}")
                self.cloud.sqs.call("SendMessage", message)
            source.arm()

    def keep_snapshot(self) -> None:
        """Keep what the table holds now, as point-in-time recovery does."""
        self._snapshots.append((self.kernel.now, self.cloud.snapshot()))

    def restore_table(self, *, in_place: bool) -> None:
        """Restore the table to an hour ago, with the work queue off, as the runbook says."""
        self.sources["Work"].on = False
        self.kernel.after(RESTORE_TAKES, partial(self._restore, in_place=in_place))

    def _leave_what_rolls(self) -> None:
        """Take note of services that ECS is moving: a restored ledger leaves them to people."""
        for service in self.plan.services():
            found = self.cloud.service(service.cluster, service.name)
            if found and found["deployments"][0]["rolloutState"] != "COMPLETED":
                self.truth.touched[str(service)] = self.kernel.now

    def _restore(self, *, in_place: bool) -> None:
        wanted = self.kernel.now - AN_HOUR
        earlier = [kept for kept in self._snapshots if kept[0] <= wanted][-1:]
        for _, snapshot in earlier or self._snapshots[:1]:
            how = "have written a backup over the table" if in_place else "have restored the table"
            self.tell("people", how)
            self.cloud.restore(snapshot, in_place=in_place)
            self.stack.ledger = f"ledger/{self.kernel.now:%H%M%S}"
            self.watch.restored()
            self._leave_what_rolls()
        self.runtime.forget_sandboxes()
        self.sources["Work"].on = True
        self.sources["Work"].arm()
