"""The ECS adapter on the ECS that `longshore_local` plays, and by script for what it never does."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from longshore.aws.clients import Clients
from longshore.aws.ecs import NEWEST_REVISIONS, AwsEcs
from longshore.aws.gate import Gate
from longshore.domain.errors import Refused, UnknownReply
from longshore.domain.observations import RolloutState
from longshore.domain.places import ServiceRef
from longshore_local.ecs.images import Exits, ImageBehaviour
from longshore_local.ecs.world import EcsWorld
from tests.support.answers import Answers
from tests.support.ecs import CountedEcs, ecs_over
from tests.support.fakes import FakeClock

CRASHING = "crashing@sha256:2"
IMAGES = {
    "good": ImageBehaviour("sha256:1"),
    "other": ImageBehaviour("sha256:3"),
    CRASHING: ImageBehaviour("sha256:2", Exits(137, reason="OutOfMemoryError")),
}
SECRET = "s3cret"


class Rig:
    """A played ECS with one cluster, and the adapter on it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.world = EcsWorld(clock=self.clock.now, images=self._image)
        self.ecs: CountedEcs = ecs_over(self.world)
        self.world.call("CreateCluster", {"clusterName": "prod"})

    def _image(self, reference: str) -> ImageBehaviour:
        return IMAGES[reference if reference in IMAGES else reference.partition("@")[0]]

    def service(self, name: str) -> ServiceRef:
        return ServiceRef(self.world.home, "prod", name)

    def register(self, family: str, image: str = "good", **more: object) -> str:
        container = {
            "name": "web",
            "image": image,
            "memory": 64,
            "environment": [{"name": "TOKEN", "value": SECRET}],
        }
        return self.ecs.port.register(
            self.world.home, {"family": family, "containerDefinitions": [container], **more}
        )

    def open(self, name: str, **more: object) -> ServiceRef:
        request = {"cluster": "prod", "serviceName": name, "desiredCount": 1, **more}
        self.world.call("CreateService", {"taskDefinition": self.register(name), **request})
        return self.service(name)

    def wait(self, **step: float) -> None:
        self.clock.advance(timedelta(**step))
        self.world.settle()


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_service_is_seen_as_it_is(rig: Rig) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    web = rig.open("web", deploymentConfiguration=breaker)
    rig.wait(minutes=5)

    seen = rig.ecs.port.describe_services([web])[web]

    assert (seen.active, seen.controller, seen.strategy) == (True, "ECS", "ROLLING")
    assert (seen.desired_count, seen.breaker_rolls_back) == (1, True)
    assert seen.task_definition.endswith("task-definition/web:1")
    assert seen.primary is not None
    assert seen.primary.rollout is RolloutState.COMPLETED
    assert seen.last_event is not None
    assert "steady state" in seen.last_event


@pytest.mark.parametrize("rollback", [True, False])
def test_a_breaker_that_is_off_rolls_nothing_back(rig: Rig, *, rollback: bool) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": not rollback, "rollback": rollback}}
    web = rig.open("web", deploymentConfiguration=breaker)

    assert not rig.ecs.port.describe_services([web])[web].breaker_rolls_back


def test_services_are_described_ten_at_a_time_for_each_cluster(rig: Rig) -> None:
    services = [rig.open(f"s{number}") for number in range(12)]
    rig.world.call("CreateCluster", {"clusterName": "other"})
    elsewhere = ServiceRef(rig.world.home, "other", "s1")

    seen = rig.ecs.port.describe_services([*services, elsewhere, services[0]])

    assert set(seen) == set(services)
    assert rig.ecs.count("DescribeServices") == 3


def test_services_and_clusters_that_are_missing_are_absent(rig: Rig) -> None:
    web = rig.open("web")
    lost = [rig.service("gone"), ServiceRef(rig.world.home, "nowhere", "web")]

    assert list(rig.ecs.port.describe_services([*lost, web])) == [web]


def test_no_services_are_no_call(rig: Rig) -> None:
    assert rig.ecs.port.describe_services([]) == {}
    assert rig.ecs.count("DescribeServices") == 0


def test_a_deleted_service_is_seen_as_inactive(rig: Rig) -> None:
    web = rig.open("web")
    rig.world.call("DeleteService", {"cluster": "prod", "service": "web", "force": True})
    rig.wait(minutes=5)

    assert not rig.ecs.port.describe_services([web])[web].active


def test_other_controllers_and_strategies_are_told(rig: Rig) -> None:
    elsewhere = rig.open("elsewhere", deploymentController={"type": "CODE_DEPLOY"})
    bluegreen = rig.open("bluegreen", deploymentConfiguration={"strategy": "BLUE_GREEN"})

    seen = rig.ecs.port.describe_services([elsewhere, bluegreen])

    assert seen[elsewhere].controller == "CODE_DEPLOY"
    assert seen[bluegreen].strategy == "BLUE_GREEN"


