"""Several items read by one call, on the simulation's DynamoDB as on others."""

from typing import Any

import pytest

from tests.contract.fakes.clouds import CloudClients
from tests.contract.fakes.dynamodb_worlds import World, code, item, key, open_world


@pytest.fixture
def world(cloud: CloudClients) -> World:
    return open_world(cloud)


def read(world: World, *pks: str) -> Any:  # noqa: ANN401  a reply as AWS gives it
    asked: Any = {"Keys": [key(pk) for pk in pks], "ConsistentRead": True}
    return world.client.batch_get_item(RequestItems={world.table: asked})


def test_what_is_there_is_returned_and_what_is_not_is_left_out(world: World) -> None:
    world.put(item("a", color="red"))
    world.put(item("b", color="blue"))

    reply = read(world, "a", "none", "b")

    found = {each["pk"]["S"]: each["color"]["S"] for each in reply["Responses"][world.table]}
    assert found == {"a": "red", "b": "blue"}
    assert reply["UnprocessedKeys"] == {}


def test_nothing_is_an_answer_too(world: World) -> None:
    assert read(world, "none")["Responses"] == {world.table: []}


def test_a_table_that_is_not_there_is_refused(world: World) -> None:
    asked: Any = {"none": {"Keys": [key("a")]}}

    refused = code(lambda: world.client.batch_get_item(RequestItems=asked))

    assert refused == "ResourceNotFoundException"
