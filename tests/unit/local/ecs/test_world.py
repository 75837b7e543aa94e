"""The world as a whole: it is a function of its seed, its calls and their times."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies

from longshore_local.awsjson import ApiError
from longshore_local.ecs import EcsWorld, ImageCatalogue, throttled, too_many_concurrent_revisions
from longshore_local.worlds.params import Output, Params
from longshore_local.worlds.surroundings import Proceed
from tests.unit.local.ecs.scene import BREAKER, START, Scene, catalogue

TAGS = ("v1", "v2", "v3", "crashes", "dies-later", "unhealthy", "pending", "nowhere")

ACTS = strategies.lists(
    strategies.tuples(
        strategies.sampled_from([*TAGS, "scale", "stop", "force", "undo"]),
        strategies.integers(min_value=0, max_value=900),
    ),
    max_size=12,
)
FEW = settings(max_examples=40)
PERCENTS = strategies.sampled_from([(200, 100), (100, 50), (150, 50), (200, 0), (125, 75)])


def act(scene: Scene, what: str, number: int) -> None:
    if what in TAGS:
        scene.release(what)
    elif what == "scale":
        scene.update(desiredCount=number % 5)
    elif what == "force":
        scene.update(forceNewDeployment=True)
    elif what == "undo":
        undo(scene)
    elif scene.tasks():
        scene.call("StopTask", cluster="prod", task=scene.tasks()[0]["taskArn"])


def undo(scene: Scene) -> None:
    arn = scene.service()["currentServiceDeployment"]
    # Nothing is under way, or nothing completed that could be returned to.
    with suppress(ApiError):
        scene.call("StopServiceDeployment", serviceDeploymentArn=arn)


def played(acts: list[tuple[str, int]], percents: tuple[int, int], *, looks: int) -> Scene:
    """Play acts, each followed by its number of seconds; look that often in between."""
    scene = Scene()
    maximum, minimum = percents
    configuration = {
        "deploymentCircuitBreaker": BREAKER,
        "maximumPercent": maximum,
        "minimumHealthyPercent": minimum,
    }
    scene.create("v1", desiredCount=3, deploymentConfiguration=configuration)
    scene.later(minutes=3)
    for what, seconds in acts:
        act(scene, what, seconds)
        for _ in range(looks):
            scene.later(seconds=seconds / looks)
            hold_to_the_rules(scene)
    return scene


def hold_to_the_rules(scene: Scene) -> None:
    service = scene.service()
    deployments: list[Any] = service["deployments"]
    assert [d["status"] for d in deployments].count("PRIMARY") == 1
    assert deployments[0]["status"] == "PRIMARY"
    assert deployments[0]["taskDefinition"] == service["taskDefinition"]
    maximum = service["deploymentConfiguration"]["maximumPercent"]
    primary = deployments[0]
    ceiling = service["desiredCount"] * maximum // 100
    # What ends by itself is counted until it is gone, also where fewer tasks are wanted since.
    lasting = [t for t in scene.tasks() if t["startedBy"] == primary["id"]]
    assert len(lasting) <= ceiling
    assert service["runningCount"] == sum(d["runningCount"] for d in deployments)


@FEW
@example([("dies-later", 95), ("unhealthy", 800), ("scale", 0)], (200, 100))
@given(ACTS, PERCENTS)
def test_whatever_happens_there_is_one_primary_and_never_too_many_tasks(
    acts: list[tuple[str, int]], percents: tuple[int, int]
) -> None:
    played(acts, percents, looks=3)


@FEW
@given(ACTS, PERCENTS)
def test_looking_changes_nothing(acts: list[tuple[str, int]], percents: tuple[int, int]) -> None:
    def outcome(*, looks: int) -> tuple[list[Any], Any]:
        scene = played(acts, percents, looks=looks)
        return scene.events, scene.service()

    assert outcome(looks=1) == outcome(looks=4)


@FEW
@given(ACTS, PERCENTS)
def test_a_good_release_always_ends_completed(
    acts: list[tuple[str, int]], percents: tuple[int, int]
) -> None:
    scene = played(acts, percents, looks=1)

    released = scene.release("v2", desiredCount=4)
    scene.later(hours=2)

    assert [(d["id"], d["rolloutState"]) for d in scene.service()["deployments"]] == [
        (released, "COMPLETED")
    ]
    assert scene.service()["runningCount"] == 4


@FEW
@given(ACTS)
def test_each_deployment_gets_at_most_one_verdict(acts: list[tuple[str, int]]) -> None:
    scene = played(acts, (200, 100), looks=1)
    scene.later(hours=5)

    verdicts = [told for told in scene.told() if not told[0].endswith("IN_PROGRESS")]
    assert len({deployment for _, deployment in verdicts}) == len(verdicts)


@FEW
@given(strategies.sampled_from(["v1", "v2", "v3"]), PERCENTS.filter(lambda p: p != (200, 0)))
def test_a_release_keeps_the_minimum_healthy(tag: str, percents: tuple[int, int]) -> None:
    scene = played([], percents, looks=1)
    floor = -(-3 * percents[1] // 100)

    scene.release(tag)

    for _ in range(30):
        scene.later(seconds=10)
        assert scene.service()["runningCount"] >= floor


def test_another_seed_gives_other_identifiers() -> None:
    def first(seed: str) -> object:
        images = ImageCatalogue(catalogue())
        world = EcsWorld(clock=lambda: START, images=images, seed=seed)
        world.call("CreateCluster", {})
        world.call(
            "RegisterTaskDefinition",
            {
                "family": "app",
                "containerDefinitions": [{"name": "w", "image": "i", "memory": 1}],
            },
        )
        service: Any = world.call("CreateService", {"serviceName": "web", "taskDefinition": "app"})
        return service["service"]["deployments"][0]["id"]

    assert first("a") == first("a")
    assert first("a") != first("b")


def test_a_driver_learns_when_something_happens_next(scene: Scene) -> None:
    assert scene.world.next_due is None

    scene.create("v1")

    assert scene.world.next_due == START + scene.pace.provisioning


def test_a_clock_that_goes_back_undoes_nothing(scene: Scene) -> None:
    scene.running("v1")
    before = scene.service()

    scene.now -= timedelta(minutes=10)

    assert scene.service() == before


def test_an_operation_that_is_not_played_says_so(scene: Scene) -> None:
    with pytest.raises(ApiError, match="UnknownOperationException"):
        scene.call("RunTask", taskDefinition="app")


def test_a_gate_can_refuse_lose_the_reply_and_answer_from_earlier() -> None:
    replies: list[Output] = []

    def moody(operation: str, parameters: Params, proceed: Proceed) -> Output:
        if operation == "RegisterTaskDefinition" and parameters["family"] == "busy":
            raise too_many_concurrent_revisions()
        if operation == "UpdateService":
            proceed()
            raise throttled()
        if operation == "DescribeServices" and replies:
            return replies[0]
        replies.append(proceed())
        return replies[-1]

    scene = Scene(gate=moody)
    scene.create("v1")
    with pytest.raises(ApiError, match="ClientException: Too many concurrent attempts"):
        scene.register("v1", family="busy")
    with pytest.raises(ApiError, match="ThrottlingException: Rate exceeded"):
        scene.update(desiredCount=5)
    assert scene.call("DescribeServices", cluster="prod", services=["web"]) == replies[0]
    assert len(scene.tasks()) == 5, "the update took effect"