def test_a_revision_is_described_by_arn_name_and_family(rig: Rig) -> None:
    tags = [{"key": "team", "value": "checkout"}, {"key": "empty", "value": ""}]
    first = rig.register("web", tags=tags, cpu="256")
    rig.register("web", "other")
    ecs, home = rig.ecs.port, rig.world.home

    described = ecs.describe_revision(home, first)

    assert described == ecs.describe_revision(home, "web:1")
    assert described.tags == (("team", "checkout"), ("empty", ""))
    assert described.definition["cpu"] == "256"
    assert "tags" not in described.definition
    assert ecs.describe_revision(home, "web").arn.endswith("web:2")
    assert ecs.describe_revision(home, "web").tags == ()


def test_a_revision_that_does_not_exist_is_refused(rig: Rig) -> None:
    with pytest.raises(Refused) as caught:
        rig.ecs.port.describe_revision(rig.world.home, "web:9")

    assert caught.value.code == "ClientException"


def test_what_was_described_can_be_registered_without_the_read_only_fields(rig: Rig) -> None:
    ecs, home = rig.ecs.port, rig.world.home
    described = ecs.describe_revision(home, rig.register("web"))
    read_only = ecs.read_only_fields()
    definition = {k: v for k, v in described.definition.items() if k not in read_only}

    again = ecs.describe_revision(home, ecs.register(home, definition))

    assert set(described.definition) - set(definition) <= read_only
    assert {k: v for k, v in again.definition.items() if k not in read_only} == definition


def test_read_only_fields_come_from_the_service_model(rig: Rig) -> None:
    assert rig.ecs.port.read_only_fields() == {
        "taskDefinitionArn",
        "revision",
        "status",
        "requiresAttributes",
        "compatibilities",
        "registeredAt",
        "registeredBy",
        "deregisteredAt",
        "deleteRequestedAt",
    }


def test_a_registration_whose_reply_was_lost_is_found_by_its_tag(rig: Rig) -> None:
    fingerprint = ("longshore:fingerprint", "f1")
    tagged = [{"key": fingerprint[0], "value": fingerprint[1]}]
    rig.register("web")
    wanted = rig.register("web", tags=tagged)
    rig.register("web", tags=[{"key": fingerprint[0], "value": "f2"}])
    rig.register("web-too", tags=tagged)
    ecs, home = rig.ecs.port, rig.world.home

    assert ecs.find_registered(home, "web", fingerprint) == wanted
    assert ecs.find_registered(home, "web", ("longshore:fingerprint", "f3")) is None
    assert ecs.find_registered(home, "api", fingerprint) is None


def test_a_deregistered_revision_is_not_found(rig: Rig) -> None:
    arn = rig.register("web", tags=[{"key": "k", "value": "v"}])
    rig.world.call("DeregisterTaskDefinition", {"taskDefinition": arn})

    assert rig.ecs.port.find_registered(rig.world.home, "web", ("k", "v")) is None


def test_the_search_for_a_registration_ends(rig: Rig) -> None:
    rig.register("web", tags=[{"key": "k", "value": "v"}])
    for _ in range(NEWEST_REVISIONS):
        rig.register("web")

    assert rig.ecs.port.find_registered(rig.world.home, "web", ("k", "v")) is None
    assert rig.ecs.count("DescribeTaskDefinition") == NEWEST_REVISIONS


def test_an_update_carries_the_revision_and_nothing_else(rig: Rig) -> None:
    web = rig.open("web")
    rig.wait(minutes=5)
    revision = rig.register("web", "other")

    after = rig.ecs.port.update_service(web, revision)

    assert after.primary is not None
    assert after.primary.task_definition == revision
    assert after.primary.rollout is RolloutState.IN_PROGRESS
    assert len(after.deployments) == 2
    assert rig.ecs.calls.calls[-1].parameters == {
        "cluster": "prod",
        "service": "web",
        "taskDefinition": revision,
    }


def test_a_service_that_is_gone_refuses_an_update_by_name(rig: Rig) -> None:
    with pytest.raises(Refused) as caught:
        rig.ecs.port.update_service(rig.service("web"), rig.register("web"))

    assert caught.value.code == "ServiceNotFoundException"


def test_an_update_without_an_answer_is_unknown() -> None:
    silence = ReadTimeoutError(endpoint_url="https://ecs")
    rig = Rig()
    ecs = AwsEcs(Gate(Answers([silence])), Clients())

    with pytest.raises(UnknownReply):
        ecs.update_service(rig.service("web"), "web:2")


def test_tasks_that_stopped_tell_why_and_no_secret(rig: Rig) -> None:
    web = rig.open("web")
    rig.wait(minutes=5)
    crashing = rig.ecs.port.update_service(web, rig.register("web", CRASHING))
    assert crashing.primary is not None
    rig.wait(minutes=5)

    stopped = rig.ecs.port.stopped_tasks(web, crashing.primary.id)

    assert len(stopped) >= 2
    newest = stopped[0]
    assert newest.stop_code == "EssentialContainerExited"
    assert newest.stopped_reason is not None
    assert [(c.name, c.exit_code, c.reason) for c in newest.containers] == [
        ("web", 137, "OutOfMemoryError")
    ]
    assert SECRET not in repr(stopped)
    assert rig.ecs.port.stopped_tasks(web, "ecs-svc/0000000000000000000") == []


