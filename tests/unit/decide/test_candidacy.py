import pytest

from longshore.decide.candidacy import why_never, why_no_candidate
from longshore.domain.facts import ImagePushed, Route
from longshore.domain.places import Home, RepositoryRef
from longshore.domain.policies import SemverPolicy, TagPolicy

REPOSITORY = RepositoryRef(Home("aws", "123456789012", "eu-central-1"), "checkout")
HEX = "0123456789abcdef" * 4
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"


def push(tag: str | None, artifact: str | None = None, manifest: str | None = None) -> ImagePushed:
    return ImagePushed(
        repository=REPOSITORY,
        tag=tag,
        via=Route.PUSH,
        artifact_type=artifact,
        manifest_type=manifest,
    )


@pytest.mark.parametrize(
    "pushed",
    [
        push("latest"),
        push("1.4.2", "application/vnd.docker.container.image.v1+json"),
        push("1.4.2", "application/vnd.oci.image.config.v1+json", OCI_INDEX),
        push("1.4.2", None, DOCKER_LIST),
        push("sha256-short.sig"),
        push("sha-0123456"),
    ],
)
def test_an_image_with_a_tag_may_be_chosen(pushed: ImagePushed) -> None:
    assert why_no_candidate(pushed) is None


@pytest.mark.parametrize(
    ("pushed", "words"),
    [
        (push(None), "no tag"),
        (push(f"sha256-{HEX}.sig"), "that of a signature"),
        (push(f"sha256-{HEX}.att"), "that of a signature"),
        (push(f"sha256-{HEX}.sbom"), "that of a signature"),
        (push(f"sha256-{HEX}"), "that of a signature"),
        (push(f"sha512-{HEX}{HEX}"), "that of a signature"),
        (push("1.4.2", "application/vnd.cncf.helm.config.v1+json", OCI_MANIFEST), "a Helm chart"),
        (push("cache", "application/vnd.buildkit.cacheconfig.v0"), "a build cache"),
        (push("provenance", "application/vnd.in-toto+json"), "an attestation"),
        (push("x", "application/vnd.cyclonedx+json"), "an SBOM"),
        (push("x", "application/vnd.cncf.notary.signature"), "a signature"),
        (push("x", "application/vnd.wasm.config.v0+json"), "something (application/vnd.wasm"),
        (push("x", None, "application/vnd.cncf.oras.artifact.manifest.v1+json"), "something"),
    ],
)
def test_what_is_no_image_to_follow_is_told_apart(pushed: ImagePushed, words: str) -> None:
    assert words in (why_no_candidate(pushed) or "")


@pytest.mark.parametrize(
    ("policy", "tag"),
    [
        (TagPolicy("main"), "main"),
        (SemverPolicy("^1.4"), "1.5.0"),
        (SemverPolicy("^1.4"), "v1.5.0"),
        (SemverPolicy("^1.4.0-0"), "1.4.0-rc.1"),
        (SemverPolicy(""), "7.0.0"),
        (SemverPolicy("no range at all"), "1.5.0"),
        (None, "anything"),
    ],
)
def test_a_tag_that_a_policy_may_choose_is_not_excluded(
    policy: TagPolicy | SemverPolicy | None, tag: str
) -> None:
    assert why_never(policy, tag) is None


@pytest.mark.parametrize(
    ("policy", "tag", "words"),
    [
        (TagPolicy("main"), "main-2", "follows the tag main"),
        (SemverPolicy("^1.4"), "latest", "latest is none"),
        (SemverPolicy("^1.4"), "1.5", "1.5 is none"),
        (SemverPolicy(""), "12345678", "versions * and 12345678 is none"),
        (SemverPolicy("^1.4"), "2.0.0", "the version 2.0.0 is not among"),
        (SemverPolicy("^1.4"), "1.5.0-rc.1", "the pre-release 1.5.0-rc.1 is not among"),
    ],
)
def test_a_tag_that_a_policy_can_never_choose_is_excluded_with_the_reason(
    policy: TagPolicy | SemverPolicy, tag: str, words: str
) -> None:
    assert words in (why_never(policy, tag) or "")
