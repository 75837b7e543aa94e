"""Could a policy choose what was pushed?

Most manifests that arrive in a repository are no images that anything follows: parts of larger
images, signatures, attestations, charts, caches, tags of other branches. Each is told apart, with a
reason. What cannot be excluded is left to the reconcile, which asks the registry.
"""

import re

from longshore.decide.selection import RUNNABLE_MEDIA_TYPES
from longshore.decide.versions import Range, parse_version
from longshore.domain.facts import ImagePushed
from longshore.domain.policies import Selection, SemverPolicy, TagPolicy

_REFERRER_TAG = re.compile(r"sha(?:256|384|512)-[0-9a-f]{64,128}(?:\.[A-Za-z0-9._-]+)?")
"""Tags under which signatures, attestations and SBOMs are kept beside the image of that digest."""

_BESIDE_IMAGES = (
    ("application/vnd.cncf.helm.", "a Helm chart"),
    ("application/vnd.buildkit.cacheconfig", "a build cache"),
    ("application/vnd.in-toto", "an attestation"),
    ("application/vnd.cncf.notary.", "a signature"),
    ("application/vnd.dev.cosign.", "a signature"),
    ("application/vnd.dev.sigstore.", "a signature"),
    ("application/spdx", "an SBOM"),
    ("application/vnd.cyclonedx", "an SBOM"),
    ("text/sbom", "an SBOM"),
)


def why_no_candidate(push: ImagePushed) -> str | None:
    """Return why no policy can choose what was pushed."""
    if push.tag is None:
        return "the push has no tag: parts of larger images come like this, and none is followed"
    if _REFERRER_TAG.fullmatch(push.tag):
        return (
            f"the tag {push.tag} is that of a signature, an attestation or an SBOM, not an image's"
        )
    for media_type in (push.artifact_type, push.manifest_type):
        if media_type is not None and media_type not in RUNNABLE_MEDIA_TYPES:
            return f"{_kind_of_artifact(media_type)} was pushed, which no task can run"
    return None


def _kind_of_artifact(media_type: str) -> str:
    known = (words for prefix, words in _BESIDE_IMAGES if media_type.startswith(prefix))
    return f"{next(known, 'something')} ({media_type})"


def why_never(selection: Selection | None, tag: str) -> str | None:
    """Return why a policy can never choose a tag, None when it may."""
    match selection:
        case TagPolicy(wanted) if wanted != tag:
            return f"it follows the tag {wanted}"
        case SemverPolicy(text):
            return _why_outside(text, tag)
        case _:
            return None


def _why_outside(text: str, tag: str) -> str | None:
    version = parse_version(tag)
    if version is None:
        return f"it follows versions {text or '*'} and {tag} is none: three numbers, as 1.4.2"
    try:
        wanted = Range.parse(text)
    except ValueError:  # nothing can be said against a tag by a range that cannot be read
        return None
    if wanted.allows(version):
        return None
    kind = "version" if version.stable else "pre-release"
    return f"it follows versions {wanted}, which the {kind} {tag} is not among"
