"""What the command reads to find an image's way: the ledger, and ECS and ECR where it must."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from longshore.aws.image_sources import EcrSources
from longshore.domain.chat import Commit
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.errors import LongshoreError
from longshore.domain.places import StageId
from longshore.domain.references import parse_ecr_image
from longshore_cli.access import Access
from longshore_cli.doctor.reading import Reader
from longshore_cli.errors import CommandError
from longshore_cli.installation import Installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.origin.asked import Asked, AskedDeployment, AskedImage, AskedStage, AskedTask
from longshore_cli.origin.sightings import (
    SeenImage,
    Sighting,
    images_of,
    seen_images,
    sighting_of,
)
from longshore_cli.origin.stages import NEWEST, Stages
from longshore_cli.origin.tasks import SeenTask, describe_task
from longshore_cli.origin.trails import Found, Trail, way_of


class OriginReader:
    """Finds where images came from."""

    def __init__(self, access: Access, installation: Installation) -> None:
        """Read with the caller's own credentials."""
        self._access = access
        self._home = installation.home
        self._ledger = LedgerView(access, installation)
        self._stages = Stages(self._ledger)
        self._reader = Reader(access)

    def find(self, asked: Asked) -> Found:
        """Answer a question; raise CommandError where nothing is known."""
        match asked:
            case AskedStage():
                return self._of_stage(asked.stage)
            case AskedDeployment():
                return self._of_deployment(asked.stage, asked.number)
            case AskedImage():
                return self._of_image(asked)
            case AskedTask():
                return self._of_task(asked, describe_task(self._access, asked))

    # ── what is asked about ───────────────────────────────────────────────────────────────────

    def _of_stage(self, stage: StageId) -> Found:
        snapshot = self._ledger.existing(stage)
        release = snapshot.stage.live or snapshot.stage.found
        if release is None:
            raise CommandError(
                f"it is not known what {stage} runs: it is not adopted yet, or was left half way",
                next_step=f"longshore status {stage}",
            )
        history = _succeeded(self._ledger.deployments(stage, NEWEST))
        coming = snapshot.deployment
        also = f"; {coming.name} is bringing {coming.release}" if coming else ""
        seen = images_of(release, sighting_of(snapshot, history))
        return Found(f"{stage} runs {release}{also}", list(map(self._follow, seen)))

    def _of_deployment(self, stage: StageId, number: int) -> Found:
        asked = self._ledger.deployment(stage, number)
        if asked is None:
            self._ledger.existing(stage)
            raise CommandError(
                f"there is no deployment {stage}#{number}: they are kept for a year",
                next_step=f"longshore history {stage}",
            )
        before = self._ledger.deployments(stage, NEWEST, up_to=number - 1) if number > 1 else ()
        seen = images_of(asked.release, Sighting(stage, history=(asked, *_succeeded(before))))
        return Found(f"{asked.name}: {asked.release}, {asked.phase}", list(map(self._follow, seen)))

    def _of_image(self, asked: AskedImage) -> Found:
        sightings = list(self._stages.knowing(asked.digest))
        seen = seen_images(asked.digest, asked.repository, sightings)
        trails = list(map(self._follow, seen))
        if not any(trail.known for trail in trails):
            raise CommandError(
                f"nothing is known here of {trails[0].image.reference}",
                next_step="longshore status -o json has what each stage runs and ran",
                details=_whys(trails[0]),
            )
        return Found(f"{asked.digest} {_where(trails)}", trails)

    def _of_task(self, asked: AskedTask, task: SeenTask) -> Found:
        stage = self._stage_of(asked, task)
        trails = [
            trail
            for (repository, digest), names in task.pulled.items()
            for trail in self._in_task(AskedImage(digest, repository), names, stage)
        ]
        known = [trail for trail in trails if trail.known]
        told = {name for trail in known for name in trail.image.containers}
        others = [each for each in task.containers if each.name not in told]
        if not known:
            raise CommandError(
                f"nothing is known here of what task {asked.id} in {asked.cluster} runs",
                next_step="longshore status lists the stages of this installation",
                details=tuple(f"{each.name}: {each.image}" for each in others),
            )
        of = f", of {stage}" if stage else ""
        return Found(f"task {asked.id} in {asked.cluster}{of}", known, others)

    def _in_task(
        self, image: AskedImage, names: tuple[str, ...], stage: StageId | None
    ) -> Iterator[Trail]:
        stages = self._stages
        sightings = [stages.sighting(stage)] if stage else list(stages.knowing(image.digest))
        for seen in seen_images(image.digest, image.repository, sightings):
            yield self._follow(replace(seen, containers=names))

    # ── where it is looked for ────────────────────────────────────────────────────────────────

    def _stage_of(self, asked: AskedTask, task: SeenTask) -> StageId | None:
        stage = self._ledger.stage_of_ecs_deployment(asked.home, task.started_by)
        if stage is None and task.service is not None:
            stage = self._ledger.owner(task.service)
        return stage

    # ── the way on ────────────────────────────────────────────────────────────────────────────

    def _follow(self, image: SeenImage) -> Trail:
        """Return all that is found of an image's way; its labels are a last resort."""
        built = self._ledger.built(image.digest)
        way = way_of(image, built)
        execution = way.execution(self._home) if way else None
        links = map(self._ledger.push_link, way.links if way else ())
        link = next((each for each in links if each), None)
        trail = Trail(
            image=image,
            built=built,
            timeline=self._ledger.timeline(execution) if execution else None,
            link=link,
            push=self._ledger.push(link.push) if link else None,
        )
        if trail.commit is not None:
            return trail
        labelled, why = self._labels(image)
        return replace(trail, labelled=labelled, labels=why)

    def _labels(self, image: SeenImage) -> tuple[Commit | None, str]:
        lies = parse_ecr_image(image.reference)
        if image.repository is None or lies is None:
            return None, "its labels are not read, for no ECR repository is known where it lies"
        registry = self._reader.endpoint("ecr", lies.region)
        sources = EcrSources(
            self._access.gate,
            self._access.clients,
            lambda url: self._reader.download(url, registry),
        )
        try:
            found = sources.read(image.repository, image.digest)
        except LongshoreError as error:
            return None, f"its labels cannot be read: {error}"
        return found, "" if found else "its labels name none (org.opencontainers.image.revision)"


def _succeeded(history: Sequence[DeploymentRecord]) -> Sequence[DeploymentRecord]:
    return [each for each in history if each.phase is Phase.SUCCEEDED]


def _where(trails: Sequence[Trail]) -> str:
    stages = [str(stage) for trail in trails for stage in trail.image.live_in]
    return f"runs in {', '.join(stages)}" if stages else "runs in no stage"


def _whys(trail: Trail) -> tuple[str, ...]:
    whys = (trail.why_no_deployment, trail.why_no_build, trail.why_no_commit)
    return tuple(why for why in whys if why)
