"""Which stages does a fact concern?

The one question an event may answer, asked in two steps: could the fact concern any stage at all,
and which of the registered ones. A stage that is woken looks for itself; so where a policy cannot
be told to exclude an image, the stage is woken.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from longshore.decide.candidacy import why_never, why_no_candidate
from longshore.decide.registered import FollowedImage, OwnedTarget, Registered
from longshore.decide.watching import (
    PipelineFact,
    look_of,
    what_moved,
    why_too_early,
    why_unwatched,
)
from longshore.domain.builds import AnyLook, BuildLook
from longshore.domain.delivery_facts import CodeDeployMoved, DeliveryFact, GitReferenceMoved
from longshore.domain.executions import Look
from longshore.domain.facts import (
    EcsDeploymentChanged,
    Fact,
    ImageDeleted,
    ImagePushed,
    ImagePushFailed,
    ImageScanned,
    ImageStorageChanged,
    ReferrerChanged,
    Route,
    ServiceActed,
    TaskMoved,
    TaskStopped,
)
from longshore.domain.observations import RolloutState
from longshore.domain.places import Home


@dataclass(frozen=True, slots=True)
class Wake:
    """The fact concerns these stages; none are named where no registration was asked."""

    stages: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Watch:
    """The fact concerns an execution of a pipeline, or a build, that these applications name."""

    applications: tuple[str, ...]
    look: AnyLook
    reason: str


@dataclass(frozen=True, slots=True)
class Ignore:
    """The fact concerns nobody."""

    reason: str


Concern = Wake | Watch | Ignore

_IdleImageFact = (
    ImagePushFailed | ImageDeleted | ImageStorageChanged | ImageScanned | ReferrerChanged
)
"""Facts about images that concern nobody, whatever is registered."""

_ARRIVED: Mapping[Route, str] = {
    Route.PUSH: "pushed",
    Route.REPLICATION: "replicated here",
    Route.PULL_THROUGH: "pulled through the cache",
}
_ATTEMPTS: Mapping[Route, str] = {
    Route.PUSH: "push",
    Route.REPLICATION: "replication",
    Route.PULL_THROUGH: "pull through the cache",
}
_ENDED: Mapping[RolloutState, str] = {
    RolloutState.COMPLETED: "completed",
    RolloutState.FAILED: "failed",
}
_MOST_LISTED = 3


def concerns(fact: Fact, registered: Registered | None = None) -> Concern:
    """Which of the registered stages a fact concerns; with None, whether it could concern any."""
    if isinstance(fact, DeliveryFact):
        return _of_delivery(fact, registered)
    match fact:
        case ImagePushed():
            return _of_push(fact, registered)
        case EcsDeploymentChanged():
            return _of_deployment(fact, registered)
        case TaskStopped():
            return _of_stopped_task(fact, registered)
        case ServiceActed() | TaskMoved():
            return Ignore(_why_no_verdict(fact))
        case _:
            return Ignore(_why_no_image(fact))


def _why_no_image(fact: _IdleImageFact) -> str:
    match fact:
        case ImagePushFailed():
            return f"the {_ATTEMPTS[fact.via]} failed: nothing new is in the repository"
        case ImageDeleted():
            return "an image or a tag was deleted: deletion never deploys anything"
        case ImageStorageChanged():
            return "an image changed its storage class: nothing new is in the repository"
        case ImageScanned():
            return "an image was scanned: Longshore does not act on scans"
        case _:
            return "something that refers to an image changed, not the image"


# ── pushes ───────────────────────────────────────────────────────────────────────────────────


def _of_push(push: ImagePushed, registered: Registered | None) -> Concern:
    refusal = why_no_candidate(push)
    if refusal:
        return Ignore(refusal)
    what = f"{push.repository.name}:{push.tag} was {_ARRIVED[push.via]}"
    if registered is None:
        return Wake((), f"{what}: it concerns every stage that may choose this tag")
    return _followers(push, what, registered)


def _followers(push: ImagePushed, what: str, registered: Registered) -> Concern:
    name = push.repository.name
    following = [image for image in registered.images if image.repository == name]
    if not following:
        return Ignore(f"no stage follows the repository {name}")
    here = [image for image in following if image.place.holds(push.home)]
    if not here:
        return Ignore(_elsewhere(f"the repository {name}", following, push.home))
    refusals = [(image.stage, why_never(image.selection, push.tag or "")) for image in here]
    stages = _unique(stage for stage, refusal in refusals if refusal is None)
    if stages:
        return Wake(stages, f"{what}, which {', '.join(stages)} may choose")
    return Ignore(f"{what}: {_listed([f'{stage}: {refusal}' for stage, refusal in refusals])}")


# ── services ─────────────────────────────────────────────────────────────────────────────────


def _of_deployment(fact: EcsDeploymentChanged, registered: Registered | None) -> Concern:
    if fact.state is RolloutState.IN_PROGRESS:
        return Ignore("an ECS deployment in progress says nothing of how it ends")
    what = f"ECS deployment {fact.ecs_deployment_id} of {fact.service} {_ENDED[fact.state]}"
    return _owners(fact, what, registered)


def _of_stopped_task(fact: TaskStopped, registered: Registered | None) -> Concern:
    refusal = _why_no_evidence(fact)
    what = f"a task of ECS deployment {fact.ecs_deployment_id} stopped"
    return Ignore(refusal) if refusal else _owners(fact, what, registered)


def _why_no_evidence(stopped: TaskStopped) -> str | None:
    """Return why a stopped task tells nothing of a deployment."""
    if stopped.ecs_deployment_id is None:
        return "the task was not started by a service"
    if stopped.task.surplus:
        return "ECS stopped the task because fewer are wanted, not because something failed"
    return None


def _why_no_verdict(fact: ServiceActed | TaskMoved) -> str:
    if isinstance(fact, TaskMoved):
        return f"the task is {fact.status}: only a stopped task tells why something failed"
    action = fact.action
    if action.endswith("_STEADY_STATE"):
        return "ECS repeats that a service is steady, and a service is steady after a rollback too"
    if action.startswith("SERVICE_DEPLOYMENT_"):
        return "ECS tells the same of its deployments by events of their own, which Longshore reads"
    return f"{action} is no end of a deployment; its cause is read when the deployment ends"


def _owners(
    fact: EcsDeploymentChanged | TaskStopped, what: str, registered: Registered | None
) -> Concern:
    mention = fact.service
    if registered is None:
        return Wake((), f"{what}: it concerns the stage that owns the service")
    if mention is None:
        return Ignore(f"{what}, and the event does not name its service")
    owning = [service for service in registered.services if service.is_named(mention)]
    if not owning:
        return Ignore(f"no stage owns the service {mention}")
    stages = _unique(service.stage for service in owning if service.place.holds(fact.home))
    if stages:
        return Wake(stages, f"{what}, of {', '.join(stages)}")
    return Ignore(_elsewhere(f"the service {mention}", owning, fact.home))


# ── pipelines ────────────────────────────────────────────────────────────────────────────────


def _of_delivery(fact: DeliveryFact, registered: Registered | None) -> Concern:
    if isinstance(fact, CodeDeployMoved | GitReferenceMoved):
        return Ignore(why_unwatched(fact))
    refusal = why_too_early(fact)
    if refusal:
        return Ignore(refusal)
    look = look_of(fact)
    if isinstance(look, BuildLook):
        return _of_build(fact, look, registered)
    return _of_pipeline(fact, look, registered)


def _of_build(fact: PipelineFact, look: BuildLook, registered: Registered | None) -> Concern:
    if registered is None:
        reason = f"{what_moved(fact)}: it concerns the applications whose pushes start its project"
        return Watch((), look, reason)
    named = [each for each in registered.projects if each.name == look.project]
    names = _unique(each.application for each in named if each.place.holds(fact.home))
    if names:
        return Watch(names, look, f"{what_moved(fact)}, and pushes start it for {', '.join(names)}")
    nobody = f"no pipeline started the build, and no application the project {look.project}"
    return Ignore(f"{nobody} for a push")


def _of_pipeline(fact: PipelineFact, look: Look, registered: Registered | None) -> Concern:
    pipeline = look.pipeline
    if registered is None:
        reason = f"{what_moved(fact)}: it concerns the applications that name the pipeline"
        return Watch((), look, reason)
    named = [each for each in registered.pipelines if each.name == pipeline.name]
    names = _unique(each.application for each in named if each.place.holds(fact.home))
    if names:
        return Watch(names, look, f"{what_moved(fact)}, which serves {', '.join(names)}")
    return Ignore(f"no application names the pipeline {pipeline.name}")


# ── words ────────────────────────────────────────────────────────────────────────────────────


def _elsewhere(
    what: str, registrations: Sequence[FollowedImage] | Sequence[OwnedTarget], home: Home
) -> str:
    places = _listed(_unique(str(registration.place) for registration in registrations))
    return f"{what} is registered in {places}; this is account {home.account}, region {home.region}"


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _listed(parts: Sequence[str]) -> str:
    more = len(parts) - _MOST_LISTED
    return "; ".join(parts[:_MOST_LISTED]) + (f"; and {more} more" if more > 0 else "")
