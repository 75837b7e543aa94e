"""`longshore init`: from a running service to a file that `apply` takes."""

import json
from pathlib import Path
from typing import Any

import pytest

from longshore_cli.configuration.reading import check, load_configuration
from tests.unit.cli.conftest import REGISTRY, World


def read(path: Path) -> dict[str, Any]:
    return dict(load_configuration(str(path)).document)


def test_a_version_tag_becomes_a_range(world: World) -> None:
    world.push("shop", "1.4.2", "latest")
    world.serve("prod/web", {"web": f"{REGISTRY}/shop:1.4.2"})

    result = world.run("init", "--service", "prod/web", "--application", "shop")

    assert result.exit_code == 0, result.output
    assert "next: look at it, then: longshore apply longshore.yaml" in result.stdout
    assert read(world.folder / "longshore.yaml") == {
        "apiVersion": "longshore/v1",
        "application": "shop",
        "images": {"app": {"repository": "shop", "select": {"semver": "^1.4"}}},
        "stages": {"prod": {"targets": [{"service": "prod/web"}], "deadline": "30m"}},
    }


@pytest.mark.parametrize(
    ("running", "tags", "expected"),
    [
        (":main", ["main"], {"tag": "main"}),
        ("", ["latest"], {"tag": "latest"}),
        (":3f2a9c1", ["3f2a9c1", "main"], {"tag": "main"}),
        (":3f2a9c1", ["3f2a9c1"], {"tag": "3f2a9c1"}),
        (":build-1207", ["build-1207", "develop", "stable"], {"tag": "stable"}),
        (":nightly", ["nightly", "v2.0.1", "v2.0.0"], {"semver": "^2.0"}),
        (":gone", ["other"], {"tag": "gone"}),
    ],
)
def test_the_selection_follows_from_what_runs(
    world: World, running: str, tags: list[str], expected: dict[str, str]
) -> None:
    world.push("shop", *tags)
    world.serve("prod/web", {"web": f"{REGISTRY}/shop{running}"})

    result = world.run("init", "--service", "prod/web", "--output", "json")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["images"]["app"]["select"] == expected


def test_a_pinned_image_is_followed_by_the_tags_of_its_digest(world: World) -> None:
    digest = world.push("shop", "0f0f0f0", "main")
    world.serve("prod/web", {"web": f"{REGISTRY}/shop@{digest}"})

    result = world.run("init", "--service", "prod/web", "-o", "json")

    assert json.loads(result.stdout)["images"]["app"]["select"] == {"tag": "main"}


def test_a_digest_without_tags_says_that_somebody_must_choose(world: World) -> None:
    world.push("shop", "other")
    world.serve("prod/web", {"web": f"{REGISTRY}/shop@sha256:{'0' * 64}"})

    result = world.run("init", "--service", "prod/web")

    assert result.exit_code == 0
    assert "what runs has no tag; name the tag that your CI moves" in result.stdout


def test_two_images_of_one_repository_are_told_apart_by_container(world: World) -> None:
    world.push("shop", "web-main", content="a")
    world.push("shop", "jobs-main", content="b")
    world.serve(
        "prod/web",
        {
            "web": f"{REGISTRY}/shop:web-main",
            "jobs": f"{REGISTRY}/shop:jobs-main",
            "proxy": "public.ecr.aws/nginx/nginx:1",
        },
    )

    result = world.run("init", "--service", "prod/web")

    document = read(world.folder / "longshore.yaml")
    assert result.exit_code == 0
    assert document["stages"] == {
        "prod": {
            "targets": [{"service": "prod/web", "containers": {"web": "shop", "jobs": "jobs"}}],
            "deadline": "30m",
        }
    }
    assert "left as they are: proxy" in (world.folder / "longshore.yaml").read_text()


