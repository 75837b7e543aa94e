"""Amazon ECR in memory: the repositories of one registry, and the events that tell of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from longshore.domain.places import Home
from longshore_local.awsjson.errors import ApiError
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.surroundings import HOME, Clock, Emit, Event
from tests.simulation.cloud.api import Output, Params
from tests.simulation.cloud.images import events, refusals, views
from tests.simulation.cloud.images.manifests import read_manifest
from tests.simulation.cloud.images.pages import LARGEST_PAGE, page
from tests.simulation.cloud.images.repository import ExpiryRule, Image, Mutability, Repository

_EXCLUSIONS = {"MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"}


class Ecr:
    """The registry of one account and region; `emit` hears what EventBridge would deliver.

    `page` is the most images that a page of DescribeImages has, whatever was asked for: small
    registries have pages too. Layers are not played, so a push never lacks one.
    """

    def __init__(
        self,
        clock: Clock,
        emit: Emit,
        *,
        home: Home = HOME,
        ids: Ids | None = None,
        page: int = LARGEST_PAGE,
    ) -> None:
        """Begin without repositories; `ids` name the events."""
        self._clock = clock
        self._emit = emit
        self._home = home
        self._ids = ids or Ids("ecr")
        self._page = page
        self._repositories: dict[str, Repository] = {}
        self._operations: Mapping[str, Callable[[Params], Output]] = {
            "CreateRepository": self._create_repository,
            "DeleteRepository": self._delete_repository,
            "DescribeRepositories": self._describe_repositories,
            "PutImageTagMutability": self._put_image_tag_mutability,
            "PutImage": self._put_image,
            "BatchDeleteImage": self._batch_delete_image,
            "DescribeImages": self._describe_images,
        }

    def call(self, operation: str, parameters: Params) -> Output:
        """Answer a call; raise ApiError for what ECR refuses."""
        perform = self._operations.get(operation)
        if perform is None:
            raise ApiError("UnknownOperationException", f"{operation} is not played here.")
        return perform(parameters)

    def expire(self, repository: str, rule: ExpiryRule) -> list[str]:
        """Let a lifecycle rule remove what it concerns; return the digests that went."""
        found = self._repositories[repository]
        gone = found.expired(rule)
        for image in gone:
            self._remove(found, image)
        return [image.digest for image in gone]

    # ── for whoever looks from outside ──────────────────────────────────────────────────────

    def find(self, repository: str, digest: str | None, tag: str | None) -> Output | None:
        """Return an image as DescribeImages gives it, None where there is none."""
        found = self._repositories.get(repository)
        image = found.find(digest, tag) if found else None
        return views.detail(found, image) if found and image else None

    def tags(self, repository: str) -> dict[str, str]:
        """Return the digest of each tag that names an image; signatures and the like are none."""
        images = self._repositories[repository].tags.items()
        return {tag: image.digest for tag, image in images if image.manifest.can_run}

    def manifest(self, repository: str, digest: str) -> str | None:
        """Return the manifest of a digest, to push it again; None where there is none."""
        image = self._repositories[repository].find(digest, None)
        return image.manifest.text if image else None

    # ── repositories ────────────────────────────────────────────────────────────────────────

    def _create_repository(self, parameters: Params) -> Output:
        name = str(parameters["repositoryName"])
        registry = self._home.account
        if name in self._repositories:
            raise refusals.repository_exists(name, registry)
        chosen = _mutability(parameters)
        repository = Repository(name, registry, self._clock().replace(microsecond=0), chosen)
        self._repositories[name] = repository
        return {"repository": views.described(repository, self._home)}

    def _delete_repository(self, parameters: Params) -> Output:
        repository = self._repository(parameters)
        if repository.images and parameters.get("force") is not True:
            raise refusals.repository_not_empty(repository.name, repository.registry)
        del self._repositories[repository.name]
        return {"repository": views.described(repository, self._home)}

    def _describe_repositories(self, parameters: Params) -> Output:
        names = parameters.get("repositoryNames")
        wanted = names if isinstance(names, list | tuple) else list(self._repositories)
        found = [self._repository({**parameters, "repositoryName": name}) for name in wanted]
        return {"repositories": [views.described(each, self._home) for each in found]}

    def _put_image_tag_mutability(self, parameters: Params) -> Output:
        repository = self._repository(parameters)
        repository.mutability = _mutability(parameters)
        return {
            "registryId": repository.registry,
            "repositoryName": repository.name,
            **views.mutability(repository.mutability),
        }

    # ── images ──────────────────────────────────────────────────────────────────────────────

    def _put_image(self, parameters: Params) -> Output:
        repository = self._repository(parameters)
        text, given = str(parameters["imageManifest"]), parameters.get("imageManifestMediaType")
        manifest = read_manifest(text, None if given is None else str(given))
        if parameters.get("imageDigest", manifest.digest) != manifest.digest:
            raise refusals.other_digest(parameters["imageDigest"], manifest.digest)
        tag = None if parameters.get("imageTag") is None else str(parameters["imageTag"])
        repository.check(manifest, tag)
        repository.put(manifest, tag, self._clock())
        self._tell(events.pushed(repository.name, manifest, tag))
        named = {"imageDigest": manifest.digest}
        return {
            "image": {
                "registryId": repository.registry,
                "repositoryName": repository.name,
                "imageId": named if tag is None else {**named, "imageTag": tag},
                "imageManifest": manifest.text,
                "imageManifestMediaType": manifest.media_type,
            }
        }

    def _batch_delete_image(self, parameters: Params) -> Output:
        repository = self._repository(parameters)
        gone: list[Output] = []
        failures: list[Output] = []
        for wanted in _image_ids(parameters):
            kept = repository.why_kept(wanted.get("imageDigest"), wanted.get("imageTag"))
            if kept is None:
                gone += self._delete(repository, wanted)
            else:
                code, reason = kept
                failures.append(
                    {"imageId": dict(wanted), "failureCode": code, "failureReason": reason}
                )
        # The service model wants one image at least where it is told of any.
        return {"imageIds": gone, "failures": failures} if gone else {"failures": failures}

    def _delete(self, repository: Repository, wanted: Params) -> Iterator[Output]:
        """Delete by tag, which leaves an image that has others, or by digest, which does not."""
        digest, tag = wanted.get("imageDigest"), wanted.get("imageTag")
        image = repository.find(digest, tag)
        assert image is not None
        tags = list(image.tags)
        if isinstance(tag, str) and len(tags) > 1:
            repository.untag(tag)
            self._tell(events.deleted(repository.name, image, tag))
            tags = [tag]
        else:
            self._remove(repository, image)
        for each in tags:
            yield {"imageDigest": image.digest, "imageTag": each}
        if not tags:
            yield {"imageDigest": image.digest}

    def _remove(self, repository: Repository, image: Image) -> None:
        repository.remove(image)
        for tag in image.tags or (None,):
            self._tell(events.deleted(repository.name, image, tag))

    def _describe_images(self, parameters: Params) -> Output:
        repository = self._repository(parameters)
        if "imageIds" not in parameters:
            return page(repository, parameters, self._page)
        if "maxResults" in parameters or "nextToken" in parameters:
            raise refusals.invalid("imageIds", "cannot be specified with maxResults or nextToken")
        found: dict[str, Image] = {}
        for wanted in _image_ids(parameters):
            digest, tag = wanted.get("imageDigest"), wanted.get("imageTag")
            image = repository.find(digest, tag)
            if image is None:
                raise refusals.no_image(digest, tag, repository.name, repository.registry)
            found[image.digest] = image
        return {"imageDetails": [views.detail(repository, image) for image in found.values()]}

    # ── registry ────────────────────────────────────────────────────────────────────────────

    def _repository(self, parameters: Params) -> Repository:
        name = str(parameters["repositoryName"])
        registry = str(parameters.get("registryId", self._home.account))
        repository = self._repositories.get(name)
        if repository is None or registry != repository.registry:
            raise refusals.no_repository(name, registry)
        return repository

    def _tell(self, detail: Event) -> None:
        self._emit(events.event(self._home, self._ids, self._clock(), detail))


def _mutability(parameters: Params) -> Mutability:
    setting = str(parameters.get("imageTagMutability", "MUTABLE"))
    filters = parameters.get("imageTagMutabilityExclusionFilters", ())
    assert isinstance(filters, list | tuple)
    if bool(filters) is not (setting in _EXCLUSIONS):
        constraint = "go with MUTABLE_WITH_EXCLUSION or IMMUTABLE_WITH_EXCLUSION, and these with it"
        raise refusals.invalid("imageTagMutabilityExclusionFilters", constraint)
    return Mutability(setting, tuple(str(each["filter"]) for each in filters))


def _image_ids(parameters: Params) -> Sequence[Params]:
    found = parameters["imageIds"]
    assert isinstance(found, list | tuple)
    return found
