"""Weak ways of choosing a release: by what events say, by other orders, from half a look."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from longshore.aws.directory import DynamoDirectory
from longshore.aws.ecs import AwsEcs
from longshore.aws.registry import EcrRegistry
from longshore.decide import promotion
from longshore.decide.promotion import Deploy, Move, Stay
from longshore.decide.selection import Chosen
from longshore.domain.configuration import StageImage
from longshore.domain.deployments import Trigger
from longshore.domain.errors import LongshoreError
from longshore.domain.holds import Veto
from longshore.domain.observations import EcsService
from longshore.domain.places import RepositoryRef, ServiceRef, StageId
from longshore.domain.policies import SemverPolicy
from longshore.domain.releases import RegistryImage, Release, ReleasedImage
from longshore.domain.stages import StageRecord, StageSnapshot
from longshore.domain.wakeups import Announced, Wakeup
from longshore.usecases.choose_release import choose_release
from longshore.usecases.look_at_registry import Look
from longshore.usecases.round import Ports, Round
from longshore.usecases.start_deployment import start_deployment
from tests.simulation.mutants.mutant import Mutant, replacing, together

if TYPE_CHECKING:
    from mypy_boto3_ecr.type_defs import DescribeImagesRequestTypeDef, DescribeImagesResponseTypeDef

CHOOSES = "longshore.usecases.reconcile.choose_release"

_tagged_images = EcrRegistry.tagged_images
_image_by_tag = EcrRegistry.image_by_tag
_describe = EcrRegistry._describe  # noqa: SLF001  what the weak one asks first
_describe_services = AwsEcs.describe_services
_kept_back = promotion._kept_back  # noqa: SLF001  what the weak one asks for everything else
_older = promotion._older  # noqa: SLF001  what the weak one asks for everything else


def _choose_last_announced(round_: Round, look: Look, wakeups: Sequence[Wakeup]) -> Move:
    """Bring what the last event told of, as if it were the newest."""
    return choose_release(round_, _announced_in(look, wakeups, round_.now), wakeups)


def _choose_announced(round_: Round, look: Look, wakeups: Sequence[Wakeup]) -> Move:
    """Bring what an event told of, in the order of the registry's push times."""
    registry = round_.ports.registry
    told = [wakeup.announced for wakeup in wakeups if wakeup.announced is not None]
    found = [registry.image_by_digest(each.repository, each.digest) for each in told[-1:]]
    pushed_at = found[0].pushed_at if found and found[0] else None
    return choose_release(round_, _announced_in(look, wakeups, pushed_at), wakeups)


def _announced_in(look: Look, wakeups: Sequence[Wakeup], at: datetime | None) -> Look:
    told = [wakeup.announced for wakeup in wakeups if wakeup.announced is not None]
    if not told or not isinstance(look.choice, Chosen):
        return look
    images = [_told(image, told[-1], at) for image in look.choice.release.images]
    return replace(look, choice=Chosen(Release.of(images)))


def _told(image: ReleasedImage, told: Announced, at: datetime | None) -> ReleasedImage:
    if image.repository != told.repository:
        return image
    return replace(image, tag=told.tag, digest=told.digest, pushed_at=at)


def _choose_as_if_pushed_now(round_: Round, look: Look, wakeups: Sequence[Wakeup]) -> Move:
    """Order releases by when they were looked at."""
    if not isinstance(look.choice, Chosen):
        return choose_release(round_, look, wakeups)
    images = [replace(image, pushed_at=round_.now) for image in look.choice.release.images]
    return choose_release(round_, replace(look, choice=Chosen(Release.of(images))), wakeups)


def _lower_is_fine(image: StageImage, reference: Release, candidate: Release) -> str:
    """Let the highest version ship that is left, however low."""
    if isinstance(image.selection, SemverPolicy):
        return ""
    return _older(image, reference, candidate)


def _listed_or_nothing(self: EcrRegistry, repository: RepositoryRef) -> Sequence[RegistryImage]:
    try:
        return _tagged_images(self, repository)
    except LongshoreError:
        return []


def _found_or_nothing(
    self: EcrRegistry, repository: RepositoryRef, tag: str
) -> RegistryImage | None:
    try:
        return _image_by_tag(self, repository, tag)
    except LongshoreError:
        return None


def _answer_or_end(
    self: EcrRegistry, repository: RepositoryRef, request: "DescribeImagesRequestTypeDef"
) -> "DescribeImagesResponseTypeDef":
    """Take the pages before one that fails as the whole."""
    try:
        return _describe(self, repository, request)
    except LongshoreError:
        if "nextToken" in request:
            return cast("DescribeImagesResponseTypeDef", {"imageDetails": []})
        raise


