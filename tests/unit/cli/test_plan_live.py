"""What the plan of `apply` says of a stage that the ledger knows, and ECS shows otherwise."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from longshore.aws.stop_switch import DynamoStopSwitch
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.places import RepositoryRef
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import Stable, StageRecord, TargetRecord
from longshore.domain.stop_switch import StopSwitch
from tests.unit.cli.conftest import HOME, ONE_STAGE, REGION, REGISTRY, World
from tests.unit.cli.records import SERVICE, STAGE, deployment

FIRST = "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1"
MOVED = "another hand moved staging/web since"
AT_ONCE = "is deployed at once, because of --deploy"

Keep = Callable[..., None]


@pytest.fixture
def digests(applied: World) -> dict[str, str]:
    """The image that runs and is chosen, under `main`, and another one."""
    images = applied.clients.ecr(REGION).describe_images(repositoryName="shop")["imageDetails"]
    (main,) = [image["imageDigest"] for image in images]
    return {"main": main, "other": applied.push("shop", "other", content="two")}


@pytest.fixture
def adopted(keep: Keep, digests: dict[str, str]) -> StageRecord:
    """The stage after a deployment of what is chosen."""
    live = release(digests["main"])
    target = TargetRecord(
        STAGE, SERVICE, Stable(FIRST, (("app", digests["main"]),)), 1, config=1, version=1
    )
    record = StageRecord(STAGE, config=1, live=live, stable=live, latest=1, version=1)
    keep(record, deployment(Phase.SUCCEEDED, release=live), target)
    return record


def release(digest: str, tag: str = "main") -> Release:
    return Release.of([ReleasedImage("app", RepositoryRef(HOME, "shop"), digest, tag)])


def move(world: World, digest: str) -> None:
    """Bring the service to another image, as a colleague does with another tool."""
    ecs = world.clients.ecs(REGION)
    registered = ecs.register_task_definition(
        family="web",
        containerDefinitions=[{"name": "web", "image": f"{REGISTRY}/shop@{digest}", "memory": 1}],
    )
    arn = registered["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster="staging", service="web", taskDefinition=arn)


def planned(world: World, *options: str) -> tuple[str, dict[str, Any]]:
    """What the plan says, and the same for programs."""
    said = world.run("apply", *options, "--dry-run").stdout
    (stage,) = json.loads(world.run("apply", *options, "--dry-run", "-o", "json").stdout)["stages"]
    return said, stage


@pytest.mark.parametrize("options", [(), ("--deploy",)])
@pytest.mark.usefixtures("adopted")
def test_what_another_hand_moved_is_not_brought_back(
    applied: World, digests: dict[str, str], options: tuple[str, ...]
) -> None:
    move(applied, digests["other"])

    said, stage = planned(applied, *options)

    assert "runs     other (" in said
    assert "adopted as it is" not in said
    assert f"counts as live, and {MOVED}\n" in said
    assert "then     nothing is deployed: main (" in said
    assert "neither --deploy nor `longshore deploy` brings it back" in said
    assert AT_ONCE not in said
    assert (stage["deploys"], stage["moved_by_others"]) == (False, ["staging/web"])
    assert (stage["live"]["app"]["tag"], stage["runs"]["app"]["tag"]) == ("main", "other")
    assert applied.run("apply", *options, "--yes").exit_code == 7


@pytest.mark.usefixtures("adopted")
def test_what_counts_as_live_and_runs_is_left_as_it_is(applied: World) -> None:
    said, stage = planned(applied, "--deploy")

    assert "nothing is deployed: that is what runs" in said
    assert "adopted as it is" in said
    assert (stage["deploys"], stage["moved_by_others"], stage["under_way"]) == (False, [], None)


def test_what_runs_by_another_hand_is_deployed_all_the_same(
    applied: World, keep: Keep, adopted: StageRecord, digests: dict[str, str]
) -> None:
    """What is chosen does not count as live, though somebody has brought the service there."""
    keep(replace(adopted, live=release(digests["other"], "other")))

    said, stage = planned(applied, "--deploy")

    assert AT_ONCE in said
    assert MOVED in said
    assert stage["deploys"] is True


@pytest.mark.parametrize(
    ("phase", "brings", "said"),
    [
        (Phase.PROGRESSING, "main", "nothing more is deployed: main ({}) is on its way as #2"),
        (Phase.ROLLING_BACK, "main", "nothing is deployed: #2 brought main ({}) and is being"),
        (Phase.PROGRESSING, "other", "main ({}) counts as live, and #2 is under way"),
    ],
)
def test_what_is_under_way_is_not_begun_again(  # noqa: PLR0913, PLR0917  # the table
    applied: World,
    keep: Keep,
    adopted: StageRecord,
    digests: dict[str, str],
    phase: Phase,
    brings: str,
    said: str,
) -> None:
    flight: DeploymentRecord = deployment(phase, 2, release=release(digests[brings], brings))
    live = release(digests["main" if brings == "other" else "other"])
    keep(replace(adopted, live=live, current=2, latest=2), flight)

    told, stage = planned(applied, "--deploy")

    assert said.format(digests["main"].removeprefix("sha256:")[:12]) in told.replace(
        "shop/staging#2", "#2"
    )
    assert (stage["deploys"], stage["under_way"]) == (False, flight.name)


@pytest.mark.usefixtures("adopted")
def test_a_service_that_is_new_to_the_stage_has_a_say(
    applied: World, digests: dict[str, str]
) -> None:
    """It does not run what counted as live, so nothing does from then on."""
    applied.serve("staging/worker", {"web": f"{REGISTRY}/shop@{digests['other']}"})
    applied.write(
        ONE_STAGE.replace(
            "[{service: staging/web}]", "[{service: staging/web}, staging/worker]"
        ).replace("staging/worker]", "{service: staging/worker}]")
    )

    said, stage = planned(applied, "--deploy")

    assert AT_ONCE in said
    assert stage["live"] is None


def test_a_stage_that_was_only_observed_is_adopted_as_it_runs(
    applied: World, keep: Keep, adopted: StageRecord, digests: dict[str, str]
) -> None:
    keep(replace(adopted, observed=True))
    move(applied, digests["other"])

    said, stage = planned(applied, "--deploy")

    assert "runs     other (" in said
    assert "adopted as it is" in said
    assert (stage["deploys"], stage["live"]["app"]["tag"]) == (True, "other")


@pytest.mark.usefixtures("adopted")
def test_a_freeze_keeps_what_is_asked_for_until_it_ends(applied: World) -> None:
    applied.push("shop", "main", content="three")
    DynamoStopSwitch(applied.table).turn(
        StopSwitch(on=True, actor="ana", reason="prices", since=datetime.now(UTC))
    )

    said, _ = planned(applied, "--deploy")

    assert "is deployed when the freeze ends: everything is frozen, by ana" in said
    assert AT_ONCE not in said


def test_a_lost_configuration_does_not_keep_the_plan_from_being_made(
    applied: World, adopted: StageRecord
) -> None:
    key = {"pk": {"S": "application#shop"}, "sk": {"S": "configuration#00000001"}}
    applied.table.client.delete_item(TableName=applied.table.name, Key=key)

    said, stage = planned(applied)

    assert "nothing is deployed: that is what runs" in said
    assert stage["live"]["app"]["digest"] == adopted.live.images[0].digest if adopted.live else None