def test_an_image_of_another_account_and_region_says_so(world: World) -> None:
    other = "210987654321.dkr.ecr.us-east-1.amazonaws.com"
    world.serve("prod/web", {"web": f"{other}/team/shop:main"})

    result = world.run("init", "--service", "prod/web")

    assert result.exit_code == 0
    assert read(world.folder / "longshore.yaml")["images"] == {
        "app": {
            "repository": "team/shop",
            "account": "210987654321",
            "region": "us-east-1",
            "select": {"tag": "main"},
        }
    }


def test_names_are_derived_and_can_be_given(world: World) -> None:
    world.serve("Prod_EU/Check-Out_Web", {"web": f"{REGISTRY}/shop:main"})

    world.run("init", "--service", "Prod_EU/Check-Out_Web", "--file", "a.yaml")
    world.run("init", "--service", "Prod_EU/Check-Out_Web", "--file", "b.yaml", "--stage", "live")

    assert read(world.folder / "a.yaml")["application"] == "check-out-web"
    assert list(read(world.folder / "a.yaml")["stages"]) == ["prod-eu"]
    assert list(read(world.folder / "b.yaml")["stages"]) == ["live"]


def test_an_existing_file_is_overwritten_only_when_the_person_agrees(world: World) -> None:
    world.serve("prod/web", {"web": f"{REGISTRY}/shop:main"})
    file = world.write("mine\n")

    refused = world.run("init", "--service", "prod/web", answer="n\n")
    unanswered = world.run("init", "--service", "prod/web")
    kept = file.read_text()
    agreed = world.run("init", "--service", "prod/web", answer="y\n")

    assert (refused.exit_code, unanswered.exit_code, agreed.exit_code) == (6, 2, 0)
    assert "--yes" in unanswered.stderr
    assert kept == "mine\n"
    assert file.read_text() != kept


def test_yes_overwrites_without_a_question(world: World) -> None:
    world.serve("prod/web", {"web": f"{REGISTRY}/shop:main"})
    file = world.write("mine\n")

    result = world.run("init", "--service", "prod/web", "--yes")

    assert result.exit_code == 0
    assert check(file.read_bytes())[1] == []


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ("prod/wbe", "there is no service 'wbe' in the cluster 'prod'; there is web"),
        ("prdo/web", "there is no cluster 'prdo'; there is prod"),
    ],
)
def test_a_wrong_name_is_answered_with_close_ones(world: World, service: str, said: str) -> None:
    world.serve("prod/web", {"web": f"{REGISTRY}/shop:main"})

    result = world.run("init", "--service", service)

    assert result.exit_code == 3
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("service", ["web", "a/b/c", "", "arn:aws:ecs:x:1:service/prod/web"])
def test_what_names_no_service_is_a_usage_error(world: World, service: str) -> None:
    result = world.run("init", "--service", service)

    assert result.exit_code == 2
    assert "CLUSTER/SERVICE" in result.stderr


def test_a_service_without_an_ecr_image_is_refused_with_what_it_runs(world: World) -> None:
    world.serve("prod/web", {"web": "nginx:1.27"})

    result = world.run("init", "--service", "prod/web")

    assert result.exit_code == 3
    assert "runs an image that lies in ECR (web: nginx:1.27)" in result.stderr


@pytest.mark.parametrize("controller", ["CODE_DEPLOY", "EXTERNAL"])
def test_a_controller_that_is_not_supported_is_refused_by_name(
    world: World, controller: str
) -> None:
    world.serve(
        "prod/web", {"web": f"{REGISTRY}/shop:main"}, deploymentController={"type": controller}
    )

    result = world.run("init", "--service", "prod/web")

    assert result.exit_code == 3
    assert controller in result.stderr
    assert not (world.folder / "longshore.yaml").exists()


def test_a_folder_that_is_not_there_is_a_usage_error(world: World) -> None:
    world.serve("prod/web", {"web": f"{REGISTRY}/shop:main"})

    result = world.run("init", "--service", "prod/web", "--file", "no/such/folder.yaml")

    assert result.exit_code == 2
    assert "failed to write no/such/folder.yaml: No such file or directory" in result.stderr
