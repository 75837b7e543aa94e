"""`longshore deploy`: what is named is looked up, asked for, and told."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from longshore.domain.deployments import DeploymentRecord, Phase, Trigger, TriggerKind
from longshore.domain.holds import Hold, HoldKind
from longshore.domain.places import RepositoryRef, StageId
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import StageRecord
from tests.unit.cli.conftest import HOME, World

STAGE = StageId("shop", "staging")
TWO_IMAGES = """\
apiVersion: longshore/v1
application: shop
images:
  app: {repository: shop, select: {tag: main}}
  proxy: {repository: proxy, select: {tag: main}}
stages: {staging: {targets: [{service: staging/web, containers: {web: app, proxy: proxy}}]}}
"""


def make_release(digest: str, *, alias: str = "app", repository: str = "shop") -> Release:
    return Release.of([ReleasedImage(alias, RepositoryRef(HOME, repository), digest, "main")])


def test_a_tag_is_asked_for_by_its_digest_and_leaves_a_hold_that_is_told(applied: World) -> None:
    digest = applied.push("shop", "v2", content="two")

    result = applied.run("deploy", "shop/staging", "v2", "--reason", "hotfix")

    (heard,) = applied.control.heard
    assert result.exit_code == 0, result.output
    assert heard.body["kind"] == "deploy"
    assert heard.body["images"] == [{"alias": "app", "digest": digest, "tag": "v2"}]
    assert heard.body["reason"] == "hotfix"
    assert f"shop/staging is being brought to v2 ({digest[7:19]})" in result.stdout
    assert "longshore resume shop/staging --reason TEXT" in result.stdout
    assert "next: longshore status shop/staging" in result.stdout


@pytest.mark.parametrize("name", ["main", "digest"])
def test_what_the_policies_choose_leaves_no_hold(applied: World, name: str) -> None:
    digest = applied.push("shop", "main", content="two")

    result = applied.run(
        "deploy", "shop/staging", digest if name == "digest" else name, "--output", "json"
    )

    shown = json.loads(result.stdout)
    assert shown["held"] is False
    assert shown["release"]["app"]["digest"] == digest
    assert shown["release"]["app"]["tag"] == "main"
    assert shown["intent"] == applied.control.heard[0].body["id"]


def test_without_a_reason_the_command_is_the_reason(applied: World) -> None:
    applied.push("shop", "v2", content="two")

    applied.run("deploy", "shop/staging", "v2")

    assert applied.control.heard[0].body["reason"] == "deploy v2"


@pytest.mark.parametrize(
    ("names", "code", "said"),
    [
        (["v9"], 3, "shop has no image v9"),
        ([f"sha256:{'9' * 64}"], 3, "shop has no image sha256:9"),
        (["a b"], 2, "'a b' is neither a tag nor a digest"),
        (["web=main"], 2, "'web=main' does not name one image of shop/staging once"),
        (["main", "v2"], 2, "'v2' does not name one image"),
        (["app="], 2, "'app=' does not name one image"),
    ],
)
def test_what_cannot_be_deployed_is_not_asked_for(
    applied: World, names: list[str], code: int, said: str
) -> None:
    result = applied.run("deploy", "shop/staging", *names)

    assert result.exit_code == code
    assert said in result.stderr
    assert "next: " in result.stderr
    assert applied.control.heard == []


def test_of_several_images_each_is_named_by_its_alias(world: World) -> None:
    app, proxy = world.push("shop", "main"), world.push("proxy", "main", content="proxy")
    registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
    containers = {"web": f"{registry}/shop@{app}", "proxy": f"{registry}/proxy@{proxy}"}
    world.serve("staging/web", containers)
    world.write(TWO_IMAGES)
    assert world.run("apply", "--yes").exit_code == 0
    world.control.heard.clear()
    newer = world.push("proxy", "v2", content="newer")

    unclear = world.run("deploy", "shop/staging", "v2")
    assert unclear.exit_code == 2
    assert "next: longshore deploy shop/staging app=TAG proxy=TAG" in unclear.stderr

    assert world.run("deploy", "shop/staging", "proxy=v2").exit_code == 0
    (heard,) = world.control.heard
    assert heard.body["images"] == [{"alias": "proxy", "digest": newer, "tag": "v2"}]


def test_what_is_live_already_is_nothing_to_do(applied: World, keep: Callable[..., None]) -> None:
    live = make_release(applied.push("shop", "main", content="two"))
    keep(StageRecord(STAGE, config=1, live=live, stable=live, version=1))

    result = applied.run("deploy", "shop/staging", "main")

    assert result.exit_code == 7
    assert "is live already" in result.stderr
    assert applied.control.heard == []


def test_what_is_live_and_no_policys_choice_is_asked_to_be_kept(
    applied: World, keep: Callable[..., None]
) -> None:
    live = make_release(applied.push("shop", "v2", content="two"))
    keep(StageRecord(STAGE, config=1, live=live, stable=live, version=1))

    result = applied.run("deploy", "shop/staging", "v2")

    assert result.exit_code == 0
    assert "shop/staging is kept on v2" in result.stdout
    assert "longshore resume shop/staging" in result.stdout
    assert len(applied.control.heard) == 1


def test_while_a_deployment_is_rolled_back_nothing_is_asked_for(
    applied: World, keep: Callable[..., None]
) -> None:
    now = datetime.now(UTC)
    bad = make_release(applied.push("shop", "bad", content="bad"))
    applied.push("shop", "v2", content="two")
    flight = DeploymentRecord(
        STAGE, 1, Phase.ROLLING_BACK, "it failed", bad, Trigger(TriggerKind.PUSH), now, now
    )
    stage = StageRecord(STAGE, config=1, current=1, latest=1, version=1)
    keep(stage, replace(flight, version=1))

    result = applied.run("deploy", "shop/staging", "v2")

    assert result.exit_code == 3
    assert "shop/staging#1 is being rolled back" in result.stderr


def test_status_shows_the_hold_that_a_deploy_leaves(
    applied: World, keep: Callable[..., None]
) -> None:
    held = Hold(HoldKind.DEPLOYED, "ana: hotfix", datetime.now(UTC))
    keep(StageRecord(STAGE, config=1, paused=held, version=1))

    shown = applied.run("status", "shop/staging").stdout

    assert "held (deployed by hand): ana: hotfix" in shown
    assert "next: longshore resume shop/staging --reason TEXT" in shown
