"""A small AWS for the command: moto plays the services, a real HTTP server plays control.

Control is the real thing behind a stand-in of its Function URL: the server checks that a request
is signed, as AWS does, and hands the body to the use cases, which write into moto's DynamoDB.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.loaders import JSONFileLoader
from botocore.session import Session
from moto import mock_aws
from typer.testing import CliRunner, Result

from longshore.aws import items
from longshore.aws.clients import Clients
from longshore.aws.configurations import DynamoConfigurationStore
from longshore.aws.gate import Gate
from longshore.aws.intents import DynamoIntentStore
from longshore.aws.stop_switch import DynamoStopSwitch
from longshore.aws.table import Table
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.places import Home
from longshore.domain.stages import StageRecord, TargetRecord
from longshore.domain.wakeups import Wakeup
from longshore.runtime.control_api import answer_request
from longshore.usecases.control_ports import ControlPorts
from longshore_cli.main import app
from tests.support.ledgers import TABLE, create_table
from tests.support.runtime import Written, url_event

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

REGION = "eu-central-1"
ACCOUNT = "123456789012"
HOME = Home("aws", ACCOUNT, REGION)
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
ACTOR = f"arn:aws:sts::{ACCOUNT}:assumed-role/Developer/ana"

ONE_STAGE = """\
apiVersion: longshore/v1
application: shop
images: {app: {repository: shop, select: {tag: main}}}
stages: {staging: {targets: [{service: staging/web}]}}
"""

Reply = tuple[int, Mapping[str, object]]


@dataclass
class Heard:
    """A request as it came over the wire."""

    path: str
    headers: Mapping[str, str]
    body: Any


class HttpServer:
    """Answers POST requests on 127.0.0.1 and remembers them."""

    def __init__(self, answer: Callable[[Heard], Reply]) -> None:
        self.heard: list[Heard] = []
        self.answer = answer
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                body = json.loads(self.rfile.read(length))
                heard = Heard(self.path, dict(self.headers.items()), body)
                outer.heard.append(heard)
                status, document = outer.answer(heard)
                data = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as inherited
                """Keep the test output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, args=[0.01], daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class WallClock:
    """The present; the command itself uses nothing else."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def time_left(self) -> timedelta:
        return timedelta(seconds=30)


@dataclass
class HeardWakeups:
    """Where wake-ups end in these tests."""

    sent: list[Wakeup] = field(default_factory=list)
    sweeps: int = 0
    failure: Exception | None = None

    def send(self, wakeups: Sequence[Wakeup], *, delay: timedelta = timedelta()) -> None:
        assert delay == timedelta()
        self.sent.extend(wakeups)

    def sweep(self) -> None:
        if self.failure is not None:
            raise self.failure
        self.sweeps += 1


class World:
    """What the command finds: an installation, a cluster, a registry."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session = Session()
        self.clients = Clients(self.session)
        create_table(self.clients)
        self.table = Table(Gate(), self.clients.dynamodb, TABLE)
        self.configurations = DynamoConfigurationStore(self.table)
        self.wakeups = HeardWakeups()
        self.control = HttpServer(self._accept)
        self.install()

    # ── the installation ──────────────────────────────────────────────────────────────────────

    def install(self, name: str = "longshore", **changes: object) -> None:
        """Leave the parameter that a stack leaves."""
        value = {
            "schema": 1,
            "version": "0.1.0",
            "table": TABLE,
            "control_url": self.control.url,
            "topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:longshore",
            "bus": "longshore",
            "work_queue_url": "https://sqs.invalid/work.fifo",
            "inbox_url": "https://sqs.invalid/inbox",
        } | changes
        ssm = cast("SSMClient", self.session.create_client("ssm"))
        ssm.put_parameter(
            Name=f"/longshore/{name}", Value=json.dumps(value), Type="String", Overwrite=True
        )

    def _accept(self, heard: Heard) -> Reply:
        if not heard.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 "):
            return 403, {"Message": "Forbidden"}
        event = url_event(heard.path, heard.body, actor=ACTOR)
        ports = ControlPorts(
            self.configurations,
            DynamoIntentStore(self.table),
            DynamoStopSwitch(self.table),
            self.wakeups,
            WallClock(),
            HOME,
        )
        answered = answer_request(event, ports, Written().journal)
        return answered["statusCode"], json.loads(answered["body"])

    # ── what runs ─────────────────────────────────────────────────────────────────────────────

    def push(self, repository: str, *tags: str, content: str = "one") -> str:
        """Put an image into the registry and return its digest."""
        ecr = self.clients.ecr(REGION)
        if repository not in self.repositories():
            ecr.create_repository(repositoryName=repository)
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"digest": "sha256:" + "0" * 64, "size": 1},
            "layers": [],
            "annotations": {"content": content},
        }
        text = json.dumps(manifest)
        digest = f"sha256:{sha256(text.encode()).hexdigest()}"
        for tag in tags:
            ecr.put_image(
                repositoryName=repository, imageManifest=text, imageTag=tag, imageDigest=digest
            )
        return digest

    def repositories(self) -> Sequence[str]:
        found = self.clients.ecr(REGION).describe_repositories()["repositories"]
        return [each["repositoryName"] for each in found]

    def serve(self, service: str, containers: Mapping[str, str], **settings: object) -> str:
        """Create a service `cluster/name` that runs these images; return its revision."""
        cluster, _, name = service.partition("/")
        ecs = self.clients.ecs(REGION)
        ecs.create_cluster(clusterName=cluster)
        definitions: list[Any] = [
            {"name": container, "image": image, "memory": 128, "essential": True}
            for container, image in containers.items()
        ]
        registered = ecs.register_task_definition(family=name, containerDefinitions=definitions)
        revision = registered["taskDefinition"]["taskDefinitionArn"]
        wanted: dict[str, Any] = {"taskDefinition": revision, "desiredCount": 1} | settings
        ecs.create_service(cluster=cluster, serviceName=name, **wanted)
        return revision

    # ── the command ───────────────────────────────────────────────────────────────────────────

    def write(self, text: str, name: str = "longshore.yaml") -> Path:
        file = self.folder / name
        file.write_text(text)
        return file

    def run(self, *arguments: object, answer: str | None = None) -> Result:
        """Run the command as a person does."""
        return run(*arguments, answer=answer)


