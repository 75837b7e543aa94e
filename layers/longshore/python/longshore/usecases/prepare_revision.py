"""See to it that a revision with the content that is asked for exists, and only one."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from longshore.decide.rendering import (
    FINGERPRINT_TAG,
    TAG_PREFIX,
    Rendered,
    UnknownContainerError,
    containers_of,
    managed_containers,
    references_for,
    render,
)
from longshore.domain.configuration import Base, TargetSpec
from longshore.domain.deployments import DeploymentRecord, Leg, LegState
from longshore.domain.errors import NotPermitted, Refused, Throttled
from longshore.domain.observations import DescribedRevision, EcsService, TaskDefinition
from longshore.domain.rates import ApiClass
from longshore.domain.references import parse_ecr_image, pinned_digest, without_version
from longshore.domain.releases import Release
from longshore.domain.stages import Registration, Stable
from longshore.usecases.move_service import Way
from longshore.usecases.ports import Changes, KnownRevision
from longshore.usecases.round import NotShownYetError, Round

AWS_TAG_PREFIX = "aws:"
"""Tags that AWS itself sets, such as CloudFormation on what it creates; nobody else may."""


@dataclass(frozen=True, slots=True)
class _Order:
    """A revision that is asked for: what it starts from, and the images it shall run."""

    base: DescribedRevision
    references: Mapping[str, str]
    release: Release | None


def prepare_forward(
    round_: Round, spec: TargetSpec, service: EcsService, deployment: DeploymentRecord
) -> Way:
    """Return the way forward with the revision that runs the deployment's release."""
    leg = round_.target(spec.service).forward
    if leg.revision is not None:
        return Way(leg)
    name = service.task_definition
    if spec.base is Base.LATEST:
        name = name.rpartition("/")[2].partition(":")[0]
    base = round_.ports.ecs.describe_revision(spec.service.home, name)
    _follow_other_hands(round_, spec, service, base)
    references = references_for(base.definition, spec, deployment.release)
    return _prepare(round_, spec, Way(leg), _Order(base, references, deployment.release))


def prepare_back(round_: Round, spec: TargetSpec, leg: Leg, stable: Stable) -> Way:
    """Return the way back with a revision that pins the stable digests.

    What was adopted may name its images by tag, and a tag may name the very image that failed by
    now: ECS resolves tags anew for each deployment.
    """
    way = Way(leg, back=True)
    if leg.revision is not None:
        return way
    base = round_.ports.ecs.describe_revision(spec.service.home, stable.revision)
    references = _pinned(round_, spec, base, dict(stable.digests))
    return _prepare(round_, spec, way, _Order(base, references, round_.stage.stable))


def _pinned(
    round_: Round, spec: TargetSpec, base: DescribedRevision, digests: Mapping[str, str]
) -> dict[str, str]:
    """Return the references that pin digests, each in the repository that its container runs.

    A digest was seen there. What the alias names now may be another repository, and the stable
    release may be older than the alias.
    """
    images = containers_of(base.definition)
    references = {
        name: f"{without_version(images[name])}@{digests[alias]}"
        for name, alias in _managed(round_, spec, base.definition).items()
        if alias in digests
    }
    by_tag = any(parse_ecr_image(each) and not pinned_digest(each) for each in images.values())
    if digests and not references and by_tag:
        raise Refused(
            f"what {base.arn.rpartition('/')[2]} ran when it was verified is known by other names "
            "than the configuration has now: bring the service to one that you trust by hand",
            "DigestUnknown",
        )
    return references


def _managed(round_: Round, spec: TargetSpec, definition: TaskDefinition) -> dict[str, str]:
    """Return the alias of each container that runs an image of the stage, as it is or was.

    An older revision need not have the containers that the configuration names now.
    """
    stable = round_.stage.stable
    found: dict[str, str] = {}
    for images in (round_.snapshot.spec.images, stable.images if stable else ()):
        repositories = {image.alias: image.repository for image in images}
        try:
            found |= managed_containers(definition, spec, repositories)
        except UnknownContainerError:
            with suppress(UnknownContainerError):
                unnamed = replace(spec, containers=())
                found |= managed_containers(definition, unnamed, repositories)
    return found


def _prepare(round_: Round, spec: TargetSpec, way: Way, order: _Order) -> Way:
    """Find the revision that is asked for, or register it; then it is known.

    Where the one that it starts from is what is asked for, it is known from then on if it is ours.
    Another's is not: we may have registered the same content ourselves.
    """
    rendered = _render(round_, order)
    leg = replace(way.leg, fingerprint=rendered.fingerprint)
    if _runs(order.base, order.references) and _is_active(order.base):
        there = replace(way, leg=replace(leg, revision=order.base.arn))
        ours = (FINGERPRINT_TAG, rendered.fingerprint) in order.base.tags
        return replace(there, known=(_known(spec, rendered, order.base.arn),)) if ours else there
    revision = _find(round_, spec, way.leg, rendered) or _register(round_, spec, way, rendered)
    known = _known(spec, rendered, revision)
    return replace(way, leg=replace(leg, revision=revision), known=(known,))


