import pytest

from longshore_local.awsjson import ApiError
from tests.unit.local.ecs.scene import Scene

ARN = "arn:aws:ecs:eu-central-1:000000000000:cluster/prod"


def test_clusters_are_described_by_name_and_arn_and_the_others_are_missing(scene: Scene) -> None:
    described = scene.call("DescribeClusters", clusters=["prod", ARN, "nowhere"])

    assert [c["clusterArn"] for c in described["clusters"]] == [ARN, ARN]
    assert described["failures"] == [{"arn": ARN.replace("prod", "nowhere"), "reason": "MISSING"}]


def test_the_default_cluster_is_the_one_nobody_names(scene: Scene) -> None:
    created = scene.call("CreateCluster")["cluster"]

    described = scene.call("DescribeClusters")["clusters"]

    assert created["clusterName"] == "default"
    assert [cluster["clusterName"] for cluster in described] == ["default"]


def test_creating_a_cluster_again_changes_nothing(scene: Scene) -> None:
    tags = [{"key": "team", "value": "checkout"}]
    scene.call("CreateCluster", clusterName="tools", tags=tags)

    again = scene.call("CreateCluster", clusterName="tools")["cluster"]

    assert again["tags"] == tags
    assert len(scene.call("ListClusters")["clusterArns"]) == 2


def test_a_cluster_counts_its_services_and_tasks(scene: Scene) -> None:
    scene.create("v1")

    (pending,) = scene.call("DescribeClusters", clusters=["prod"])["clusters"]
    scene.later(minutes=1)
    (running,) = scene.call("DescribeClusters", clusters=["prod"])["clusters"]

    assert (pending["pendingTasksCount"], pending["runningTasksCount"]) == (2, 0)
    assert (running["pendingTasksCount"], running["runningTasksCount"]) == (0, 2)
    assert running["activeServicesCount"] == 1


def test_a_cluster_goes_when_its_services_are_gone(scene: Scene) -> None:
    scene.running("v1")

    def delete() -> str:
        try:
            return str(scene.call("DeleteCluster", cluster="prod")["cluster"]["status"])
        except ApiError as error:
            return error.code

    assert delete() == "ClusterContainsServicesException"
    scene.call("DeleteService", cluster="prod", service="web", force=True)
    assert delete() == "ClusterContainsTasksException"
    scene.later(minutes=1)
    assert delete() == "INACTIVE"
    assert delete() == "ClusterNotFoundException"
    assert scene.call("ListClusters")["clusterArns"] == []
    (gone,) = scene.call("DescribeClusters", clusters=["prod"])["clusters"]
    assert gone["status"] == "INACTIVE"


def test_tags_are_added_replaced_listed_and_taken_away(scene: Scene) -> None:
    scene.call("TagResource", resourceArn=ARN, tags=[{"key": "a", "value": "1"}])
    scene.call(
        "TagResource",
        resourceArn=ARN,
        tags=[{"key": "a", "value": "2"}, {"key": "b", "value": "3"}],
    )
    scene.call("UntagResource", resourceArn=ARN, tagKeys=["b", "unknown"])

    listed = scene.call("ListTagsForResource", resourceArn=ARN)

    assert listed["tags"] == [{"key": "a", "value": "2"}]


@pytest.mark.parametrize("kind", ["task definition", "service", "task"])
def test_everything_with_an_arn_can_be_tagged(scene: Scene, kind: str) -> None:
    service = scene.create("v1")
    arn = {
        "task definition": service["taskDefinition"],
        "service": service["serviceArn"],
        "task": scene.tasks()[0]["taskArn"],
    }[kind]

    scene.call("TagResource", resourceArn=arn, tags=[{"key": "a", "value": "1"}])

    tags = scene.call("ListTagsForResource", resourceArn=arn)["tags"]
    assert tags == [{"key": "a", "value": "1"}]


def test_what_does_not_exist_has_no_tags(scene: Scene) -> None:
    with pytest.raises(ApiError, match="InvalidParameterException"):
        scene.call("ListTagsForResource", resourceArn=ARN.replace("prod", "nowhere"))


def test_a_fifty_first_tag_is_too_many(scene: Scene) -> None:
    tags = [{"key": str(number), "value": ""} for number in range(50)]
    scene.call("TagResource", resourceArn=ARN, tags=tags)

    with pytest.raises(ApiError, match="LimitExceededException"):
        scene.call("TagResource", resourceArn=ARN, tags=[{"key": "one more", "value": ""}])
