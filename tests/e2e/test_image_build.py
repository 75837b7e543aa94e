"""The build of stacks/pipeline.yaml with a real engine: from a Git clone to the registry."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

import pytest

from longshore_local.buildhost.commands import BuildCommands
from longshore_local.containers.docker import docker
from longshore_local.containers.images import ImageWorkshop
from longshore_local.embedded import EmbeddedAws
from longshore_local.registry.images import manifest_of
from longshore_local.settings import REGISTRY
from tests.e2e.build_machine import ROOT, Built, Code, Machine

pytestmark = pytest.mark.docker

REPOSITORY = "shop-image"
IMAGE = f"{REGISTRY}/{REPOSITORY}"
OF_THE_PROJECT = {
    "REGISTRY": REGISTRY,
    "REPOSITORY": REPOSITORY,
    "BUILD_ARGS": "VERSION",
    "TEST_TARGET": "build",
    "MOVING_TAGS": "latest",
    "CONTAINER_NAMES": "web worker",
    "SOURCE_URL": "https://github.com/acme/shop",
}
"""As the project of stacks/pipeline.yaml sets them; a stage of the Dockerfile is called `build`."""


@dataclass(frozen=True)
class Workbench:
    aws: EmbeddedAws
    code: Code
    machine: Machine

    def tags(self) -> Mapping[str, str]:
        """The tags that the registry has, with what each names."""
        listed = self.aws.cloud.ecr.describe_images(repositoryName=REPOSITORY)["imageDetails"]
        return {tag: one["imageDigest"] for one in listed for tag in one.get("imageTags", [])}

    def labels(self, digest: str) -> Mapping[str, str]:
        """The labels of an image's configuration, as the registry has it."""
        manifest = json.loads(manifest_of(self.aws.cloud, REPOSITORY, digest))
        blob = f"/v2/{REPOSITORY}/blobs/{manifest['config']['digest']}"
        with urlopen(f"{self.aws.cloud.endpoint}{blob}", timeout=10) as answer:  # noqa: S310 - the registry on this machine
            found: Mapping[str, str] = json.load(answer)["config"]["Labels"]
        return found

    def says(self, digest: str) -> Any:  # noqa: ANN401 - what the application serves
        """What a container of an image would serve."""
        image = f"{self.aws.registry}/{REPOSITORY}@{digest}"
        return json.loads(docker("run", "--rm", "--network=none", image, "cat", "/srv/index.html"))


@pytest.fixture(scope="module")
def bench(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    aws.cloud.ecr.create_repository(repositoryName=REPOSITORY, imageTagMutability="MUTABLE")
    code = Code(tmp_path_factory.mktemp("code"))
    with ImageWorkshop(ROOT / "examples/checkout", registry=aws.registry) as workshop:
        base = {"BASE": workshop.base}
        commands = BuildCommands(REGISTRY, aws.registry, contained=True, arguments=base)
        yield Workbench(aws, code, Machine(code.bare, commands, OF_THE_PROJECT))
    assert docker("images", "--quiet", f"--filter=reference={aws.registry}/*") == ""


@dataclass(frozen=True)
class Release:
    """A commit, and the build of it."""

    commit: str
    built: Built


@pytest.fixture(scope="module")
def version(bench: Workbench) -> Release:
    commit = bench.code.push("main", "v1.4.2")
    return Release(commit, bench.machine.build(commit))


@pytest.fixture(scope="module")
def branch(bench: Workbench, version: Release) -> Release:
    assert version.built.status == "SUCCEEDED"
    commit = bench.code.push("feature/prices")
    return Release(commit, bench.machine.build(commit))


def check(release: Release, tag: str) -> str:
    """Check what a build hands on, and return the digest."""
    assert release.built.status == "SUCCEEDED", "\n".join(release.built.log)
    exported = release.built.exported
    digest = exported["IMAGE_DIGEST"]
    assert exported == {"IMAGE_DIGEST": digest, "IMAGE_TAG": tag, "GIT_COMMIT": release.commit}
    assert release.built.files() == {
        "imagedefinitions.json": [
            {"name": "web", "imageUri": f"{IMAGE}@{digest}"},
            {"name": "worker", "imageUri": f"{IMAGE}@{digest}"},
        ],
        "imageDetail.json": {
            "ImageURI": f"{IMAGE}@{digest}",
            "ImageDigest": digest,
            "ImageTags": [tag],
            "RepositoryName": REPOSITORY,
            "RegistryId": REGISTRY.partition(".")[0],
            "Version": "1.0",
        },
    }
    return digest


def test_a_version_in_git_is_the_tag_in_the_registry(bench: Workbench, version: Release) -> None:
    digest = check(version, "1.4.2")

    assert "Login Succeeded" in version.built.log
    assert bench.tags()["1.4.2"] == digest
    assert bench.says(digest) == {"application": "checkout", "version": "1.4.2"}


def test_a_branch_is_tagged_with_its_commit(bench: Workbench, branch: Release) -> None:
    tag = f"feature-prices-{branch.commit[:12]}"
    digest = check(branch, tag)

    tags = bench.tags()
    assert tags[tag] == tags["latest"] == tags["cache"] == digest
    assert tags.keys() == {"1.4.2", tag, "latest", "cache"}
    assert tags["1.4.2"] != digest
    assert bench.says(digest)["version"] == tag


def test_the_image_says_which_commit_it_is_and_of_when(bench: Workbench, branch: Release) -> None:
    labels = bench.labels(branch.built.exported["IMAGE_DIGEST"])
    commit = bench.code.bare.commit(branch.commit)

    assert {key.rpartition(".")[2]: value for key, value in labels.items()} == {
        "revision": branch.commit,
        "created": commit.committed_at.replace("+00:00", "Z"),
        "version": branch.built.exported["IMAGE_TAG"],
        "source": "https://github.com/acme/shop",
    }
    assert all(key.startswith("org.opencontainers.image.") for key in labels)


def test_a_build_is_not_made_twice(bench: Workbench, branch: Release) -> None:
    before = bench.tags()
    docker("image", "rm", "--force", *_here(bench))

    again = bench.machine.build(branch.commit)

    check(Release(branch.commit, again), branch.built.exported["IMAGE_TAG"])
    assert again.exported == branch.built.exported
    assert any("nothing is built" in line for line in again.log)
    assert bench.tags() == before


def test_a_version_stays_with_its_commit(bench: Workbench, branch: Release) -> None:
    before = bench.tags()
    moved = bench.code.push("main", "v1.4.2")

    failed = bench.machine.build(moved)

    assert branch.built.status == "SUCCEEDED"
    assert (failed.status, failed.archive) == ("FAILED", None)
    assert any("1.4.2 is there already, built from " in line for line in failed.log)
    assert bench.tags() == before


def test_what_fails_its_tests_is_not_pushed(bench: Workbench, branch: Release) -> None:
    before = bench.tags()
    untested = "FROM scratch AS build\nCOPY nothing /\nFROM scratch\nCOPY start.sh /\n"
    commit = bench.code.push("main", "v1.5.0", Dockerfile=untested)

    failed = bench.machine.build(commit)

    assert branch.built.status == "SUCCEEDED"
    assert (failed.status, failed.archive) == ("FAILED", None)
    assert bench.tags() == before


def _here(bench: Workbench) -> list[str]:
    """The images of the registry that the engine has."""
    named = "--format={{.Repository}}:{{.Tag}}"
    reference = f"--filter=reference={bench.aws.registry}/{REPOSITORY}"
    return docker("images", reference, named).splitlines()
