"""Whether an image runs on the platform that a task asks for. Pure.

An index names the platforms of its images; the configuration of a single image names its own
(OCI image specification, image-index.md and config.md). A task definition names its platform under
`runtimePlatform`; Fargate takes X86_64 Linux where it names none, on container instances the
instance decides (ECS developer guide, "Task definition parameters", Runtime platform).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from longshore.domain.releases import INDEX_MEDIA_TYPES
from longshore.events.documents import printable
from longshore_cli.doctor.findings import Check, Finding

Document = Mapping[str, object]

_ARCHITECTURES = {"X86_64": "amd64", "ARM64": "arm64"}
_NO_PLATFORM = "unknown"
"""What builders write on attestations, which lie in an index beside its images."""
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True, order=True)
class Platform:
    """An operating system and a processor architecture, in the words of image manifests."""

    system: str
    architecture: str

    def __str__(self) -> str:
        """Return `linux/amd64`, as builders take it."""
        return f"{self.system}/{self.architecture}"


@dataclass(frozen=True, slots=True)
class Needed:
    """The platform that a service's tasks ask for; None where the container instances decide."""

    platform: Platform | None
    said: str


def is_index(manifest: Document) -> bool:
    """Whether a manifest stands for images on several platforms; old ones do not name a type."""
    return str(manifest.get("mediaType")) in INDEX_MEDIA_TYPES or "manifests" in manifest


def platforms_of_index(manifest: Document) -> frozenset[Platform]:
    """Return the platforms of an index, attestations left out."""
    entries = manifest.get("manifests")
    listed = entries if isinstance(entries, list) else []
    found = (platform_of(entry.get("platform")) for entry in listed if isinstance(entry, dict))
    return frozenset(each for each in found if each is not None)


def config_digest(manifest: Document) -> str | None:
    """Return the digest of an image's configuration; None where the manifest is of another kind."""
    config = manifest.get("config")
    digest = config.get("digest") if isinstance(config, dict) else None
    return digest if isinstance(digest, str) else None


def platform_of(document: object) -> Platform | None:
    """Return the platform that an index entry or an image's configuration names."""
    if not isinstance(document, dict):
        return None
    system, architecture = document.get("os"), document.get("architecture")
    if not isinstance(system, str) or not isinstance(architecture, str):
        return None
    if _NO_PLATFORM in {system, architecture}:
        return None
    return Platform(*(printable(part, _LONGEST_NAME) for part in (system, architecture)))


def needed_platform(definition: Document, service: Document) -> Needed:
    """Return what a service's tasks ask for, by their definition and where they are placed."""
    stated = definition.get("runtimePlatform")
    stated = stated if isinstance(stated, dict) else {}
    architecture = str(stated.get("cpuArchitecture") or "")
    family = str(stated.get("operatingSystemFamily") or "LINUX")
    if not architecture and not _on_fargate(definition, service):
        return Needed(None, "the container instances")
    system = "linux" if family == "LINUX" else "windows"
    architecture = architecture or "X86_64"
    said = "runtimePlatform" if stated else "Fargate, as no runtimePlatform is stated,"
    return Needed(Platform(system, _ARCHITECTURES.get(architecture, architecture.lower())), said)


def _on_fargate(definition: Document, service: Document) -> bool:
    strategy = service.get("capacityProviderStrategy")
    providers = strategy if isinstance(strategy, list) else []
    names = [str(each.get("capacityProvider")) for each in providers if isinstance(each, dict)]
    if names:
        return all(name in {"FARGATE", "FARGATE_SPOT"} for name in names)
    if "launchType" in service:
        return service["launchType"] == "FARGATE"
    return definition.get("requiresCompatibilities") == ["FARGATE"]


def judge_platform(
    check: Check, image: str, platforms: Iterable[Platform], needed: Needed
) -> Finding:
    """Say whether an image runs where its tasks are placed."""
    offered = sorted(set(platforms))
    listed = ", ".join(map(str, offered)) or "no platform that it names"
    if needed.platform is None:
        return check.unchecked(
            f"{image} is for {listed}, and {needed.said} decide what they can run",
            "state runtimePlatform in the task definition",
        )
    if needed.platform in offered:
        return check.ok(f"{image} is for {listed}; {needed.said} asks for {needed.platform}")
    return check.problem(
        f"{image} is for {listed}, but {needed.said} asks for {needed.platform}: "
        "its tasks would end with an exec format error, or not be pulled",
        f"build the image with --platform {needed.platform}, or change cpuArchitecture of "
        "runtimePlatform in the task definition",
    )