def _known(spec: TargetSpec, rendered: Rendered, revision: str) -> KnownRevision:
    return KnownRevision(spec.service.home, rendered.family, rendered.fingerprint, revision)


def _runs(base: DescribedRevision, references: Mapping[str, str]) -> bool:
    running = containers_of(base.definition)
    return all(running[name] == reference for name, reference in references.items())


def _render(round_: Round, order: _Order) -> Rendered:
    own = {f"{TAG_PREFIX}stage": str(round_.stage.id)}
    if order.release is not None:
        own[f"{TAG_PREFIX}release"] = order.release.id
    return render(
        order.base.definition,
        [{"key": k, "value": v} for k, v in order.base.tags if not k.startswith(AWS_TAG_PREFIX)],
        order.references,
        read_only=round_.ports.ecs.read_only_fields(),
        own_tags=own,
    )


def _find(round_: Round, spec: TargetSpec, leg: Leg, rendered: Rendered) -> str | None:
    """Find a revision of this content: one we know, or one that a lost reply kept from us.

    Raises:
        NotShownYetError: it may have been registered, so recently that no listing need show it.
    """
    home, fingerprint = spec.service.home, rendered.fingerprint
    known = round_.ports.ledger.known_revision(home, rendered.family, fingerprint)
    if known is not None and _is_there(round_, spec, known):
        return known
    asked = any(each.fingerprint == fingerprint for each in round_.target(spec.service).sought)
    if not asked and leg.fingerprint != fingerprint:
        return None
    found = round_.ports.ecs.find_registered(home, rendered.family, (FINGERPRINT_TAG, fingerprint))
    if found is None and asked:
        raise NotShownYetError(f"a new revision of {rendered.family} may not be listed yet")
    return found


def _is_there(round_: Round, spec: TargetSpec, revision: str) -> bool:
    """Whether a known revision can still be used: somebody may have deleted it."""
    try:
        return _is_active(round_.ports.ecs.describe_revision(spec.service.home, revision))
    except Refused:
        return False


def _is_active(revision: DescribedRevision) -> bool:
    """Whether a revision can still be used: somebody may have deregistered it."""
    return revision.definition.get("status") == "ACTIVE"


def _register(round_: Round, spec: TargetSpec, way: Way, rendered: Rendered) -> str:
    """Register a revision, the intent first: what is asked for is sought until it is found."""
    if way.back:
        _refuse_tags(round_, spec, rendered)
    service = spec.service
    registering = replace(way.leg, state=LegState.REGISTERING, fingerprint=rendered.fingerprint)
    asked = Registration(rendered.family, rendered.fingerprint, round_.ports.clock.now())
    seeking = round_.target(service).going(registering, back=way.back).seeking(asked)
    round_.check_time()
    token = round_.token(service, ApiClass.REGISTER)
    round_.commit(Changes(targets=(seeking,), token=token))
    round_.check_time()
    try:
        revision = round_.ports.ecs.register(service.home, rendered.definition)
    except (Throttled, NotPermitted, Refused):
        # Nothing took effect, so there is nothing to look for.
        round_.commit(Changes(targets=(round_.target(service).found(asked.fingerprint),)))
        raise
    round_.ecs_writes += 1
    return revision


def _refuse_tags(round_: Round, spec: TargetSpec, rendered: Rendered) -> None:
    """Refuse a way back that would name an image of the stage by a tag.

    What was adopted by tag and never seen running can be gone back to as it is, not copied.
    """
    images = containers_of(rendered.definition)
    for name in _managed(round_, spec, rendered.definition):
        if pinned_digest(images[name]) is None:
            raise Refused(
                f"{rendered.family} would run {images[name]} in {name}, and nobody knows which "
                "digest that was: push a newer image, or bring the service to a revision that you "
                "trust by hand",
                "DigestUnknown",
            )


def _follow_other_hands(
    round_: Round, spec: TargetSpec, service: EcsService, base: DescribedRevision
) -> None:
    """Return, if need be, to what others made of the stable release, not to what we left.

    Somebody may have changed the environment or the size since the last deployment: where the
    service has settled on a revision that runs the stable images, that one is the stable revision.
    """
    target, release = round_.target(spec.service), round_.stage.stable
    if target.stable is None or release is None or target.stable.revision == base.arn:
        return
    if base.arn != service.task_definition or len(service.deployments) > 1:
        return
    if _runs(base, references_for(base.definition, spec, release)):
        stable = replace(target.stable, revision=base.arn)
        round_.commit(Changes(targets=(replace(target, stable=stable),)))