def run(*arguments: object, answer: str | None = None) -> Result:
    """Run the command; whatever is raised but an exit is a failure of the test."""
    return CliRunner().invoke(
        app, [str(each) for each in arguments], input=answer, catch_exceptions=False
    )


@pytest.fixture(scope="session", autouse=True)
def models_read_once() -> Iterator[None]:
    """Botocore reads the API models anew for every session: most of the time these tests take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", staticmethod(cache(JSONFileLoader().load_file)))
        yield


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.chdir(tmp_path)
    with mock_aws():
        made = World(tmp_path)
        yield made
        made.control.close()


@pytest.fixture
def applied(world: World) -> World:
    """An installation with one stage that is configured and nothing more."""
    digest = world.push("shop", "main")
    world.serve("staging/web", {"web": f"{REGISTRY}/shop@{digest}"})
    world.write(ONE_STAGE)
    assert world.run("apply", "--yes").exit_code == 0
    world.control.heard.clear()
    return world


def item_of(record: StageRecord | DeploymentRecord | TargetRecord) -> "items.Item":
    if isinstance(record, StageRecord):
        return items.stage_item(record)
    if isinstance(record, DeploymentRecord):
        return items.deployment_item(record)
    return items.target_item(record)


@pytest.fixture
def keep(applied: World) -> Callable[..., None]:
    """Write records into the ledger as the reconciler does."""

    def put(*records: StageRecord | DeploymentRecord | TargetRecord) -> None:
        for record in records:
            applied.table.client.put_item(TableName=applied.table.name, Item=item_of(record))

    return put