def _seen_or_gone(self: AwsEcs, services: Sequence[ServiceRef]) -> Mapping[ServiceRef, EcsService]:
    try:
        return _describe_services(self, services)
    except LongshoreError:
        return {}


def _veto_of_id(self: StageRecord, release: Release) -> Veto | None:
    """Know a release by its tags too: another name is another release."""
    return next((veto for veto in self.vetoes if veto.release.id == release.id), None)


def _newer_by_its_name(
    images: Sequence[StageImage], kept: Release, since: datetime, candidate: Release
) -> bool:
    del images, since
    return kept.id != candidate.id


def _ship_all(round_: Round, stage: StageRecord, candidate: Release) -> str:
    del round_, stage
    return f"{candidate} ships at once"


def _no_stages(self: DynamoDirectory) -> Sequence[StageId]:
    del self
    return ()


def _same_for_all(message_id: str, stage: StageId) -> str:
    del message_id
    return str(stage).replace("/", "-")


def _never_again(
    wakeups: Sequence[Wakeup], error: LongshoreError, ports: Ports, round_: Round | None
) -> None:
    del wakeups, error, ports, round_


def _kept_back_unpaused(snapshot: StageSnapshot, candidate: Release) -> Stay | None:
    unpaused = replace(snapshot, stage=replace(snapshot.stage, paused=None))
    return _kept_back(unpaused, candidate)


def _start_unpaused(round_: Round, move: Deploy, trigger: Trigger) -> None:
    round_.snapshot = replace(round_.snapshot, stage=replace(round_.stage, paused=None))
    start_deployment(round_, move, trigger)


MUTANTS = (
    Mutant(
        "last-event-wins",
        "what the last event announced is brought, however old it is",
        replacing(CHOOSES, _choose_last_announced),
    ),
    Mutant(
        "digest-of-the-event",
        "the digest that an event announced is brought, not the one that the tag names now",
        replacing(CHOOSES, _choose_announced),
    ),
    Mutant(
        "order-by-look",
        "releases are ordered by when they were looked at, not by when they were pushed",
        replacing(CHOOSES, _choose_as_if_pushed_now),
    ),
    Mutant(
        "deletion-deploys",
        "a lower version ships by itself when the higher one is deleted",
        replacing("longshore.decide.promotion._older", _lower_is_fine),
    ),
    Mutant(
        "failed-listing-is-empty",
        "a registry that could not be read counts as one without images",
        together(
            replacing("longshore.aws.registry.EcrRegistry.tagged_images", _listed_or_nothing),
            replacing("longshore.aws.registry.EcrRegistry.image_by_tag", _found_or_nothing),
        ),
    ),
    Mutant(
        "partial-listing-is-whole",
        "the pages before one that failed count as the whole listing",
        replacing("longshore.aws.registry.EcrRegistry._describe", _answer_or_end),
    ),
    Mutant(
        "failed-look-is-gone",
        "services that could not be looked at count as deleted",
        replacing("longshore.aws.ecs.AwsEcs.describe_services", _seen_or_gone),
    ),
    Mutant(
        "veto-by-tag",
        "a vetoed release ships under another tag",
        together(
            replacing("longshore.domain.stages.StageRecord.veto_of", _veto_of_id),
            replacing("longshore.decide.promotion._is_newer", _newer_by_its_name),
        ),
    ),
    Mutant(
        "apply-deploys",
        "what the policies choose when a stage is adopted ships at once",
        replacing("longshore.usecases.adopt_stage._why_it_may_ship", _ship_all),
    ),
    Mutant(
        "no-sweep",
        "nobody looks for what no event told of",
        replacing("longshore.aws.directory.DynamoDirectory.all_stages", _no_stages),
    ),
    Mutant(
        "deduplication-by-stage",
        "wake-ups of a stage within five minutes are one",
        replacing("longshore.aws.queues.deduplication_id", _same_for_all),
    ),
    Mutant(
        "throttled-work-is-dropped",
        "what meets a busy AWS is not looked at again",
        replacing("longshore.usecases.reconcile.come_again", _never_again),
    ),
    Mutant(
        "a-pause-is-not-asked",
        "a stage that a person paused moves by itself",
        replacing("longshore.decide.promotion._kept_back", _kept_back_unpaused),
    ),
    Mutant(
        "a-pause-ends-with-a-deployment",
        "what a person lets through ends the pause that it passes",
        replacing("longshore.usecases.choose_release.start_deployment", _start_unpaused),
    ),
)