def test_stopped_tasks_come_newest_first_from_every_page() -> None:
    rig = Rig()
    arns = ["arn:a", "arn:b", "arn:c", "arn:d"]
    now = rig.clock.now()

    def task(arn: str, minutes: int, started_by: str = "ecs-svc/1") -> dict[str, object]:
        stopped_at = now + timedelta(minutes=minutes)
        return {"taskArn": arn, "startedBy": started_by, "stoppedAt": stopped_at}

    script = Answers(
        [
            {"taskArns": arns[:2], "nextToken": "more"},
            {"tasks": [task("arn:a", 1), task("arn:b", 9, "ecs-svc/2")], "failures": []},
            {"taskArns": [], "nextToken": "yet more"},
            {"taskArns": arns[2:]},
            {"tasks": [task("arn:c", 5), {**task("arn:d", 0), "stoppedAt": None}], "failures": []},
        ]
    )

    stopped = AwsEcs(Gate(script), Clients()).stopped_tasks(rig.service("web"), "ecs-svc/1")

    assert [each.task for each in stopped] == ["arn:c", "arn:a", "arn:d"]
    tokens = [asked.get("nextToken") for asked in script.asked if "desiredStatus" in asked]
    assert tokens == [None, "more", "yet more"]


def test_a_service_that_is_gone_has_no_tasks(rig: Rig) -> None:
    gone = (rig.service("gone"), ServiceRef(rig.world.home, "nowhere", "web"))

    assert [rig.ecs.port.stopped_tasks(service, "ecs-svc/1") for service in gone] == [[], []]
    assert rig.ecs.port.running_digests(gone[0], "arn:1") == {}


def test_running_tasks_tell_the_digest_that_a_tag_meant(rig: Rig) -> None:
    web = rig.open("web")
    revision = rig.ecs.port.describe_services([web])[web].task_definition
    assert rig.ecs.port.running_digests(web, revision) == {}
    rig.wait(minutes=5)

    assert rig.ecs.port.running_digests(web, revision) == {"web": "sha256:1"}
    assert rig.ecs.port.running_digests(web, f"{revision}0") == {}


def test_containers_whose_tasks_differ_have_no_digest() -> None:
    def task(**digests: str | None) -> dict[str, object]:
        shown = [{"name": n, "imageDigest": d} if d else {"name": n} for n, d in digests.items()]
        return {"taskArn": "arn:a", "taskDefinitionArn": "arn:1", "containers": shown}

    script = Answers(
        [
            {"taskArns": ["arn:a", "arn:b", "arn:c"]},
            {
                "tasks": [
                    task(web="d1", log="d3"),
                    task(web="d2", log="d3"),
                    task(web="d1", log=None),
                ]
            },
        ]
    )

    digests = AwsEcs(Gate(script), Clients()).running_digests(Rig().service("web"), "arn:1")

    assert digests == {"log": "d3"}


def test_a_request_that_ecs_refuses_is_not_absence() -> None:
    invalid = ClientError(
        {"Error": {"Code": "InvalidParameterException", "Message": "no"}}, "AnyOperation"
    )
    ecs, service = AwsEcs(Gate(Answers([invalid, invalid])), Clients()), Rig().service("web")

    for ask in (ecs.describe_services, lambda services: ecs.running_digests(services[0], "arn:1")):
        with pytest.raises(Refused) as caught:
            ask([service])
        assert caught.value.code == "InvalidParameterException"


def test_a_failure_that_is_not_absence_is_raised() -> None:
    answer = {"services": [], "failures": [{"arn": "arn:web", "reason": "ACCESS_DENIED"}]}
    ecs = AwsEcs(Gate(Answers([answer])), Clients())

    with pytest.raises(Refused, match="arn:web: ACCESS_DENIED"):
        ecs.describe_services([Rig().service("web")])


def test_fields_that_ecs_leaves_out_have_its_defaults() -> None:
    service = Rig().service("web")
    bare = {
        "serviceName": "web",
        "status": "ACTIVE",
        "deployments": [
            {"id": "ecs-svc/1", "status": "ACTIVE", "taskDefinition": "web:1"},
            {"id": "1", "status": "PRIMARY", "taskDefinition": "web:2", "rolloutState": "NEWER"},
        ],
    }
    ecs = AwsEcs(Gate(Answers([{"services": [bare], "failures": []}])), Clients())

    seen = ecs.describe_services([service])[service]

    assert (seen.controller, seen.strategy, seen.desired_count) == ("ECS", "ROLLING", 0)
    assert (seen.breaker_rolls_back, seen.last_event) == (False, None)
    assert [each.rollout for each in seen.deployments] == [None, None]
    assert seen.primary is not None
    assert seen.primary.id == "1"
