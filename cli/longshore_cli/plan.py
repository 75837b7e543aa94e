"""What applying a configuration would do, worked out with the caller's own eyes.

The rules are those of the reconciler: what can be deployed to, which containers an image belongs
to, what a service runs, what a policy chooses. Nothing is written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from longshore.decide.adoption import common_digests, name_image, running_by_alias
from longshore.decide.rendering import UnknownContainerError, managed_containers
from longshore.decide.selection import Chosen
from longshore.decide.support import refusal_of
from longshore.domain.configuration import Base, Configuration, Mode, StageSpec, TargetSpec
from longshore.domain.observations import DescribedRevision, EcsService, TaskDefinition
from longshore.domain.places import ServiceRef
from longshore.domain.releases import Release
from longshore.domain.stages import Stable
from longshore.domain.stop_switch import Freeze
from longshore.events.outbound import release_detail
from longshore.usecases.look_at_registry import look_at_registry
from longshore.usecases.ports import Ecs, Registry
from longshore_cli.ledger_view import LedgerView
from longshore_cli.plan_live import Known, known_of
from longshore_cli.wording import release_text, revision_text


@dataclass(frozen=True, slots=True)
class Eyes:
    """Where a plan looks: ECS and the registry for what is, the ledger for what is known."""

    ecs: Ecs
    registry: Registry
    ledger: LedgerView


@dataclass(frozen=True, slots=True)
class TargetPlan:
    """One target: what it runs and which containers would follow, or why it cannot be taken."""

    service: ServiceRef
    revision: str = ""
    containers: Mapping[str, str] | None = None
    digests: Mapping[str, str] | None = None
    refusal: str = ""

    @property
    def shown(self) -> Stable:
        """What ECS shows of the service."""
        return Stable(self.revision, tuple(sorted((self.digests or {}).items())))

    def as_json(self) -> dict[str, object]:
        """Return the target for programs."""
        return {
            "service": str(self.service),
            "revision": self.revision or None,
            "containers": dict(self.containers or {}),
            "runs": dict(self.digests or {}),
            "refusal": self.refusal or None,
        }


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage: what is adopted, what the policies choose now, and what follows from it.

    `known` is what the ledger has of it, None where what `runs` is adopted. `frozen` says who froze
    it, when and why.
    """

    spec: StageSpec
    targets: tuple[TargetPlan, ...]
    runs: Release | None
    chosen: Release | None
    nothing: str
    deploy: bool
    known: Known | None = None
    frozen: str = ""

    @property
    def deploys(self) -> bool:
        """Whether something is deployed at once."""
        observed = self.spec.mode is Mode.OBSERVE
        return self.deploy and self._differs and not self._refused and not observed

    @property
    def then(self) -> str:
        """What happens when this is applied, in a sentence."""
        if self._refused:
            return "nothing: a service of the stage is refused, and the file with it"
        if self.spec.mode is Mode.OBSERVE:
            return (
                "nothing is changed in ECS, whatever is pushed: the stage only observes, and tells "
                "what it would deploy"
            )
        if self.chosen is None:
            return f"nothing is deployed: {self.nothing}"
        return self._of_choice(self.chosen)

    def _of_choice(self, chosen: Release) -> str:
        if not self._differs:
            return self._standing.why_nothing(chosen)
        if self.deploy and self.frozen:
            return f"{chosen} is deployed when the freeze ends: {self.frozen}"
        if self.deploy:
            return f"{chosen} is deployed at once, because of --deploy"
        return (
            f"nothing is deployed until something newer than {chosen} is pushed; "
            "--deploy deploys it at once"
        )

    @property
    def _refused(self) -> bool:
        return any(target.refusal for target in self.targets)

    @property
    def _differs(self) -> bool:
        if self.chosen is None:
            return False
        return not self._standing.has(self.chosen)

    @property
    def adopts(self) -> bool:
        """Whether what runs is, or stays, what counts as live."""
        return self.runs is not None and not self._standing.moved

    @property
    def _standing(self) -> Known:
        return self.known or Known(self.runs)

    def as_json(self) -> dict[str, object]:
        """Return the stage for programs."""
        return {
            "stage": str(self.spec.id),
            "mode": self.spec.mode.value,
            "runs": release_detail(self.runs) if self.runs else None,
            **self._standing.as_json(),
            "chooses": release_detail(self.chosen) if self.chosen else None,
            "deploys": self.deploys,
            "then": self.then,
            "targets": [target.as_json() for target in self.targets],
        }


