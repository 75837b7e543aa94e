"""How ECS would roll a service: what stops a bad rollout, and what a good one has room for. Pure.

Amazon ECS developer guide, "How the Amazon ECS deployment circuit breaker detects failures", "How
CloudWatch alarms detect Amazon ECS deployment failures", and the API's DeploymentConfiguration.
"""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from longshore.aws.ecs_views import service_of
from longshore.decide.support import refusal_of
from longshore.domain.places import ServiceRef
from longshore_cli.doctor.findings import Check, Finding
from longshore_cli.wording import count_of, revision_text

Document = Mapping[str, Any]

_FEWEST, _MOST = 3, 200
"""Within these ECS keeps the failures that a BOUNDED_PERCENT threshold allows."""
_DEFAULT_PERCENT = 50


def judge_service(check: Check, service: ServiceRef, found: Document | None) -> Finding:
    """Say whether Longshore can roll a service; None stands for one that does not exist."""
    region = service.home.region
    if found is None:
        return check.problem(
            f"there is no service {service.name!r} in the cluster {service.cluster!r}",
            f"create it, or correct longshore.yaml: aws ecs list-services --cluster "
            f"{service.cluster} --region {region}",
        )
    refusal = refusal_of(service_of(found))
    if refusal:
        return check.problem(
            refusal, "change the service, or take it out of longshore.yaml and apply it"
        )
    return check.ok("it is ACTIVE, and ECS rolls it")


def judge_rollout(service: ServiceRef, subject: str, found: Document) -> Iterator[Finding]:
    """Yield what is to be said of how a service is rolled, without looking elsewhere."""
    yield judge_breaker(Check("circuit-breaker", subject), service, found)
    yield judge_baseline(Check("baseline", subject), service, found)
    yield judge_room(Check("rollout-room", subject), service, found)
    yield judge_grace(Check("health-check-grace", subject), service, found)


def judge_breaker(check: Check, service: ServiceRef, found: Document) -> Finding:
    """Say whether ECS gives a bad rollout up and takes it back."""
    breaker = _settings(found).get("deploymentCircuitBreaker") or {}
    wanted = {**breaker, "enable": True, "rollback": True}
    turn_on = update_command(service, found, deploymentCircuitBreaker=wanted)
    if not breaker.get("enable"):
        return check.warning(
            "the deployment circuit breaker is off: a bad rollout is known as one only when the "
            "stage's deadline passes",
            turn_on,
        )
    if not breaker.get("rollback"):
        return check.warning(
            "the deployment circuit breaker does not roll back: Longshore does, once it has heard "
            "of the failure",
            turn_on,
        )
    failures = count_of(failures_tolerated(breaker, found.get("desiredCount", 0)), "failed task")
    return check.ok(f"the deployment circuit breaker rolls back after {failures}")


def failures_tolerated(breaker: Document, desired: int) -> int:
    """Return how many tasks have to fail until the circuit breaker acts."""
    threshold = breaker.get("thresholdConfiguration") or {}
    kind = threshold.get("type") or "BOUNDED_PERCENT"
    value = int(threshold.get("value") or _DEFAULT_PERCENT)
    if kind == "COUNT":
        return value
    share = ceil(desired * value / 100)
    return max(1, share) if kind == "UNBOUNDED_PERCENT" else min(max(_FEWEST, share), _MOST)


def judge_baseline(check: Check, service: ServiceRef, found: Document) -> Finding:
    """Say what a circuit breaker could go back to: only a deployment that ECS has completed."""
    seen = service_of(found)
    if not seen.proven:
        return check.warning(
            "no deployment of the service has been completed: a circuit breaker has nothing to "
            "roll back to",
            "see why it is not steady: aws ecs describe-services --cluster "
            f"{service.cluster} --services {service.name} --region {service.home.region} "
            "--query 'services[0].events[:5]'",
        )
    return check.ok(f"it goes back to {revision_text(seen.last_completed)}, which was completed")


def judge_room(check: Check, service: ServiceRef, found: Document) -> Finding:
    """Say whether minimum and maximum let ECS replace a single task."""
    settings, desired = _settings(found), found.get("desiredCount", 0)
    low, high = settings.get("minimumHealthyPercent"), settings.get("maximumPercent")
    if low is None or high is None:
        return check.ok("minimumHealthyPercent and maximumPercent are ECS's defaults")
    said = (
        f"with {count_of(desired, 'task')}, minimumHealthyPercent {low} and maximumPercent {high}"
    )
    if desired == 0:
        return check.warning(
            "the desired count is 0: a rollout starts no task and proves nothing",
            f"aws ecs update-service --cluster {service.cluster} --service {service.name} "
            f"--region {service.home.region} --desired-count 1",
        )
    kept, most = ceil(desired * low / 100), desired * high // 100
    if kept >= desired and most <= desired:
        return check.problem(
            f"no rollout can begin: {said}, ECS may neither stop a task nor start one more",
            update_command(service, found, maximumPercent=200),
        )
    if kept == 0 and most <= desired and found.get("loadBalancers"):
        return check.warning(
            f"{said}, ECS may stop every task before it starts one: requests fail meanwhile",
            update_command(service, found, minimumHealthyPercent=100, maximumPercent=200),
        )
    return check.ok(f"{said}, a rollout keeps {kept} running and has room for {most}")


def judge_grace(check: Check, service: ServiceRef, found: Document) -> Finding:
    """Say whether tasks behind a load balancer get time to start."""
    if not found.get("loadBalancers"):
        return check.ok("there is no load balancer whose checks could come too early")
    seconds = found.get("healthCheckGracePeriodSeconds")
    if not seconds:
        return check.warning(
            "there is no health check grace period: a task that the load balancer checks before "
            "it has started is stopped",
            f"aws ecs update-service --cluster {service.cluster} --service {service.name} "
            f"--region {service.home.region} --health-check-grace-period-seconds 60",
        )
    return check.ok(f"a new task has {seconds} s before the load balancer's checks count")


def deployment_alarms(found: Document) -> Sequence[str]:
    """Return the names of the alarms that can fail a rollout; none where they are switched off."""
    alarms = _settings(found).get("alarms") or {}
    return list(alarms.get("alarmNames", ())) if alarms.get("enable") else []


def judge_alarms(check: Check, names: Sequence[str], states: Mapping[str, str]) -> Finding:
    """Say whether the alarms can tell a bad rollout from a good one; `states` is by name."""
    if not names:
        return check.ok("no deployment alarms are configured")
    missing = [name for name in names if name not in states]
    if missing:
        return check.problem(
            f"deployment alarms that do not exist: {', '.join(missing)}",
            "create them, or take them out of the service's deploymentConfiguration",
        )
    ringing = [name for name in names if states[name] == "ALARM"]
    if ringing:
        return check.problem(
            f"in ALARM before any rollout, so they cannot tell a bad release: {', '.join(ringing)}",
            f"aws cloudwatch describe-alarm-history --alarm-name {shlex.quote(ringing[0])}",
        )
    return check.ok(f"none of {count_of(len(names), 'deployment alarm')} rings")


def update_command(service: ServiceRef, found: Document, **changes: object) -> str:
    """Return the command that changes how a service is rolled, and nothing else about it.

    Every present setting is repeated: what is left out of the structure may fall back to a default.
    """
    text = json.dumps({**_settings(found), **changes}, separators=(",", ":"))
    return (
        f"aws ecs update-service --cluster {service.cluster} --service {service.name} "
        f"--region {service.home.region} --deployment-configuration {shlex.quote(text)}"
    )


def _settings(found: Document) -> Document:
    settings: Document = found.get("deploymentConfiguration") or {}
    return settings
