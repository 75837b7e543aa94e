"""The buildspec for users, run as CodeBuild runs it: what it builds, pushes and leaves behind."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longshore.decide.versions import parse_version
from longshore.domain.references import parse_ecr_image
from longshore.events.artifacts import parse_images
from tests.unit.stacks.conftest import IMAGE, PUSHED, REGISTRY, THERE, Source, buildspec

DOCKER_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


def test_a_branch_is_built_tagged_pushed_and_written_down(source: Source) -> None:
    commit = source.clone("feature/prices")

    built = source.build()

    tag = f"feature-prices-{commit[:12]}"
    assert built.status == 0, built.said
    assert built.exported == {"IMAGE_DIGEST": PUSHED, "IMAGE_TAG": tag, "GIT_COMMIT": commit}
    assert built.json("imagedefinitions.json") == [{"name": "app", "imageUri": f"{IMAGE}@{PUSHED}"}]
    assert built.json("imageDetail.json") == {
        "ImageURI": f"{IMAGE}@{PUSHED}",
        "ImageDigest": PUSHED,
        "ImageTags": [tag],
        "RepositoryName": "shop",
        "RegistryId": REGISTRY.partition(".")[0],
        "Version": "1.0",
    }
    assert built.pushed == [f"{IMAGE}:{tag}", f"{IMAGE}:cache"]


def test_what_is_left_behind_is_what_the_buildspec_hands_on(source: Source) -> None:
    source.clone()
    built = source.build()

    files = buildspec()["artifacts"]["files"]
    assert [name for name in files if not (built.folder / name).is_file()] == []


@pytest.mark.parametrize(
    ("git_tag", "tag"),
    [("v1.2.3", "1.2.3"), ("1.2.3", "1.2.3"), ("v2.0.0-rc.1", "2.0.0-rc.1")],
)
def test_a_git_tag_with_a_version_is_the_tag(source: Source, git_tag: str, tag: str) -> None:
    source.clone()
    source.git("tag", git_tag)

    built = source.build()

    assert built.exported["IMAGE_TAG"] == tag
    assert built.labels["org.opencontainers.image.version"] == tag


def test_the_highest_version_of_a_commit_counts(source: Source) -> None:
    source.clone()
    for tag in ("v1.9.0", "v1.10.0", "nightly"):
        source.git("tag", tag)

    assert source.build().exported["IMAGE_TAG"] == "1.10.0"


@pytest.mark.parametrize("git_tag", ["nightly", "v1.2", "v01.2.3", "v1.2.3.4", "v1.2.3+build"])
def test_a_git_tag_without_a_version_is_a_name(source: Source, git_tag: str) -> None:
    commit = source.clone()

    tag = source.build(GIT_TAG=git_tag).exported["IMAGE_TAG"]

    assert tag.endswith(f"-{commit[:12]}")
    assert "main" not in tag


def test_a_git_tag_may_be_told_as_a_reference(source: Source) -> None:
    source.clone()

    assert source.build(GIT_TAG="refs/tags/v3.1.4").exported["IMAGE_TAG"] == "3.1.4"


@pytest.mark.parametrize(
    ("branch", "name"),
    [
        ("main", "main"),
        ("refs/heads/main", "main"),
        ("feature/Ärger#12", "feature-rger-12"),
        ("--help", "help"),
        ("a//b..", "a-b"),
        ("$(touch pwned)`id`;*", "touch-pwned-id"),
        ("v1.2.3", "branch-v1.2.3"),
        ("1.2", "branch-1.2"),
        ("x" * 200, "x" * 100),
        ("###", "source"),
    ],
)
def test_a_branch_becomes_a_tag_that_docker_takes(source: Source, branch: str, name: str) -> None:
    commit = source.clone()

    built = source.build(GIT_BRANCH=branch)

    assert built.exported["IMAGE_TAG"] == f"{name}-{commit[:12]}"
    assert not (source.folder / "pwned").exists()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_whatever_a_branch_is_called_its_tag_is_one_and_no_version(
    source: Source, branch: str
) -> None:
    built = source.build(GIT_BRANCH=branch, GIT_COMMIT="0" * 40)

    tag = built.exported["IMAGE_TAG"]
    assert DOCKER_TAG.fullmatch(tag)
    assert parse_version(tag) is None


def test_a_clone_of_a_commit_finds_its_branch(source: Source) -> None:
    """As CodeBuild clones: no branch is checked out."""
    commit = source.clone("release/9")
    source.git("update-ref", "refs/remotes/origin/release/9", commit)
    source.git("update-ref", "refs/remotes/origin/main", commit)
    source.git("checkout", "--quiet", "--detach")

    assert source.build().exported["IMAGE_TAG"] == f"main-{commit[:12]}"
    ours = source.build(DEFAULT_BRANCH="release/9").exported["IMAGE_TAG"]
    assert ours == f"release-9-{commit[:12]}"


@pytest.mark.parametrize("name", ["HEAD", "main", "v1.4.2", "{commit:.8}"])
def test_a_name_of_a_commit_is_not_written_down_for_it(source: Source, name: str) -> None:
    commit = source.clone()
    source.git("tag", "--annotate", "--message", "a version", "v1.4.2")

    built = source.build(GIT_COMMIT=name.format(commit=commit))

    assert built.exported["GIT_COMMIT"] == commit
    assert built.exported["IMAGE_TAG"] == "1.4.2"
    assert built.labels["org.opencontainers.image.revision"] == commit


@pytest.mark.parametrize("commit", ["--all", "f" * 40])
def test_what_a_clone_does_not_know_is_taken_as_it_is(source: Source, commit: str) -> None:
    source.clone()

    assert source.build(GIT_COMMIT=commit).exported["GIT_COMMIT"] == commit


def test_without_a_clone_the_version_of_the_source_names_it(source: Source) -> None:
    built = source.build(GIT_COMMIT="3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY")

    assert built.exported["IMAGE_TAG"] == "source-3-L4kqtJlcpXroDTDmJ-rmSpXd3dIbrHY"
    assert built.labels["org.opencontainers.image.revision"] == "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY"


def test_the_image_says_where_it_comes_from(source: Source) -> None:
    commit = source.clone()
    source.git("remote", "add", "origin", "https://bot:token@git.example.com/acme/shop.git")

    assert source.build().labels == {
        "org.opencontainers.image.revision": commit,
        "org.opencontainers.image.created": "2026-11-29T10:00:00Z",
        "org.opencontainers.image.version": f"main-{commit[:12]}",
        "org.opencontainers.image.source": "https://git.example.com/acme/shop",
    }


def test_an_address_for_people_is_taken_instead_of_the_remote(source: Source) -> None:
    source.clone()

    built = source.build(SOURCE_URL="https://git.example.com/shop")

    assert built.labels["org.opencontainers.image.source"] == "https://git.example.com/shop"


def test_moving_tags_follow_the_tag_that_never_moves(source: Source) -> None:
    commit = source.clone()

    built = source.build(MOVING_TAGS="latest main", LAYER_CACHE="none")

    own = f"{IMAGE}:main-{commit[:12]}"
    assert built.pushed == [own, f"{IMAGE}:latest", f"{IMAGE}:main"]
    assert [call[1] for call in built.calls("tag")] == [own, own]


def test_tests_are_built_first(source: Source) -> None:
    source.clone()

    test, image = source.build(TEST_TARGET="test").calls("build")

    assert test[test.index("--target") + 1] == "test"
    assert "--tag" not in test
    assert "--target" not in image


def test_a_monorepo_builds_one_directory(source: Source) -> None:
    source.clone()

    (call,) = source.build(BUILD_DIRECTORY="web", DOCKERFILE="docker/Dockerfile").calls("build")

    assert call[call.index("--file") + 1] == "web/docker/Dockerfile"
    assert call[-1] == "web"


def test_arguments_of_the_build_are_handed_on(source: Source) -> None:
    source.clone()

    (call,) = source.build(BUILD_ARGS="VERSION PRICES=spring.csv *").calls("build")

    given_ = [call[i + 1] for i, word in enumerate(call) if word == "--build-arg"]
    assert given_ == ["VERSION", "PRICES=spring.csv", "*", "BUILDKIT_INLINE_CACHE=1"]


def test_layers_are_kept_inline_or_apart_or_not(source: Source) -> None:
    source.clone()

    (inline,) = source.build().calls("build")
    assert inline[inline.index("--cache-from") + 1] == f"{IMAGE}:cache"
    (apart,) = source.build(LAYER_CACHE="registry", CACHE_TAG="layers").calls("buildx", "build")
    assert apart[apart.index("--cache-from") + 1] == f"type=registry,ref={IMAGE}:layers"
    assert "mode=max" in apart[apart.index("--cache-to") + 1]
    assert "--load" in apart
    without = source.build(LAYER_CACHE="none").calls("build")[-1]
    assert "--cache-from" not in without


def test_a_tag_that_exists_is_not_built_again(source: Source) -> None:
    commit = source.clone()
    source.exists(f"main-{commit[:12]}", commit)

    built = source.build(MOVING_TAGS="latest")

    assert built.status == 0, built.said
    assert built.exported["IMAGE_DIGEST"] == THERE
    assert built.json("imagedefinitions.json")[0]["imageUri"] == f"{IMAGE}@{THERE}"
    assert built.calls("build") == built.pushed == []


def test_a_version_is_not_given_to_another_commit(source: Source) -> None:
    source.clone()
    source.git("tag", "v1.2.3")
    source.exists("1.2.3", "f" * 40)

    built = source.build()

    assert built.status != 0
    assert "1.2.3 is there already, built from ffffffffffff" in built.said
    assert built.pushed == []


@pytest.mark.parametrize("failing", ["build", "push", "tag", "login"])
def test_what_fails_ends_the_build_and_leaves_nothing_to_deploy(
    source: Source, failing: str
) -> None:
    source.clone()

    built = source.build(FAILING=failing)

    assert built.status != 0
    assert not (source.folder / "imagedefinitions.json").exists()
    assert not (source.folder / "image.env").exists()


def test_a_failing_test_pushes_nothing(source: Source) -> None:
    source.clone()

    built = source.build(TEST_TARGET="test", FAILING="test")

    assert built.status != 0
    assert built.pushed == []
    assert len(built.calls("build")) == 1


def test_without_a_password_nobody_logs_in(source: Source) -> None:
    source.clone()

    built = source.build(AWS_FAILS="yes")

    assert built.status != 0
    assert built.docker == []


def test_the_password_goes_in_by_stdin(source: Source) -> None:
    source.clone()

    built = source.build()

    assert (source.fake / "password").read_text() == "secret-password\n"
    assert "secret-password" not in json.dumps([built.docker, built.said])


def test_a_push_without_a_digest_is_a_failure(source: Source) -> None:
    source.clone()

    built = source.build(SAYS="none")

    assert built.status != 0
    assert "named no digest" in built.said


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"REGISTRY": ""}, "REGISTRY"),
        ({"REPOSITORY": ""}, "REPOSITORY"),
        ({"LAYER_CACHE": "all"}, "LAYER_CACHE is 'all'"),
        ({"CONTAINER_NAMES": 'a"b'}, "no name of a container"),
    ],
)
def test_what_is_set_wrongly_is_named(source: Source, variables: dict[str, str], said: str) -> None:
    source.clone()

    built = source.build(**variables)

    assert built.status != 0
    assert said in built.said


def test_without_a_commit_nothing_is_built(source: Source) -> None:
    built = source.build()

    assert built.status != 0
    assert "set GIT_COMMIT" in built.said


def test_every_container_gets_the_image(source: Source) -> None:
    source.clone()

    built = source.build(CONTAINER_NAMES="web worker")

    definitions = built.json("imagedefinitions.json")
    assert [each["name"] for each in definitions] == ["web", "worker"]
    assert len({each["imageUri"] for each in definitions}) == 1


def test_what_is_left_behind_is_what_the_deploy_action_reads(source: Source) -> None:
    source.clone()

    built = source.build()

    for file, container in (("imagedefinitions.json", "app"), ("imageDetail.json", None)):
        (found,) = parse_images(file, (built.folder / file).read_bytes())
        reference = parse_ecr_image(found.reference)
        assert reference is not None
        assert (reference.repository, reference.digest) == ("shop", PUSHED)
        assert found.container == container
