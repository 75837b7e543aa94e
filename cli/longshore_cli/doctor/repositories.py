"""What is read of the repositories of a registry; each once."""

from collections.abc import Mapping
from datetime import UTC

from longshore.domain.errors import Refused
from longshore.domain.places import RepositoryRef
from longshore.domain.releases import INDEX_MEDIA_TYPES
from longshore.events.documents import parse_document
from longshore_cli.doctor.lifecycle import Rule, StoredImage, parse_policy
from longshore_cli.doctor.platforms import (
    Platform,
    config_digest,
    is_index,
    platform_of,
    platforms_of_index,
)
from longshore_cli.doctor.reading import Answer, Reader

_IMAGES_A_PAGE = 1000
_MANIFESTS = sorted(
    INDEX_MEDIA_TYPES
    | {
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
    }
)


class Repositories:
    """Reads images, policies and manifests; what was read is not read again."""

    def __init__(self, reader: Reader) -> None:
        """Read with the caller's own credentials."""
        self._reader = reader
        self._images: dict[RepositoryRef, Mapping[str, StoredImage]] = {}
        self._policies: dict[RepositoryRef, tuple[Rule, ...]] = {}
        self._platforms: dict[tuple[RepositoryRef, str], frozenset[Platform]] = {}

    def images(self, repository: RepositoryRef) -> Mapping[str, StoredImage]:
        """Return every image by its digest, signatures too; a repository that is gone has none."""
        if repository not in self._images:
            details = self._reader.pages(
                ("ecr", "describe_images"),
                "imageDetails",
                "nextToken",
                region=repository.home.region,
                maxResults=_IMAGES_A_PAGE,
                **_where(repository),
            )
            try:
                stored = [_stored(detail) for detail in details]
            except Refused as error:
                if error.code != "RepositoryNotFoundException":
                    raise
                stored = []
            self._images[repository] = {image.digest: image for image in stored}
        return self._images[repository]

    def rules(self, repository: RepositoryRef) -> tuple[Rule, ...]:
        """Return the rules of a repository's lifecycle policy, none where it has no policy.

        Raises Refused, also for a policy that says what is not known here.
        """
        if repository not in self._policies:
            self._policies[repository] = self._rules(repository)
        return self._policies[repository]

    def _rules(self, repository: RepositoryRef) -> tuple[Rule, ...]:
        region = repository.home.region
        try:
            answer = self._reader.ask(
                "ecr", "get_lifecycle_policy", region=region, **_where(repository)
            )
        except Refused as error:
            if error.code == "LifecyclePolicyNotFoundException":
                return ()
            raise
        try:
            return parse_policy(answer["lifecyclePolicyText"])
        except ValueError as error:
            message = f"the lifecycle policy of {repository.name} was not understood: {error}"
            raise Refused(message, "UnknownPolicy") from None

    def settings(self, repository: RepositoryRef) -> Answer:
        """Return a repository as DescribeRepositories has it."""
        answer = self._reader.ask(
            "ecr",
            "describe_repositories",
            region=repository.home.region,
            registryId=repository.home.account,
            repositoryNames=[repository.name],
        )
        found: Answer = answer["repositories"][0]
        return found

    def platforms(self, repository: RepositoryRef, digest: str) -> frozenset[Platform]:
        """Return the platforms that an image is for; raise Refused where it names none."""
        key = (repository, digest)
        if key not in self._platforms:
            manifest = self._manifest(repository, digest)
            if is_index(manifest):
                self._platforms[key] = platforms_of_index(manifest)
            else:
                self._platforms[key] = self._platform_of_single(repository, manifest)
        return self._platforms[key]

    def _manifest(self, repository: RepositoryRef, digest: str) -> Mapping[str, object]:
        answer = self._reader.ask(
            "ecr",
            "batch_get_image",
            region=repository.home.region,
            imageIds=[{"imageDigest": digest}],
            acceptedMediaTypes=_MANIFESTS,
            **_where(repository),
        )
        if not answer.get("images"):
            failure: Answer = next(iter(answer.get("failures", ())), {})
            why = failure.get("failureReason") or failure.get("failureCode") or "no such image"
            raise Refused(f"{repository.name} gave no manifest of {digest}: {why}", "NoManifest")
        return _json(answer["images"][0]["imageManifest"], f"the manifest of {digest}")

    def _platform_of_single(
        self, repository: RepositoryRef, manifest: Mapping[str, object]
    ) -> frozenset[Platform]:
        config = config_digest(manifest)
        if config is None:
            raise Refused("the manifest names no configuration", "UnknownManifest")
        region = repository.home.region
        answer = self._reader.ask(
            "ecr",
            "get_download_url_for_layer",
            region=region,
            layerDigest=config,
            **_where(repository),
        )
        registry = self._reader.endpoint("ecr", region)
        blob = self._reader.download(answer["downloadUrl"], registry)
        found = platform_of(_json(blob, f"the configuration {config}"))
        if found is None:
            raise Refused("the image's configuration names no platform", "NoPlatform")
        return frozenset({found})


def _where(repository: RepositoryRef) -> dict[str, object]:
    return {"registryId": repository.home.account, "repositoryName": repository.name}


def _stored(detail: Answer) -> StoredImage:
    pulled = detail.get("lastRecordedPullTime")
    return StoredImage(
        digest=detail["imageDigest"],
        tags=tuple(detail.get("imageTags", ())),
        pushed_at=detail["imagePushedAt"].astimezone(UTC),
        pulled_at=pulled.astimezone(UTC) if pulled else None,
        archived=detail.get("imageStatus", "ACTIVE") == "ARCHIVED",
    )


def _json(text: str | bytes, what: str) -> Mapping[str, object]:
    try:
        return parse_document(text)
    except ValueError as error:
        raise Refused(f"{what} was not understood: {error}", "NoJson") from None
