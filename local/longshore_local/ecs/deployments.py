"""What a rolling deployment can become: begun, completed, failed, rolled back, replaced."""

from longshore_local.awsjson.contract import without_none
from longshore_local.ecs import breaker
from longshore_local.ecs.events import TROUBLE, note, tell_deployment, tell_service
from longshore_local.ecs.region import Region
from longshore_local.ecs.state import (
    DeploymentState,
    ResolvedImage,
    RevisionState,
    ServiceDeployment,
    ServiceRevision,
    ServiceState,
)
from longshore_local.worlds.params import Params, text

TASKS_FAILED = "ECS deployment circuit breaker: tasks failed to start."
BREAKER_ROLLED_BACK = (
    "Service deployment rolled back because the circuit breaker threshold was exceeded."
)
REPLACED = "Replaced by a new service deployment."
STOPPED_BY_USER = "Service deployment stopped by user request."

OPEN = frozenset({"PENDING", "IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"})
"""The states of a service deployment from which it still moves."""


def begin(region: Region, service: ServiceState, definition: RevisionState) -> DeploymentState:
    """Begin a deployment of a revision; one that was under way is replaced without a verdict."""
    revision = _revision(region, service, definition)
    for earlier in service.history:
        if earlier.status in OPEN:
            earlier.status = "STOPPED"
            earlier.status_reason = REPLACED
            earlier.stopped_at = earlier.finished_at = earlier.updated_at = region.now
    history = _history(region, service, revision)
    service.history.insert(0, history)
    deployment = _add(region, service, revision, history)
    tell_deployment(region, service, deployment, "IN_PROGRESS")
    return deployment


def complete(region: Region, service: ServiceState, deployment: DeploymentState) -> None:
    """Record that a deployment's tasks run and those of earlier ones are gone."""
    deployment.rollout = "COMPLETED"
    deployment.reason = f"ECS deployment {deployment.id} completed."
    deployment.updated_at = region.now
    service.completed = deployment
    history = deployment.history
    history.status = "ROLLBACK_SUCCESSFUL" if deployment.undoes else "SUCCESSFUL"
    history.finished_at = history.updated_at = region.now
    if history.breaker == "MONITORING":
        history.breaker = "MONITORING_COMPLETE"
    note(region, service, f"(deployment {deployment.id}) deployment completed.")
    tell_deployment(region, service, deployment, "COMPLETED")


def count_failure(region: Region, service: ServiceState, deployment: DeploymentState) -> bool:
    """Count a task that failed; return whether this trips the circuit breaker."""
    deployment.failures_in_a_row += 1
    deployment.not_before = region.now + region.pace.pause_after(deployment.failures_in_a_row)
    if deployment.failures_in_a_row == breaker.LEAST:
        note(region, service, TROUBLE)
        tell_service(region, service, "WARN", "SERVICE_TASK_START_IMPAIRED")
    if deployment.rollout != "IN_PROGRESS":
        return False
    deployment.failed += 1
    deployment.updated_at = region.now
    _record(deployment)
    if not breaker.is_on(service.configuration):
        return False
    return deployment.failed >= breaker.threshold(service.configuration, service.desired)


def forgive(deployment: DeploymentState) -> None:
    """Begin to count anew, because a task of the deployment became healthy."""
    deployment.failed = 0
    _record(deployment)


def fail(region: Region, service: ServiceState, deployment: DeploymentState) -> None:
    """Record that the circuit breaker gave up on a deployment, and roll back where it should.

    Without an earlier completed deployment there is nothing to roll back to, and a rollback that
    fails is not rolled back again: either stays as it is.
    """
    deployment.history.breaker = "TRIGGERED"
    _give_up(region, service, deployment, TASKS_FAILED)
    note(region, service, f"(deployment {deployment.id}) deployment failed: tasks failed to start.")
    if deployment.undoes or not breaker.rolls_back(service.configuration):
        _close(region, deployment, "ROLLBACK_FAILED" if deployment.undoes else "STOPPED")
    elif service.completed is None:
        _close(region, deployment, "ROLLBACK_FAILED")
    else:
        back = _roll_back(region, service, service.completed, deployment.history)
        deployment.history.status_reason = BREAKER_ROLLED_BACK
        back.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {back.id}."
        tell_deployment(region, service, back, "IN_PROGRESS")


def abandon(
    region: Region, service: ServiceState, deployment: DeploymentState, baseline: DeploymentState
) -> None:
    """Stop a deployment because a user asked for it, and return to a completed one."""
    _give_up(region, service, deployment, STOPPED_BY_USER)
    back = _roll_back(region, service, baseline, deployment.history)
    deployment.history.status_reason = STOPPED_BY_USER
    tell_deployment(region, service, back, "IN_PROGRESS")


def _roll_back(
    region: Region, service: ServiceState, baseline: DeploymentState, history: ServiceDeployment
) -> DeploymentState:
    back = _add(region, service, baseline.revision, history)
    back.undoes = True
    history.status = "ROLLBACK_IN_PROGRESS"
    history.rollback_at = history.updated_at = region.now
    history.rollback_to = back.revision
    note(region, service, f"rolling back to deployment {back.id}.")
    return back


def _record(deployment: DeploymentState) -> None:
    # A rollback's tasks do not change what is remembered of the release that it undoes.
    if not deployment.undoes:
        deployment.history.failures = deployment.failed


def _give_up(
    region: Region, service: ServiceState, deployment: DeploymentState, reason: str
) -> None:
    deployment.rollout = "FAILED"
    deployment.reason = reason
    deployment.updated_at = region.now
    service.steady = False
    tell_deployment(region, service, deployment, "FAILED")


def _close(region: Region, deployment: DeploymentState, status: str) -> None:
    history = deployment.history
    history.status = status
    history.status_reason = deployment.reason
    history.stopped_at = history.finished_at = history.updated_at = region.now


def _add(
    region: Region,
    service: ServiceState,
    revision: ServiceRevision,
    history: ServiceDeployment,
) -> DeploymentState:
    deployment = DeploymentState(
        id=f"ecs-svc/{region.ids.digits()}",
        revision=revision,
        history=history,
        created_at=region.now,
        updated_at=region.now,
    )
    deployment.reason = f"ECS deployment {deployment.id} in progress."
    for earlier in service.deployments:
        earlier.status = "ACTIVE"
    service.deployments.insert(0, deployment)
    service.steady = False
    return deployment


def _history(region: Region, service: ServiceState, revision: ServiceRevision) -> ServiceDeployment:
    number = region.ids.digits()
    configuration = without_none(service.configuration)
    return ServiceDeployment(
        arn=region.names.service_deployment(service.cluster.name, service.name, number),
        created_at=region.now,
        updated_at=region.now,
        target=revision,
        sources=tuple(d.revision for d in service.deployments),
        configuration=configuration,
        breaker="MONITORING" if breaker.is_on(configuration) else "DISABLED",
        threshold=breaker.threshold(configuration, service.desired),
    )


def _revision(region: Region, service: ServiceState, definition: RevisionState) -> ServiceRevision:
    number = region.ids.digits()
    return ServiceRevision(
        arn=region.names.service_revision(service.cluster.name, service.name, number),
        definition=definition,
        created_at=region.now,
        images=tuple(_resolved(region, container) for container in definition.containers),
    )


def _resolved(region: Region, container: Params) -> ResolvedImage:
    image = text(container, "image") or ""
    return ResolvedImage(
        container=text(container, "name") or "",
        image=image,
        digest=region.images(image).digest,
        essential=container.get("essential") is not False,
    )
