"""Image references, as task definitions write them."""

import re
from dataclasses import dataclass

_ECR_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.[a-z.]+/(?P<name>[^@:]+)"
    r"(?::(?P<tag>[^@]*))?(?:@(?P<digest>.*))?"
)


@dataclass(frozen=True, slots=True)
class EcrImage:
    """A reference to an image that lies in a private ECR registry.

    `tag` is what a runtime takes where the reference says neither tag nor digest: `latest`.
    """

    account: str
    region: str
    repository: str
    tag: str | None
    digest: str | None


def parse_ecr_image(reference: str) -> EcrImage | None:
    """Read a reference, None when it does not lie in a private ECR registry."""
    match = _ECR_IMAGE.fullmatch(reference)
    if match is None:
        return None
    tag, digest = match["tag"] or None, match["digest"] or None
    if tag is None and digest is None:
        tag = "latest"
    return EcrImage(match["account"], match["region"], match["name"], tag, digest)


def without_version(reference: str) -> str:
    """Return the part of a reference that names the repository, without tag and digest."""
    name = reference.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def pinned_digest(reference: str) -> str | None:
    """Return the digest that a reference pins, wherever it lies; None where it pins none."""
    return reference.partition("@")[2] or None
