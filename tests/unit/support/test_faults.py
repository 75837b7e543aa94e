"""Faults as a real SDK client meets them, and as the product takes them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.session import Session

from longshore.aws.gate import Gate
from longshore.domain.errors import Throttled, UnknownReply
from longshore_local.ecs import EcsWorld, ImageCatalogue, serve_ecs
from tests.support.faults import Fault, Request
from tests.support.faulty_proxy import FAIR, Card, Dealer, FaultyProxy

ONCE = Config(read_timeout=0.3, retries={"mode": "standard", "total_max_attempts": 1})
KEY = {"pk": {"S": "1"}}
CALLS: dict[str, tuple[str, dict[str, object]]] = {
    "dynamodb:GetItem": ("get_item", {"TableName": "t", "Key": KEY}),
    "dynamodb:TransactWriteItems": (
        "transact_write_items",
        {"TransactItems": [{"Delete": {"TableName": "t", "Key": KEY}}] * 2},
    ),
    "ecr:DescribeImages": ("describe_images", {"repositoryName": "app"}),
    "ecs:DescribeServices": ("describe_services", {"services": ["web"]}),
    "ecs:RegisterTaskDefinition": (
        "register_task_definition",
        {"family": "web", "containerDefinitions": []},
    ),
    "ecs:UpdateService": ("update_service", {"service": "web"}),
    "events:PutEvents": ("put_events", {"Entries": [{"Source": "longshore"}]}),
    "sns:Publish": ("publish", {"TopicArn": "arn:aws:sns:eu-central-1:1:t", "Message": "m"}),
    "sqs:SendMessage": ("send_message", {"QueueUrl": "http://q/1/q", "MessageBody": "m"}),
}
WRITES = {"ecs:RegisterTaskDefinition", "ecs:UpdateService"}


@cache
def client(service: str, endpoint: str) -> Any:  # noqa: ANN401 - clients have no type in common
    return Session().create_client(service, endpoint_url=endpoint, config=ONCE)


@pytest.fixture(scope="module")
def ecs() -> Iterator[str]:
    world = EcsWorld(clock=lambda: datetime.now(UTC), images=ImageCatalogue({}))
    with serve_ecs(world) as server:
        yield server.endpoint_url


@pytest.fixture(scope="module")
def listening(ecs: str) -> Iterator[tuple[FaultyProxy, str]]:
    with FaultyProxy(Dealer(1)) as proxy:
        yield proxy, proxy.detour(ecs)


@pytest.fixture
def endpoint(listening: tuple[FaultyProxy, str]) -> str:
    return listening[1]


@pytest.fixture
def proxy(listening: tuple[FaultyProxy, str]) -> FaultyProxy:
    listening[0].incidents.clear()
    return listening[0]


@pytest.mark.parametrize("action", CALLS)
@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.ERROR, Fault.UNAVAILABLE, Fault.CUT])
def test_each_fault_reaches_the_product_as_what_it_is(
    action: str, fault: Fault, proxy: FaultyProxy, endpoint: str
) -> None:
    method, parameters = CALLS[action]
    call = getattr(client(action.partition(":")[0], endpoint), method)
    unknown = action in WRITES and fault is not Fault.THROTTLED
    proxy.dealer.order(action, fault)

    with pytest.raises(UnknownReply if unknown else Throttled):
        Gate().call(call, **parameters)

    (incident,) = proxy.incidents
    assert (incident.request.action, incident.fault) == (action, fault)
    assert not incident.effective


def test_a_busy_family_is_no_bad_request(proxy: FaultyProxy, endpoint: str) -> None:
    register = client("ecs", endpoint).register_task_definition
    proxy.dealer.order("ecs:RegisterTaskDefinition", Fault.BUSY)

    with pytest.raises(Throttled, match="ClientException"):
        Gate().call(register, family="web", containerDefinitions=[])


def test_a_lost_reply_is_of_a_call_that_took_effect(
    proxy: FaultyProxy, endpoint: str, ecs: str
) -> None:
    proxied, direct = client("ecs", endpoint), client("ecs", ecs)
    proxy.dealer.order("ecs:CreateCluster", Fault.LOST, Fault.LATE)

    with pytest.raises(ConnectionClosedError):
        proxied.create_cluster(clusterName="lost")
    with pytest.raises(ReadTimeoutError):
        proxied.create_cluster(clusterName="late")

    arns = direct.list_clusters()["clusterArns"]
    assert {arn.rpartition("/")[2] for arn in arns} >= {"lost", "late"}
    assert [one.effective for one in proxy.incidents] == [True, True]


def test_without_a_fault_nothing_is_noticed(proxy: FaultyProxy, endpoint: str, ecs: str) -> None:
    proxied, direct = client("ecs", endpoint), client("ecs", ecs)

    proxied.create_cluster(clusterName="calm")

    assert proxied.list_clusters()["clusterArns"] == direct.list_clusters()["clusterArns"]
    assert proxy.incidents == []


def request(number: int, action: str = "sqs:SendMessage", attempt: int = 1) -> Request:
    service, operation = action.split(":")
    return Request(service, operation, str(number), attempt, "", b"")


def test_a_deck_is_dealt_to_its_end_before_it_is_shuffled() -> None:
    dealer = Dealer(1)
    dealer.play({"*": [Card(Fault.CUT), Card(Fault.LOST), None, None]})

    rounds = [[dealer.deal(request(4 * deck + card)) for card in range(4)] for deck in range(20)]

    assert all(set(each) == {Fault.CUT, Fault.LOST, None} for each in rounds)
    assert len({tuple(each) for each in rounds}) > 1


def test_the_nearest_name_decides_which_cards_are_dealt() -> None:
    dealer = Dealer(1)
    hand = {"ecs:UpdateService": Fault.CUT, "ecs:*": Fault.ERROR, "*": Fault.LOST}
    dealer.play({name: [Card(fault)] for name, fault in hand.items()})

    actions = ("ecs:UpdateService", "ecs:ListTasks", "sns:Publish")
    dealt = [dealer.deal(request(number, action)) for number, action in enumerate(actions)]

    assert dealt == [Fault.CUT, Fault.ERROR, Fault.LOST]


def test_a_card_goes_on_through_the_attempts_at_one_call() -> None:
    dealer = Dealer(1)
    dealer.play({"*": [Card(Fault.CUT, attempts=2)]})

    dealt = [dealer.deal(request(1, attempt=attempt)) for attempt in (1, 2, 3)]

    assert dealt == [Fault.CUT, Fault.CUT, None]


def test_what_is_ordered_comes_first_and_once() -> None:
    dealer = Dealer(1)
    dealer.play(FAIR)
    dealer.order("sns:Publish", Fault.LATE, Fault.CUT)

    dealt = [dealer.deal(request(number, "sns:Publish")) for number in range(3)]

    assert dealt == [Fault.LATE, Fault.CUT, None]