def plan_stages(eyes: Eyes, configuration: Configuration) -> Sequence[StagePlan]:
    """Return the plan of each stage; raise what AWS raises, such as NotPermitted."""
    switch = eyes.ledger.switch()
    plans = [_plan_stage(eyes, spec, deploy=configuration.deploy) for spec in configuration.stages]
    return [_under(switch.over(plan.spec.id), plan) for plan in plans]


def _under(freeze: Freeze | None, plan: StagePlan) -> StagePlan:
    return replace(plan, frozen=freeze.told) if freeze else plan


def _plan_stage(eyes: Eyes, spec: StageSpec, *, deploy: bool) -> StagePlan:
    targets = tuple(_plan_targets(eyes, spec))
    choice = look_at_registry(spec.images, eyes.registry).choice
    taken = [target.digests or {} for target in targets if not target.refusal]
    digests = common_digests(taken, spec.images) if taken else None
    seen = {each.service: each.shown for each in targets if not each.refusal}
    return StagePlan(
        spec=spec,
        targets=targets,
        runs=_release(eyes.registry, spec, digests) if digests else None,
        chosen=choice.release if isinstance(choice, Chosen) else None,
        nothing="" if isinstance(choice, Chosen) else choice.reason,
        deploy=deploy,
        known=known_of(eyes.ledger, spec, seen, eyes.registry),
    )


def _release(registry: Registry, spec: StageSpec, digests: Mapping[str, str]) -> Release:
    return Release.of(
        name_image(
            image,
            digests[image.alias],
            registry.image_by_digest(image.repository, digests[image.alias]),
        )
        for image in spec.images
    )


def _plan_targets(eyes: Eyes, spec: StageSpec) -> Iterator[TargetPlan]:
    services = eyes.ecs.describe_services([target.service for target in spec.targets])
    for target in spec.targets:
        refusal = _refusal(eyes, spec, target, services.get(target.service))
        if refusal:
            yield TargetPlan(target.service, refusal=refusal)
        else:
            yield _plan_target(eyes, spec, target, services[target.service])


def _refusal(eyes: Eyes, spec: StageSpec, target: TargetSpec, service: EcsService | None) -> str:
    owner = eyes.ledger.owner(target.service)
    if owner is not None and owner.application != spec.id.application:
        return f"the stage {owner} owns it, and a service has one owner"
    if service is None:
        return (
            f"there is no service {target.service.name!r} in the cluster "
            f"{target.service.cluster!r} in {target.service.home.region}"
        )
    return refusal_of(service)


def _plan_target(
    eyes: Eyes, spec: StageSpec, target: TargetSpec, service: EcsService
) -> TargetPlan:
    current = eyes.ecs.describe_revision(target.service.home, service.task_definition)
    base = _base(eyes, target, current)
    repositories = {image.alias: image.repository for image in spec.images}
    try:
        containers = managed_containers(base.definition, target, repositories)
    except UnknownContainerError as error:
        return TargetPlan(target.service, current.arn, refusal=str(error))
    digests = running_by_alias(
        current.definition,
        target,
        spec.images,
        lambda: eyes.ecs.running_digests(target.service, current.arn),
    )
    return TargetPlan(target.service, current.arn, containers, digests)


def _base(eyes: Eyes, target: TargetSpec, current: DescribedRevision) -> DescribedRevision:
    """Return the revision that a new one would start from."""
    if target.base is Base.SERVICE:
        return current
    return eyes.ecs.describe_revision(target.service.home, _family(current.definition))


def _family(definition: TaskDefinition) -> str:
    return str(definition.get("family", ""))


def lines_of(plan: StagePlan) -> Iterator[str]:
    """Yield the plan of a stage for people."""
    policies = ", ".join(f"{image.alias}: {image.selection}" for image in plan.spec.images)
    yield f"{plan.spec.id}"
    yield f"  runs     {release_text(plan.runs)}{', adopted as it is' if plan.adopts else ''}"
    if plan.known and plan.known.moved:
        yield f"  live     {plan.known.told}"
    yield f"  chooses  {release_text(plan.chosen)} ({policies})"
    yield f"  then     {plan.then}"
    for target in plan.targets:
        if target.refusal:
            yield f"  refused  {target.service}: {target.refusal}"
        else:
            mapped = ", ".join(f"{name} runs {alias}" for name, alias in _pairs(target))
            yield f"  target   {target.service} on {revision_text(target.revision)}: {mapped}"


def _pairs(target: TargetPlan) -> Sequence[tuple[str, str]]:
    return sorted((target.containers or {}).items())
