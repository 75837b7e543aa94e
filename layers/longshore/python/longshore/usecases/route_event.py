"""Route what lies in the inbox: find the stages it concerns and wake them. Nothing else is done.

Each lookup is one query, however many stages and services are registered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from longshore.decide.concerns import Ignore, Wake, Watch, concerns
from longshore.decide.registered import (
    FollowedImage,
    NamedPipeline,
    NamedProject,
    OwnedTarget,
    Place,
    Registered,
)
from longshore.domain.builds import AnyLook, BuildLook
from longshore.domain.executions import Look
from longshore.domain.facts import EcsDeploymentChanged, Fact, ImagePushed, TaskStopped
from longshore.domain.pipelines import ExecutionRef
from longshore.domain.places import Home, RepositoryRef, StageId
from longshore.domain.wakeups import Announced, Hint, StopEvidence, Wakeup
from longshore.events.documents import parse_document
from longshore.events.inbound import parse_event
from longshore.events.look_messages import LOOK, look_from
from longshore.events.messages import CLOCK, SWEEP, TICK, WAKEUP, wakeup_from
from longshore.events.parsed import Known, Malformed, Unknown
from longshore.usecases.ports import Clock, Directory


class WorkQueue(Protocol):
    """The queue that stages are woken through; only the router writes to it."""

    def wake(self, wakeups: Sequence[Wakeup], message_id: str) -> None:
        """Wake stages; `message_id` names what caused it, so that a repeated message wakes once."""
        ...


class ExecutionQueue(Protocol):
    """The queue that executions and builds are looked at through, each a group of its own."""

    def look(self, looks: Sequence[AnyLook], message_id: str) -> None:
        """Have them looked at; `message_id` names what caused it, as in `WorkQueue`."""
        ...


@dataclass(frozen=True, slots=True)
class RouterPorts:
    """What the router needs of the world; `home` is the account and region it runs in."""

    directory: Directory
    work: WorkQueue
    clock: Clock
    home: Home
    executions: ExecutionQueue


@dataclass(frozen=True, slots=True)
class Routed:
    """What became of one message: `kind` is wake, watch, ignored, rejected, tick or sweep."""

    kind: str
    reason: str
    stages: tuple[StageId, ...] = ()
    executions: tuple[str, ...] = ()


def route(body: str | bytes, message_id: str, ports: RouterPorts) -> Routed:
    """Wake the stages that a message of the inbox concerns.

    Total over bodies: what cannot be read is rejected with a reason, never raised, for no retry
    would mend it. What the lookups and the queue raise goes on to the caller.
    """
    try:
        document = parse_document(body)
        if WAKEUP in document:
            return _wake([wakeup_from(document)], "a wake-up", message_id, ports)
        if LOOK in document:
            return _look(look_from(document), "a look", message_id, ports)
    except ValueError as error:
        return Routed("rejected", str(error))
    if CLOCK in document:
        return _on_clock(document[CLOCK], message_id, ports)
    return _on_event(document, message_id, ports)


def _on_event(document: object, message_id: str, ports: RouterPorts) -> Routed:
    match parse_event(document):
        case Malformed(reason):
            return Routed("rejected", reason)
        case Unknown(_, reason):
            return Routed("ignored", reason)
        case Known(fact):
            return _on_fact(fact, message_id, ports)


def _on_fact(fact: Fact, message_id: str, ports: RouterPorts) -> Routed:
    possible = concerns(fact)
    if isinstance(possible, Ignore):
        return Routed("ignored", possible.reason)
    if fact.home.account != ports.home.account:
        reason = f"it is of account {fact.home.account}, Longshore runs in {ports.home.account}"
        return Routed("ignored", reason)
    concern = concerns(fact, _registered(fact, possible, ports))
    if isinstance(concern, Ignore):
        return Routed("ignored", concern.reason)
    if isinstance(concern, Watch):
        look = replace(concern.look, events=(fact.event_id or message_id,))
        return _look(look, concern.reason, message_id, ports)
    stages = [StageId.parse(stage) for stage in concern.stages]
    wakeups = [_wakeup(stage, fact, message_id) for stage in stages]
    return _wake(wakeups, concern.reason, message_id, ports)


def _registered(fact: Fact, possible: Wake | Watch, ports: RouterPorts) -> Registered:
    """Look up who could be meant: one query, whatever the fact."""
    directory = ports.directory
    if isinstance(possible, Watch):
        if isinstance(possible.look, BuildLook):
            return Registered(projects=_projects(possible.look, ports))
        return Registered(pipelines=_named(possible.look, directory))
    match fact:
        case ImagePushed():
            return Registered(images=_followed(fact.repository, directory))
        case EcsDeploymentChanged() | TaskStopped():
            return Registered(services=_owned(fact, directory))
        case _:
            return Registered()


def _projects(look: BuildLook, ports: RouterPorts) -> tuple[NamedProject, ...]:
    """Look up who starts a project: pushes start what lies where Longshore runs."""
    place = Place(ports.home.account, ports.home.region)
    return tuple(
        NamedProject(each.application, each.project, place)
        for each in ports.directory.started_for_pushes(look.project)
    )


def _named(look: Look, directory: Directory) -> tuple[NamedPipeline, ...]:
    pipeline = look.pipeline
    place = Place(pipeline.home.account, pipeline.home.region)
    return tuple(
        NamedPipeline(each.application, pipeline.name, place)
        for each in directory.served_by(pipeline)
    )


def _followed(repository: RepositoryRef, directory: Directory) -> tuple[FollowedImage, ...]:
    place = Place(repository.home.account, repository.home.region)
    return tuple(
        FollowedImage(str(follower.stage), repository.name, place, image.selection)
        for follower in directory.followers(repository)
        for image in follower.images
    )


def _owned(
    fact: EcsDeploymentChanged | TaskStopped, directory: Directory
) -> tuple[OwnedTarget, ...]:
    mention = fact.service
    if mention is None:
        return ()
    if mention.ref is not None:
        stage = directory.stage_of_service(mention.ref)
    else:
        stage = directory.stage_of_ecs_deployment(fact.home, fact.ecs_deployment_id or "")
    if stage is None:
        return ()
    place = Place(fact.home.account, fact.home.region)
    return (OwnedTarget(str(stage), mention.cluster or "", mention.name, place),)


def _wakeup(stage: StageId, fact: Fact, message_id: str) -> Wakeup:
    events = (fact.event_id or message_id,)
    match fact:
        case ImagePushed(tag=str() as tag, digest=str() as digest):
            announced = Announced(fact.repository, tag, digest)
            return Wakeup(stage, frozenset({Hint.REGISTRY}), events, announced)
        case ImagePushed():
            return Wakeup(stage, frozenset({Hint.REGISTRY}), events)
        case TaskStopped(ecs_deployment_id=str() as started_by):
            evidence = StopEvidence(started_by, fact.task)
            return Wakeup(stage, frozenset({Hint.TASK}), events, evidence=evidence)
        case _:
            return Wakeup(stage, frozenset({Hint.ECS}), events)


def _look(look: AnyLook, reason: str, message_id: str, ports: RouterPorts) -> Routed:
    ports.executions.look([look], message_id)
    execution = None if isinstance(look, BuildLook) else look.execution
    return Routed("watch", reason, executions=(execution or look.build or "",))


def _on_clock(beat: object, message_id: str, ports: RouterPorts) -> Routed:
    now = ports.clock.now()
    if beat == TICK:
        due = [Wakeup(stage, frozenset({Hint.TIMER})) for stage in ports.directory.due_stages(now)]
        _wake(due, "", message_id, ports)  # first: what cannot be told must not stop the timers
        looks = [_look_at(execution) for execution in ports.directory.due_executions(now)]
        if looks:
            ports.executions.look(looks, message_id)
        resent = ports.directory.resend_overdue_announcements(now)
        done = f"{len(due)} stages due, {len(looks)} executions due"
        return Routed("tick", f"{done}, {resent} announcements sent again")
    if beat == SWEEP:
        hints = frozenset({Hint.SWEEP, Hint.ECS})
        every = [Wakeup(stage, hints) for stage in ports.directory.all_stages()]
        _wake(every, "", message_id, ports)
        return Routed("sweep", f"{len(every)} stages woken")
    return Routed("rejected", "the clock knows only tick and sweep")


def _look_at(execution: ExecutionRef) -> Look:
    return Look(pipeline=execution.pipeline, execution=execution.id)


def _wake(wakeups: Sequence[Wakeup], reason: str, message_id: str, ports: RouterPorts) -> Routed:
    if wakeups:
        ports.work.wake(wakeups, message_id)
    return Routed("wake", reason, tuple(wakeup.stage for wakeup in wakeups))
