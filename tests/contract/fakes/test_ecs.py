"""ECS: task definitions, on the stand-in and on moto."""

import pytest

from tests.contract.fakes.clouds import CloudClients, fresh, refused
from tests.contract.fakes.fleets import CLOUDS, IMAGE, Fleet

__all__ = ["CLOUDS"]

TAGS = [{"key": "longshore:fingerprint", "value": "f" * 64}, {"key": "team", "value": "a b"}]


def test_a_revision_is_numbered_within_its_family(cloud: CloudClients) -> None:
    fleet, family = Fleet(cloud), fresh("app")

    arns = [fleet.revision(family) for _ in range(3)]

    home = f"{cloud.home.region}:{cloud.home.account}"
    assert arns == [f"arn:aws:ecs:{home}:task-definition/{family}:{n}" for n in (1, 2, 3)]


def test_a_revision_is_answered_as_it_was_registered(cloud: CloudClients) -> None:
    fleet, family = Fleet(cloud), fresh("app")

    registered = fleet.register(family, networkMode="awsvpc")["taskDefinition"]

    assert (registered["family"], registered["revision"]) == (family, 1)
    assert (registered["status"], registered["networkMode"]) == ("ACTIVE", "awsvpc")
    (container,) = registered["containerDefinitions"]
    assert (container["name"], container["image"], container["memory"]) == ("web", IMAGE, 64)
    assert container["environment"] == [{"name": "COLOUR", "value": "blue"}]


@pytest.mark.parametrize("how", ["arn", "numbered", "family"])
def test_a_revision_is_described_by_any_name(cloud: CloudClients, how: str) -> None:
    fleet, family = Fleet(cloud), fresh("app")
    fleet.revision(family)
    arn = fleet.revision(family)
    name = {"arn": arn, "numbered": f"{family}:2", "family": family}[how]

    found = cloud.ecs.describe_task_definition(taskDefinition=name)

    assert found["taskDefinition"]["taskDefinitionArn"] == arn


def test_tags_are_told_when_they_are_asked_for(cloud: CloudClients) -> None:
    fleet, family = Fleet(cloud), fresh("app")
    fleet.register(family, tags=TAGS)

    asked = cloud.ecs.describe_task_definition(taskDefinition=family, include=["TAGS"])
    not_asked = cloud.ecs.describe_task_definition(taskDefinition=family)

    assert asked["tags"] == TAGS
    assert not not_asked.get("tags")


def test_a_revision_that_is_not_there_is_refused(cloud: CloudClients) -> None:
    with refused("ClientException"):
        cloud.ecs.describe_task_definition(taskDefinition=fresh("nowhere"))


def test_a_container_needs_an_image(cloud: CloudClients) -> None:
    with refused("ClientException"):
        Fleet(cloud).register(fresh("app"), image="")


def test_the_newest_revisions_can_come_first(cloud: CloudClients) -> None:
    fleet, family = Fleet(cloud), fresh("app")
    for _ in range(11):
        fleet.revision(family)

    assert fleet.listed(family, sort="DESC", maxResults=2) == [f"{family}:11", f"{family}:10"]
    assert fleet.listed(family, sort="ASC", maxResults=2) == [f"{family}:1", f"{family}:2"]


def test_revisions_come_in_the_order_of_their_numbers(cloud: CloudClients) -> None:
    fleet, family = Fleet(cloud), fresh("app")
    for _ in range(11):
        fleet.revision(family)

    assert fleet.listed(family) == [f"{family}:{number}" for number in range(1, 12)]


def test_a_listing_of_revisions_has_pages(cloud: CloudClients) -> None:
    fleet, family = Fleet(cloud), fresh("app")
    for _ in range(3):
        fleet.revision(family)

    first = cloud.ecs.list_task_definitions(familyPrefix=family, maxResults=2)
    rest = cloud.ecs.list_task_definitions(familyPrefix=family, nextToken=first["nextToken"])

    arns = first["taskDefinitionArns"] + rest["taskDefinitionArns"]
    assert [arn.rpartition(":")[2] for arn in arns] == ["1", "2", "3"]
    assert not rest.get("nextToken")


def test_what_is_deregistered_is_listed_apart(cloud: CloudClients) -> None:
    fleet, family = Fleet(cloud), fresh("app")
    fleet.revision(family)
    fleet.revision(family)

    cloud.ecs.deregister_task_definition(taskDefinition=f"{family}:1")

    assert fleet.listed(family, status="ACTIVE") == [f"{family}:2"]
    assert fleet.listed(family, status="INACTIVE") == [f"{family}:1"]


def test_what_is_deregistered_is_still_described(cloud: CloudClients) -> None:
    fleet, family = Fleet(cloud), fresh("app")
    arn = fleet.revision(family)
    cloud.ecs.deregister_task_definition(taskDefinition=arn)

    found = cloud.ecs.describe_task_definition(taskDefinition=arn)

    assert found["taskDefinition"]["status"] == "INACTIVE"


def test_a_family_of_a_similar_name_is_another_one(cloud: CloudClients) -> None:
    fleet, family = Fleet(cloud), fresh("app")
    fleet.revision(family)
    fleet.revision(f"{family}-worker")

    assert fleet.listed(f"{family}-worker") == [f"{family}-worker:1"]
