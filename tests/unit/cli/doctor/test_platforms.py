"""Whether an image runs where its tasks are placed."""

from collections.abc import Mapping

import pytest

from longshore_cli.doctor.findings import Check, Status
from longshore_cli.doctor.platforms import (
    Needed,
    Platform,
    config_digest,
    is_index,
    judge_platform,
    needed_platform,
    platform_of,
    platforms_of_index,
)

CHECK = Check("platform", "shop/staging: staging/web")
AMD, ARM = Platform("linux", "amd64"), Platform("linux", "arm64")
OCI_INDEX = "application/vnd.oci.image.index.v1+json"


def entry(system: str, architecture: str) -> dict[str, object]:
    return {"digest": "sha256:1", "platform": {"os": system, "architecture": architecture}}


def test_attestations_in_an_index_are_no_platforms() -> None:
    index = {
        "mediaType": OCI_INDEX,
        "manifests": [
            entry("linux", "amd64"),
            entry("linux", "arm64"),
            entry("unknown", "unknown"),
        ],
    }

    assert is_index(index)
    assert platforms_of_index(index) == {AMD, ARM}


@pytest.mark.parametrize("index", [{}, {"manifests": None}, {"manifests": [1, {"platform": 2}]}])
def test_an_odd_index_names_none(index: dict[str, object]) -> None:
    assert platforms_of_index(index) == frozenset()


def test_a_single_image_leads_to_its_configuration() -> None:
    manifest = {"config": {"digest": "sha256:2"}, "layers": []}

    assert not is_index(manifest)
    assert config_digest(manifest) == "sha256:2"
    assert config_digest({"schemaVersion": 1}) is None
    assert platform_of({"os": "linux", "architecture": "arm64", "variant": "v8"}) == ARM
    assert platform_of({"os": "linux"}) is None


def test_what_an_image_says_of_itself_is_safe_to_print() -> None:
    odd = platform_of({"os": "linux\u202e\x1b[2J", "architecture": "a" * 1000})

    assert not is_index({"mediaType": {"a": 1}})
    assert str(odd).isprintable()
    assert len(str(odd)) < 100


@pytest.mark.parametrize(
    ("definition", "service", "wanted"),
    [
        ({"runtimePlatform": {"cpuArchitecture": "ARM64"}}, {"launchType": "EC2"}, ARM),
        ({}, {"launchType": "FARGATE"}, AMD),
        ({"runtimePlatform": {"operatingSystemFamily": "LINUX"}}, {"launchType": "FARGATE"}, AMD),
        ({}, {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]}, AMD),
        ({"requiresCompatibilities": ["FARGATE"]}, {}, AMD),
        (
            {
                "runtimePlatform": {
                    "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE",
                    "cpuArchitecture": "X86_64",
                }
            },
            {"launchType": "FARGATE"},
            Platform("windows", "amd64"),
        ),
        ({}, {"launchType": "EC2"}, None),
        ({}, {"capacityProviderStrategy": [{"capacityProvider": "mine"}]}, None),
    ],
)
def test_what_tasks_ask_for(
    definition: Mapping[str, object], service: Mapping[str, object], wanted: Platform | None
) -> None:
    assert needed_platform(definition, service).platform == wanted


def test_an_image_for_another_processor_is_a_problem() -> None:
    finding = judge_platform(
        CHECK, "container web: main (1)", [ARM], Needed(AMD, "runtimePlatform")
    )

    assert finding.status is Status.PROBLEM
    assert "is for linux/arm64, but runtimePlatform asks for linux/amd64" in finding.message
    assert "--platform linux/amd64" in finding.next_step


def test_an_image_for_both_suits_both() -> None:
    for wanted in (AMD, ARM):
        finding = judge_platform(CHECK, "web", [ARM, AMD], Needed(wanted, "runtimePlatform"))
        assert finding.status is Status.OK


def test_what_instances_decide_is_told_and_not_passed() -> None:
    finding = judge_platform(CHECK, "web", [ARM], Needed(None, "the container instances"))

    assert finding.status is Status.UNCHECKED
    assert "web is for linux/arm64, and the container instances decide" in finding.message
