"""ECS: services and their tasks, on the stand-in and on moto, whose ECS starts no tasks."""

from collections.abc import Callable

from tests.contract.fakes.clouds import CloudClients, fresh, refused
from tests.contract.fakes.fleets import CLOUDS, Document, Fleet

__all__ = ["CLOUDS"]


def test_a_service_is_described(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)
    opened = fleet.open()

    found = fleet.service()

    assert found["serviceArn"] == opened["serviceArn"]
    assert found["serviceArn"].endswith(f":service/{fleet.cluster}/web")
    assert (found["status"], found["desiredCount"]) == ("ACTIVE", 1)
    assert found["taskDefinition"] == opened["taskDefinition"]
    (deployment,) = found["deployments"]
    assert deployment["status"] == "PRIMARY"
    assert deployment["taskDefinition"] == opened["taskDefinition"]
    assert deployment["id"].startswith("ecs-svc/")


def test_a_deployment_that_has_begun_is_in_progress(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)

    (deployment,) = fleet.open()["deployments"]

    assert deployment["rolloutState"] == "IN_PROGRESS"


def test_a_service_that_is_missing_is_told_beside_the_others(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)
    fleet.open()

    reply = fleet.describe("web", "gone")

    assert [service["serviceName"] for service in reply["services"]] == ["web"]
    (failure,) = reply["failures"]
    assert failure["reason"] == "MISSING"
    assert failure["arn"].endswith("/gone")


def test_a_cluster_that_is_missing_is_refused(cloud: CloudClients) -> None:
    ecs = cloud.ecs
    asks: list[Callable[[], object]] = [
        lambda: ecs.describe_services(cluster="nowhere", services=["web"]),
        lambda: ecs.update_service(cluster="nowhere", service="web", taskDefinition="x:1"),
        lambda: ecs.list_tasks(cluster="nowhere"),
    ]

    for ask in asks:
        with refused("ClusterNotFoundException"):
            ask()


def test_more_than_ten_services_are_refused(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)

    with refused("InvalidParameterException"):
        fleet.describe(*[f"s{number}" for number in range(11)])


def test_a_service_is_moved_to_a_revision(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)
    before = fleet.open()
    arn = fleet.revision(fresh("app"))

    moved = cloud.ecs.update_service(cluster=fleet.cluster, service="web", taskDefinition=arn)

    assert moved["service"]["taskDefinition"] == fleet.service()["taskDefinition"] == arn
    primary = [d for d in fleet.service()["deployments"] if d["status"] == "PRIMARY"]
    assert [deployment["taskDefinition"] for deployment in primary] == [arn]
    assert primary[0]["id"] != before["deployments"][0]["id"]


def test_moving_a_service_keeps_its_size(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)
    fleet.open()
    cloud.ecs.update_service(cluster=fleet.cluster, service="web", desiredCount=3)

    arn = fleet.revision(fresh("app"))
    cloud.ecs.update_service(cluster=fleet.cluster, service="web", taskDefinition=arn)

    assert fleet.service()["desiredCount"] == 3


def test_a_service_that_is_missing_cannot_be_moved(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)
    arn = fleet.revision(fresh("app"))

    with refused("ServiceNotFoundException"):
        cloud.ecs.update_service(cluster=fleet.cluster, service="gone", taskDefinition=arn)


def test_a_service_cannot_be_moved_to_what_is_not_there(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)
    fleet.open()

    with refused("ClientException"):
        cloud.ecs.update_service(
            cluster=fleet.cluster, service="web", taskDefinition=f"{fresh('nowhere')}:1"
        )


def test_a_service_cannot_be_moved_to_what_was_deregistered(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)
    fleet.open()
    arn = fleet.revision(fresh("app"))
    cloud.ecs.deregister_task_definition(taskDefinition=arn)

    with refused("ClientException"):
        cloud.ecs.update_service(cluster=fleet.cluster, service="web", taskDefinition=arn)


def test_a_service_that_is_deleted_cannot_be_moved(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)
    fleet.open()
    arn = fleet.revision(fresh("app"))
    cloud.ecs.delete_service(cluster=fleet.cluster, service="web", force=True)

    with refused("ServiceNotActiveException"):
        cloud.ecs.update_service(cluster=fleet.cluster, service="web", taskDefinition=arn)


def test_a_service_is_described_with_its_breaker(cloud: CloudClients) -> None:
    fleet, breaker = Fleet(cloud), {"enable": True, "rollback": True}
    settings: Document = {"deploymentCircuitBreaker": breaker}
    fleet.open(deploymentConfiguration=settings)

    found = fleet.service()["deploymentConfiguration"]

    assert found["deploymentCircuitBreaker"] == breaker
    assert (found["minimumHealthyPercent"], found["maximumPercent"]) == (100, 200)


# ── tasks ────────────────────────────────────────────────────────────────────────────────────


def test_a_service_without_tasks_lists_none(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)
    fleet.open(desiredCount=0)

    found = cloud.ecs.list_tasks(cluster=fleet.cluster, serviceName="web", desiredStatus="STOPPED")

    assert found["taskArns"] == []


def test_the_tasks_of_a_missing_service_are_refused(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)

    with refused("ServiceNotFoundException"):
        cloud.ecs.list_tasks(cluster=fleet.cluster, serviceName="gone")


def test_a_task_that_is_missing_is_told(cloud: CloudClients) -> None:
    fleet = Fleet(cloud)
    arn = f"arn:aws:ecs:{cloud.home.region}:{cloud.home.account}:task/{fleet.cluster}/{'0' * 32}"

    reply = cloud.ecs.describe_tasks(cluster=fleet.cluster, tasks=[arn])

    assert reply["tasks"] == []
    assert [failure["reason"] for failure in reply["failures"]] == ["MISSING"]
