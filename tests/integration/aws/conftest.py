"""AWS as moto plays it, in this process; nothing listens and nothing is reached."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from longshore.aws.clients import Clients
from tests.support.ledgers import DynamoWorld, LedgerWorld, MemoryWorld


@pytest.fixture(scope="session")
def built() -> Clients:
    """Return clients for all tests: each reads megabytes of JSON when it is built."""
    return Clients()


@pytest.fixture
def clients(built: Clients) -> Iterator[Clients]:
    with mock_aws():
        yield built


@pytest.fixture
def dynamo(clients: Clients) -> DynamoWorld:
    return DynamoWorld(clients)


@pytest.fixture(params=["memory", "dynamodb"])
def world(request: pytest.FixtureRequest) -> LedgerWorld:
    if request.param == "memory":
        return MemoryWorld()
    world: DynamoWorld = request.getfixturevalue("dynamo")
    return world
