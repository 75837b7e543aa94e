"""A ledger that knows a whole way: a push, its execution, the build, the image, the deployment."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from typer.testing import Result

from longshore.aws import items
from longshore.aws.calls import AwsCall
from longshore.aws.gate import Gate, Perform
from longshore.aws.pushes import DynamoPushRecords
from longshore.aws.timelines import DynamoTimelineStore
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.executions import (
    ActionRun,
    ActionState,
    BuildOutcome,
    ExecutionState,
    ExecutionTrigger,
    SourceRevision,
    Timeline,
)
from longshore.domain.origins import BuiltImage, Origin
from longshore.domain.pipelines import ExecutionRef, PipelineRef
from longshore.domain.pushes import GitRepository, Provider, PushLink, PushRecord, Startable
from longshore.domain.stages import StageRecord
from longshore.usecases.watch_ports import TimelineChanges
from longshore_cli.access import Access, Place
from longshore_cli.installation import find_installation
from longshore_cli.origin.asked import parse_asked
from longshore_cli.origin.reading import OriginReader
from longshore_cli.origin.trails import Found
from tests.unit.cli.conftest import HOME, REGION, REGISTRY, World, item_of
from tests.unit.cli.records import AN_HOUR_AGO, BAD, deployment, stage

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PAGE = f"https://github.com/acme/shop/commit/{COMMIT}"
EXECUTION = ExecutionRef(PipelineRef(HOME, "shop"), "1b2c3d4e-5f60-4718-9a0b-c1d2e3f40516")
BUILD = "shop-image:5f1c0f3e"
LOG = "https://console.aws.amazon.com/cloudwatch/home#logsV2:log-groups/group/build"
DIGEST = BAD.images[0].digest
"""What runs in these tests; its deployment replaced `GOOD`."""
IMAGE = f"{REGISTRY}/shop@{DIGEST}"
HASH = "3f" * 32

ORIGIN = Origin(
    pipeline="shop",
    execution=EXECUTION.id,
    commit=COMMIT,
    url=PAGE,
    author="Ana",
    trigger="StartPipelineExecution",
)
BUILT = BuiltImage(digest=DIGEST, origin=ORIGIN, build=BUILD, repository="acme/shop")
TIMELINE = Timeline(
    execution=EXECUTION,
    state=ExecutionState.SUCCEEDED,
    trigger=ExecutionTrigger("StartPipelineExecution", "arn:aws:iam::123456789012:user/ana"),
    revisions=(SourceRevision("Source", COMMIT, "fix prices", PAGE),),
    author="Ana",
    repository="acme/shop",
    runs=(
        ActionRun(
            id="run-1",
            stage="Build",
            name="Image",
            state=ActionState.SUCCEEDED,
            started_at=AN_HOUR_AGO,
            ended_at=AN_HOUR_AGO + timedelta(minutes=2),
            provider="CodeBuild",
            external_id=BUILD,
            url="https://console.aws.amazon.com/codebuild/5f1c0f3e",
            build=BuildOutcome(log=LOG, digest=DIGEST),
        ),
    ),
    started_at=AN_HOUR_AGO,
)
GIT = GitRepository(Provider.GITHUB, "acme/shop")
LINK = PushLink(
    execution=f"shop:{EXECUTION.id}",
    kind=Startable.PIPELINE,
    name="shop",
    push=HASH,
    repository=GIT,
    ref="refs/heads/main",
    commit=COMMIT,
    pusher="ana",
    at=AN_HOUR_AGO,
)
PUSH = PushRecord(HASH, GIT, "ana", AN_HOUR_AGO - timedelta(seconds=2), done=True)


@dataclass
class Ways:
    """Writes parts of a way into the ledger as the functions do, and asks for it."""

    world: World
    calls: list[AwsCall] = field(default_factory=list)
    """Those that `find` made."""

    def runs(self, *deployments: DeploymentRecord, **changes: object) -> None:
        """Let the stage run `BAD`, by these deployments or by one."""
        known = deployments or (deployment(Phase.SUCCEEDED),)
        there: dict[str, object] = {"live": BAD, "stable": BAD, "latest": len(known)}
        self.put(stage(**there | changes))
        for each in known:
            self.put(each)

    def put(self, record: StageRecord | DeploymentRecord) -> None:
        self.world.table.client.put_item(TableName=self.world.table.name, Item=item_of(record))

    def built(self, image: BuiltImage = BUILT, timeline: Timeline = TIMELINE) -> None:
        store = DynamoTimelineStore(self.world.table)
        store.commit(TimelineChanges(timeline=timeline, images=(image,)))

    def pushed(self, link: PushLink = LINK, *, record: bool = True) -> None:
        """Let a push have started what `link` says; without `record` it is a month ago."""
        if record:
            DynamoPushRecords(self.world.table).keep(PUSH, link)
            return
        self.world.table.client.put_item(
            TableName=self.world.table.name, Item=items.push_link_item(link)
        )

    def label(self, **labels: str) -> str:
        """Put an image into ECR whose manifest has labels; return its digest."""
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"digest": "sha256:" + "0" * 64, "size": 1},
            "layers": [],
            "annotations": {f"org.opencontainers.image.{key}": labels[key] for key in labels},
        }
        text = json.dumps(manifest)
        digest = f"sha256:{sha256(text.encode()).hexdigest()}"
        self.world.clients.ecr(REGION).put_image(
            repositoryName="shop", imageManifest=text, imageTag="labelled", imageDigest=digest
        )
        return digest

    def task(self, images: Mapping[str, str], started_by: str = "", group: str = "") -> str:
        """Start a task with these images in `staging`; return its ARN."""
        ecs: Any = self.world.clients.ecs(REGION)
        definitions = [
            {"name": name, "image": image, "memory": 128} for name, image in images.items()
        ]
        registered = ecs.register_task_definition(family="x", containerDefinitions=definitions)
        started = ecs.run_task(
            cluster="staging",
            taskDefinition=registered["taskDefinition"]["taskDefinitionArn"],
            launchType="FARGATE",
            startedBy=started_by,
            group=group,
        )
        return str(started["tasks"][0]["taskArn"])

    def shown(self, what: str) -> Sequence[str]:
        """Return the lines of a good answer."""
        result = self.ask(what)
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()

    def document(self, what: str) -> Any:  # noqa: ANN401  JSON
        result = self.ask(what, "-o", "json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def find(self, what: str, prepared: Mapping[str, object]) -> Found:
        """Ask where AWS gives prepared answers to some calls, or raises them."""

        def passage(call: AwsCall, perform: Perform) -> object:
            self.calls.append(call)
            answer = prepared.get(call.action)
            if isinstance(answer, Exception):
                raise answer
            return perform() if answer is None else answer

        access = Access(Place())
        access.gate = Gate(passage)
        return OriginReader(access, find_installation(access)).find(parse_asked(what))

    def ask(self, *arguments: str) -> Result:
        return self.world.run("origin", *arguments)


@pytest.fixture
def ways(applied: World) -> Ways:
    return Ways(applied)


@pytest.fixture
def whole(ways: Ways) -> Ways:
    """All of the way is known."""
    ways.runs()
    ways.built()
    ways.pushed()
    return ways
