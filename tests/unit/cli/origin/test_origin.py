"""`longshore origin` over a ledger that knows all of a way, parts of it, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from longshore.aws import items, keys
from longshore.domain.deployments import Phase, Trigger, TriggerKind
from longshore.domain.errors import NotPermitted
from longshore.domain.origins import Origin
from longshore.domain.releases import Release
from longshore.usecases.ports import EcsDeploymentLink
from longshore_cli.origin.asked import AskedTask
from longshore_cli.origin.tasks import seen_task
from longshore_cli.origin.telling import document, lines
from tests.unit.cli.conftest import HOME, REGION, REGISTRY
from tests.unit.cli.origin.conftest import (
    BUILD,
    BUILT,
    COMMIT,
    DIGEST,
    EXECUTION,
    HASH,
    IMAGE,
    LINK,
    LOG,
    ORIGIN,
    PAGE,
    Ways,
)
from tests.unit.cli.records import AN_HOUR_AGO, BAD, GOOD, SERVICE, STAGE, deployment, release

ROLLOUT = "ecs-svc/1234567890"


def told(shown: Sequence[str], key: str) -> str:
    """Return what stands behind a key, of the first image."""
    found = (line.strip() for line in shown if f" {key} " in line)
    return next(found).removeprefix(key).strip()


def test_the_whole_way_is_shown_from_the_stage_to_the_push(whole: Ways) -> None:
    shown = whole.shown("shop/staging")

    assert shown[:2] == ["shop/staging runs 1.5.0 (000000000000)", f"image {IMAGE}"]
    assert told(shown, "tag") == "1.5.0"
    assert told(shown, "deployed") == "shop/staging#1, Succeeded, 1 h ago, by a push"
    assert told(shown, "built") == f"{BUILD} in pipeline shop, 1 h ago"
    assert told(shown, "execution") == EXECUTION.id
    assert told(shown, "log") == LOG
    assert told(shown, "commit") == f"{COMMIT} in acme/shop by Ana: fix prices"
    assert told(shown, "word of") == "the build"
    assert told(shown, "push") == "refs/heads/main of acme/shop at github by ana, 1 h ago"
    assert told(shown, "delivery") == HASH
    assert shown[-1] == f"next: longshore pipelines show shop --execution {EXECUTION.id}"
    assert not any("unknown" in line for line in shown)


def test_programs_are_told_the_same(whole: Ways) -> None:
    (image,) = whole.document("shop/staging")["images"]

    assert (image["digest"], image["tags"], image["live_in"]) == (
        DIGEST,
        ["1.5.0"],
        ["shop/staging"],
    )
    assert [each["deployment"] for each in image["deployments"]] == ["shop/staging#1"]
    assert image["build"] == {
        "id": BUILD,
        "pipeline": "shop",
        "execution": EXECUTION.id,
        "trigger": "StartPipelineExecution",
        "started_at": AN_HOUR_AGO.isoformat(),
        "log": LOG,
        "url": "https://console.aws.amazon.com/codebuild/5f1c0f3e",
    }
    assert image["commit"] == {
        "id": COMMIT,
        "summary": "fix prices",
        "url": PAGE,
        "author": "Ana",
        "repository": "acme/shop",
        "word_of": "build",
    }
    push = image["push"]
    assert (push["host"], push["repository"], push["ref"], push["pusher"], push["delivery"]) == (
        "github",
        "acme/shop",
        "refs/heads/main",
        "ana",
        HASH,
    )
    assert push["received_at"] < push["started_at"]
    assert set(image["unknown"].values()) == {None}


@pytest.mark.parametrize("what", ["shop/staging#1", DIGEST, IMAGE])
def test_a_deployment_and_a_digest_lead_the_same_way(whole: Ways, what: str) -> None:
    (image,), (asked,) = (
        whole.document("shop/staging")["images"],
        whole.document(what)["images"],
    )

    assert {**asked, "live_in": image["live_in"]} == image
    assert asked["live_in"] == ([] if "#" in what else ["shop/staging"])


# ── a task ────────────────────────────────────────────────────────────────────────────────────


def test_a_running_task_leads_back_to_the_push(whole: Ways) -> None:
    arn = whole.task({"web": IMAGE})

    shown = whole.shown(arn)

    assert shown[0] == f"task {arn.rpartition('/')[2]} in staging"
    assert told(shown, "container") == "web"
    assert told(shown, "deployed").startswith("shop/staging#1")
    assert told(shown, "delivery") == HASH


def test_the_stage_of_a_task_is_that_of_its_ecs_deployment_or_its_service(whole: Ways) -> None:
    link = EcsDeploymentLink(HOME, ROLLOUT, STAGE)
    whole.world.table.client.put_item(
        TableName=whole.world.table.name, Item=items.link_item(link, None)
    )

    by_rollout = whole.shown(whole.task({"web": IMAGE}, started_by=ROLLOUT))
    by_service = whole.shown(whole.task({"web": IMAGE}, group=f"service:{SERVICE.name}"))

    assert by_rollout[0].endswith(", of shop/staging")
    assert by_service[0].endswith(", of shop/staging")


def test_a_task_of_a_deployment_that_failed_is_told_of_that_deployment(ways: Ways) -> None:
    ways.runs(deployment(Phase.ROLLED_BACK), live=GOOD, stable=GOOD)
    link = EcsDeploymentLink(HOME, ROLLOUT, STAGE)
    ways.world.table.client.put_item(
        TableName=ways.world.table.name, Item=items.link_item(link, None)
    )

    shown = ways.shown(ways.task({"web": IMAGE}, started_by=ROLLOUT))

    assert told(shown, "deployed").startswith("shop/staging#1, RolledBack")


def test_a_task_of_which_nothing_is_known_ends_with_what_it_runs(ways: Ways) -> None:
    arn = ways.task({"agent": "agent:1"})

    result = ways.ask(arn)

    assert result.exit_code == 3
    assert "nothing is known here of what task" in result.stderr
    assert "agent: agent:1" in result.stderr


def test_a_task_that_is_gone_is_said_to_be(ways: Ways) -> None:
    gone = f"arn:aws:ecs:{REGION}:{HOME.account}:task/staging/0b1c"

    assert "for an hour after they stopped" in ways.ask(gone).stderr
    nowhere = ways.ask(gone.replace("staging", "nowhere"))
    assert nowhere.exit_code == 3
    assert "there is no cluster nowhere" in nowhere.stderr


TASK = AskedTask(HOME, "staging", "0b1c", "arn")
PULLED = "sha256:" + "d" * 64


def test_containers_of_one_image_are_one_answer_and_what_is_pinned_counts() -> None:
    """An image for several platforms is pinned by its index, and pulled as one of its images."""
    described: Mapping[str, Any] = {
        "startedBy": ROLLOUT,
        "group": "service:web",
        "containers": [
            {"name": "web", "image": IMAGE, "imageDigest": PULLED},
            {"name": "worker", "image": IMAGE},
            {"name": "proxy", "image": "docker.io/library/envoy:1", "imageDigest": PULLED},
            {"name": "agent", "image": "agent:1"},
        ],
    }

    task = seen_task(TASK, described)

    assert (task.started_by, task.service) == (ROLLOUT, SERVICE)
    assert task.pulled == {
        (f"{REGISTRY}/shop", DIGEST): ("web", "worker"),
        ("docker.io/library/envoy", PULLED): ("proxy",),
    }
    assert seen_task(TASK, {"group": "family:web"}).service is None


@pytest.mark.parametrize("group", ["", f"service:{SERVICE.name}"])
def test_a_stage_is_read_once_however_many_images_a_task_has(ways: Ways, group: str) -> None:
    worker = replace(BAD.images[0], alias="worker", digest="sha256:" + "7" * 64)
    both = Release.of([*BAD.images, worker])
    ways.runs(deployment(Phase.SUCCEEDED, release=both), live=both, stable=both)
    images = [IMAGE, f"{REGISTRY}/shop@{worker.digest}"]
    containers = [{"name": f"c{number}", "image": each} for number, each in enumerate(images)]
    described = {"ecs:DescribeTasks": {"tasks": [{"group": group, "containers": containers}]}}

    found = ways.find(f"arn:aws:ecs:{REGION}:{HOME.account}:task/staging/0b1c", described)

    assert [trail.image.digest for trail in found.trails] == [DIGEST, worker.digest]
    queries = [str(call.parameters) for call in ways.calls if call.action == "dynamodb:Query"]
    assert queries
    assert len(set(queries)) == len(queries)


def test_of_several_containers_those_are_told_that_are_known(whole: Ways) -> None:
    containers = [
        {"name": "web", "image": IMAGE},
        {"name": "proxy", "image": "envoy:1", "imageDigest": PULLED},
        {"name": "agent", "image": "agent:1"},
    ]
    described = {"ecs:DescribeTasks": {"tasks": [{"containers": containers}]}}

    found = whole.find(f"arn:aws:ecs:{REGION}:{HOME.account}:task/staging/0b1c", described)

    shown, told_to_programs = list(lines(found, datetime.now(UTC))), document("arn", found)
    assert [trail.image.containers for trail in found.trails] == [("web",)]
    assert told_to_programs["others"] == [
        {"container": "proxy", "image": "envoy:1", "digest": PULLED},
        {"container": "agent", "image": "agent:1", "digest": None},
    ]
    assert f"nothing is known here of proxy: envoy:1 ({PULLED})" in shown
    assert "nothing is known here of agent: agent:1" in shown


# ── what is not known ─────────────────────────────────────────────────────────────────────────


def test_without_a_build_the_deployment_says_it(ways: Ways) -> None:
    trigger = Trigger(TriggerKind.DEPLOY, "codepipeline:shop", ("job-1",), ORIGIN)
    ways.runs(deployment(Phase.SUCCEEDED, trigger=trigger))
    ways.pushed()

    shown = ways.shown("shop/staging")

    assert told(shown, "deployed").endswith(f"by pipeline shop, commit {COMMIT[:12]}")
    assert told(shown, "built").startswith("unknown: no build named this digest")
    assert told(shown, "word of") == "who asked for the deployment"
    assert told(shown, "delivery") == HASH


def test_a_build_that_no_webhook_started_is_said_to_be_one(ways: Ways) -> None:
    ways.runs()
    ways.built()

    shown = ways.shown("shop/staging")

    assert told(shown, "commit").startswith(COMMIT)
    assert "webhook is not known to have started shop:" in told(shown, "push")
    assert "started by ana" in told(shown, "push")


def test_what_was_forgotten_is_said(ways: Ways) -> None:
    """Timelines are kept for 90 days, pushes for 30, the links between them for a year."""
    ways.runs()
    ways.built()
    ways.world.table.client.delete_item(
        TableName=ways.world.table.name, Key=items.key_of(keys.execution(EXECUTION))
    )
    ways.pushed(record=False)

    shown, (image,) = ways.shown("shop/staging"), ways.document("shop/staging")["images"]

    assert told(shown, "log").startswith("unknown: the timeline of its execution")
    assert told(shown, "commit") == f"{COMMIT} in acme/shop by Ana"
    assert told(shown, "push").endswith("by ana, 1 h ago")
    assert (image["push"]["received_at"], image["build"]["log"]) == (None, None)


def test_a_push_of_another_commit_is_told_apart(ways: Ways) -> None:
    ways.runs()
    ways.built()
    ways.pushed(replace(LINK, commit="f" * 40))

    shown = ways.shown("shop/staging")

    assert f"    commit     {'f' * 40}, another than the one above" in shown


def test_a_build_that_a_push_started_without_a_pipeline_is_found_by_its_own_id(ways: Ways) -> None:
    ways.runs()
    ways.built()
    ways.pushed(replace(LINK, execution=BUILD, pusher=""))

    shown = ways.shown("shop/staging")

    assert told(shown, "push") == "refs/heads/main of acme/shop at github, 1 h ago"


def test_a_build_by_itself_leads_to_its_push_without_an_execution(ways: Ways) -> None:
    ways.runs()
    origin = Origin(commit=COMMIT, author="ana")
    ways.built(replace(BUILT, origin=origin))
    ways.pushed(replace(LINK, execution=BUILD))

    shown = ways.shown("shop/staging")

    assert told(shown, "built") == f"{BUILD}, started by the push"
    assert told(shown, "commit") == f"{COMMIT} in acme/shop by ana"
    assert told(shown, "push") == "refs/heads/main of acme/shop at github by ana, 1 h ago"
    assert not any("None" in line for line in shown)


def test_labels_are_the_last_resort_and_said_to_be_the_images_own_word(ways: Ways) -> None:
    digest = ways.label(revision="abcdef1234567", source="https://github.com/acme/shop")

    shown = ways.shown(f"{REGISTRY}/shop@{digest}")

    assert shown[0] == f"{digest} runs in no stage"
    assert told(shown, "commit") == "abcdef1234567"
    assert told(shown, "page") == "https://github.com/acme/shop/commit/abcdef1234567"
    assert told(shown, "word of").startswith("the image itself: its label")
    assert told(shown, "deployed").startswith("unknown: no stage runs it")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            {"images": [{"imageManifest": '{"manifests": []}'}]},
            "its labels name none (org.opencontainers.image.revision)",
        ),
        (
            NotPermitted("no permission for ecr:BatchGetImage"),
            "its labels cannot be read: no permission for ecr:BatchGetImage",
        ),
    ],
)
def test_why_labels_name_nothing_is_said(ways: Ways, answer: object, why: str) -> None:
    ways.runs()

    (trail,) = ways.find("shop/staging", {"ecr:BatchGetImage": answer}).trails

    assert trail.why_no_commit == f"neither a build nor a deployment says it; {why}"


def test_an_adopted_stage_has_images_that_no_deployment_brought(ways: Ways) -> None:
    ways.runs(deployment(Phase.ROLLED_BACK, release=release("1.6.0", 3)), live=GOOD)

    shown = ways.shown("shop/staging")

    assert shown[0] == f"shop/staging runs {GOOD}"
    assert told(shown, "deployed").startswith("unknown: none of the newest deployments")


def test_a_deployment_asked_for_is_told_whatever_came_of_it(ways: Ways) -> None:
    """What it left as it was is told of the deployment that brought that."""
    worker = replace(GOOD.images[0], alias="worker", digest="sha256:" + "7" * 64)
    before, then = (Release.of([*each.images, worker]) for each in (GOOD, BAD))
    ways.runs(
        deployment(Phase.SUCCEEDED, 1, release=before, before=GOOD),
        deployment(Phase.SUPERSEDED, 2, release=before, before=GOOD),
        deployment(Phase.ROLLED_BACK, 3, release=then, before=before),
        deployment(Phase.SUCCEEDED, 4, release=then, before=before),
    )

    asked = ways.document("shop/staging#3")

    by_alias = {
        image["aliases"][0]: [each["number"] for each in image["deployments"]]
        for image in asked["images"]
    }
    assert asked["told"].endswith(", RolledBack")
    assert by_alias == {"app": [3], "worker": [1]}


def test_what_is_under_way_is_said_beside_what_runs(ways: Ways) -> None:
    ways.runs(deployment(Phase.PROGRESSING), live=GOOD, current=1)

    assert ways.shown("shop/staging")[0] == (
        f"shop/staging runs {GOOD}; shop/staging#1 is bringing {BAD}"
    )


def test_what_is_not_there_ends_with_what_to_do(ways: Ways) -> None:
    ways.runs()
    unknown = "sha256:" + "e" * 64

    results = {
        what: ways.ask(what)
        for what in ("shop/stagin", "shop/staging#9", "shp/staging#9", unknown, "shop")
    }

    assert [each.exit_code for each in results.values()] == [3, 3, 3, 3, 2]
    assert "did you mean shop/staging?" in results["shop/stagin"].stderr
    assert "there is no deployment shop/staging#9" in results["shop/staging#9"].stderr
    assert "there is no stage shp/staging" in results["shp/staging#9"].stderr
    assert f"nothing is known here of {unknown}" in results[unknown].stderr
    assert all("next: longshore" in each.stderr for each in results.values())


def test_a_stage_of_which_nothing_is_live_says_so(ways: Ways) -> None:
    ways.runs(live=None, stable=None)

    result = ways.ask("shop/staging")

    assert result.exit_code == 3
    assert "it is not known what shop/staging runs" in result.stderr


def test_text_of_others_reaches_no_terminal(ways: Ways) -> None:
    ways.runs()
    ways.built(replace(BUILT, origin=replace(ORIGIN, author="\x1b]0;owned\x07 \u202e")))
    ways.pushed(replace(LINK, ref="refs/heads/\x1b[2J", pusher="a\r\nnext: fine"))

    shown = ways.ask("shop/staging").stdout

    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\x1b]0;owned\\x07 \\u202e" in shown
    assert "refs/heads/\\x1b[2J of acme/shop at github by a\\r\\nnext: fine" in shown
