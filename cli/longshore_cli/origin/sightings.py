"""Images as the stages know them: by which deployment each came, and where it runs. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.origins import Origin
from longshore.domain.places import StageId
from longshore.domain.references import without_version
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import StageSnapshot

_ENDED_BADLY = frozenset({Phase.FAILED, Phase.ROLLED_BACK, Phase.SUPERSEDED, Phase.ABORTED})


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one stage tells of images: what runs there, and its deployments, newest first."""

    stage: StageId
    live: Release | None = None
    known: tuple[Release, ...] = ()
    history: tuple[DeploymentRecord, ...] = ()

    @property
    def releases(self) -> Iterator[Release]:
        """Every release that is known, what runs first."""
        yield from (self.live,) if self.live else ()
        yield from self.known
        yield from (each.release for each in self.history)

    def images(self, digest: str) -> Iterator[ReleasedImage]:
        """Yield a digest as the releases have it."""
        images = (image for release in self.releases for image in release.images)
        return (image for image in images if image.digest == digest)


@dataclass(frozen=True, slots=True)
class TaskContainer:
    """A container; `digest` is None as long as ECS has not pulled its image."""

    name: str
    image: str
    digest: str | None

    @property
    def repository(self) -> str:
        """Where its image lies."""
        return without_version(self.image)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenImage:
    """An image that was asked about; `came` are the deployments with which it came to a stage.

    `looked` are the stages that were asked, `live_in` those of them that run it.
    """

    digest: str
    repository: str | None = None
    aliases: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    came: tuple[DeploymentRecord, ...] = ()
    live_in: tuple[StageId, ...] = ()
    looked: tuple[StageId, ...] = ()

    @property
    def reference(self) -> str:
        """The image as far as it is known where it lies."""
        return f"{self.repository}@{self.digest}" if self.repository else self.digest

    @property
    def deployments(self) -> Sequence[DeploymentRecord]:
        """The deployment that brought it, of each stage: the newest, a bad end only at need."""
        best: dict[StageId, DeploymentRecord] = {}
        for each in self.came:
            held = best.setdefault(each.stage, each)
            if held.phase in _ENDED_BADLY and each.phase not in _ENDED_BADLY:
                best[each.stage] = each
        return list(best.values())

    @property
    def told(self) -> tuple[DeploymentRecord, Origin] | None:
        """Where it came from as who asked for a deployment said; None where nobody did.

        Of a stage's first deployment nobody knows which of several images it was about.
        """
        for each in (*self.deployments, *self.came):
            alone = each.before is not None or len(each.release.images) == 1
            origin = each.trigger.origin
            if alone and origin is not None and (origin.execution or origin.commit):
                return each, origin
        return None


def sighting_of(snapshot: StageSnapshot, history: Sequence[DeploymentRecord]) -> Sighting:
    """Return what a stage tells: what it runs, ran, is being brought to, and refuses."""
    stage = snapshot.stage
    coming = (snapshot.deployment.release,) if snapshot.deployment else ()
    vetoed = tuple(veto.release for veto in stage.vetoes)
    return Sighting(
        stage.id, stage.live or stage.found, (*stage.verified, *coming, *vetoed), tuple(history)
    )


def seen_images(
    digest: str, repository: str | None, sightings: Sequence[Sighting]
) -> Sequence[SeenImage]:
    """Return a digest as the stages know it: one image for each repository that it lies in."""
    found = [image for each in sightings for image in each.images(digest)]
    there = _each_once(image.repository.uri for image in found)
    wanted = (repository,) if repository is not None else there or (None,)
    return [_seen(digest, each, sightings) for each in wanted]


def _seen(digest: str, repository: str | None, sightings: Sequence[Sighting]) -> SeenImage:
    def here(image: ReleasedImage) -> bool:
        return image.digest == digest and image.repository.uri == repository

    def runs(release: Release | None) -> bool:
        return release is not None and any(map(here, release.images))

    found = [image for each in sightings for image in each.images(digest) if here(image)]
    return SeenImage(
        digest=digest,
        repository=repository,
        aliases=_each_once(image.alias for image in found),
        tags=_each_once(image.tag for image in found if image.tag),
        came=tuple(
            deployment
            for each in sightings
            for deployment in each.history
            if runs(deployment.release) and not runs(deployment.before)
        ),
        live_in=tuple(each.stage for each in sightings if runs(each.live)),
        looked=tuple(each.stage for each in sightings),
    )


def images_of(release: Release, sighting: Sighting) -> Sequence[SeenImage]:
    """Return the images of a stage's release, each by the tag that the release has."""
    return [
        replace(
            _seen(image.digest, image.repository.uri, [sighting]),
            aliases=(image.alias,),
            tags=(image.tag,) if image.tag else (),
        )
        for image in release.images
    ]


def _each_once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
