"""Three AWSs to run one suite against: the simulation's, moto's, and the embedded AWS's."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from moto import mock_aws

from longshore.aws.clients import Clients
from longshore.domain.places import Home
from longshore_local.cloud.clients import Cloud as EmbeddedClients
from longshore_local.cloud.emulator import Emulator, EmulatorSettings, free_port
from longshore_local.ecs.images import ImageBehaviour
from longshore_local.ecs.world import EcsWorld
from longshore_local.settings import MINISTACK
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.surroundings import Event
from tests.simulation.cloud.api import Api, Validated
from tests.simulation.cloud.clients import MemoryClients
from tests.simulation.cloud.ecr import Ecr
from tests.simulation.cloud.eventbridge import EventBridge
from tests.simulation.cloud.sns import Sns
from tests.simulation.cloud.sqs import Sqs

if TYPE_CHECKING:
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

PROGRAM = Path(__file__).parents[3] / MINISTACK
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
HOME = Home("aws", "123456789012", "eu-central-1")

_numbers = count(1)


def fresh(word: str) -> str:
    """Return a name that nothing has yet: the embedded AWS keeps what earlier tests made."""
    return f"{word}-{next(_numbers)}"


@dataclass(frozen=True, slots=True)
class CloudClients:
    """One AWS, by its clients."""

    name: str
    home: Home
    sqs: "SQSClient"
    ecr: "ECRClient"
    ecs: "ECSClient"
    sns: "SNSClient"
    events: "EventBridgeClient"


@dataclass(slots=True)
class Memory:
    """The simulation's AWS with a clock by hand; each call is held to the service model."""

    now: datetime = NOON
    told: list[Event] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    page: int = 1000
    sqs: Sqs = field(init=False)
    ecr: Ecr = field(init=False)
    sns: Sns = field(init=False)
    events: EventBridge = field(init=False)
    ecs: EcsWorld = field(init=False)
    clients: CloudClients = field(init=False)

    def __post_init__(self) -> None:
        self.sqs = Sqs(self.clock, Ids("sqs"), home=HOME)
        self.ecr = Ecr(self.clock, self.told.append, home=HOME, page=self.page)
        self.sns = Sns(self.clock, home=HOME)
        self.events = EventBridge(self.clock, to=self._take, home=HOME)
        self.ecs = EcsWorld(clock=self.clock, images=_every_image_runs, home=HOME)
        self.clients = self._clients()

    def clock(self) -> datetime:
        """Tell the time."""
        return self.now

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    def _take(self, queue: str, body: str) -> None:
        self.sent.append((queue, body))

    def _clients(self) -> CloudClients:
        played: dict[str, Api] = {
            "sqs": self.sqs,
            "ecr": self.ecr,
            "ecs": self.ecs,
            "sns": self.sns,
            "events": self.events,
        }
        apis = {name: Validated(name, api) for name, api in played.items()}
        return _of(MemoryClients(apis, HOME.region), "memory")


def _every_image_runs(_reference: str) -> ImageBehaviour:
    return ImageBehaviour()


def open_cloud(name: str) -> AbstractContextManager[CloudClients]:
    """Return one of the AWSs by its name: memory, moto or ministack."""
    return {"memory": _memory, "moto": _moto, "ministack": _ministack}[name]()


@contextmanager
def _memory() -> Iterator[CloudClients]:
    yield Memory().clients


@contextmanager
def _moto() -> Iterator[CloudClients]:
    with mock_aws():
        yield _of(_built(), "moto")


@contextmanager
def _ministack() -> Iterator[CloudClients]:
    yield _embedded()


@cache
def _built() -> Clients:
    """Return clients for all tests: each reads megabytes of JSON when it is built."""
    return Clients()


def _of(clients: Clients, name: str) -> CloudClients:
    region = HOME.region
    return CloudClients(
        name=name,
        home=HOME,
        sqs=clients.sqs,
        ecr=clients.ecr(region),
        ecs=clients.ecs_writer(region),
        sns=clients.sns,
        events=clients.events,
    )


_running: list[Emulator] = []


@cache
def _embedded() -> CloudClients:
    """Start the embedded AWS when it is first asked for; `stop_embedded` ends it."""
    emulator = Emulator(EmulatorSettings(PROGRAM, free_port(), {}))
    _running.append(emulator)
    emulator.wait_until_ready()
    cloud = EmbeddedClients(emulator.endpoint)
    return CloudClients(
        name="ministack",
        home=Home("aws", cloud.account, cloud.region),
        sqs=cloud.sqs,
        ecr=cloud.ecr,
        ecs=cloud.ecs,
        sns=cloud.sns,
        events=cloud.events,
    )


def stop_embedded() -> None:
    """End the embedded AWS, if it was started."""
    while _running:
        _running.pop().close()


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect AWS to refuse with an error code; what fails here can be a row of the differences."""
    try:
        yield
    except ClientError as error:
        found = error.response["Error"]["Code"]
        assert found == code, f"refused with {found}, not {code}"
    else:
        message = f"was not refused with {code}"
        raise AssertionError(message)
