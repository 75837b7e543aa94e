"""The deployment circuit breaker: how many failures it takes, and what it does then."""

from collections.abc import Mapping
from math import ceil

from longshore_local.worlds.params import flag, table, text, whole

DEFAULT_PERCENT = 50
LEAST, MOST = 3, 200


def is_on(configuration: Mapping[str, object]) -> bool:
    """Say whether the breaker watches deployments."""
    return flag(table(configuration, "deploymentCircuitBreaker"), "enable")


def rolls_back(configuration: Mapping[str, object]) -> bool:
    """Say whether the breaker returns the service to its last completed deployment."""
    return flag(table(configuration, "deploymentCircuitBreaker"), "rollback")


def forgives(configuration: Mapping[str, object]) -> bool:
    """Say whether a healthy task sets the count of failures back; it does unless told otherwise."""
    breaker = table(configuration, "deploymentCircuitBreaker")
    return breaker.get("resetOnHealthyTask") is not False


def threshold(configuration: Mapping[str, object], desired: int) -> int:
    """Return how many failed tasks trip the breaker.

    Half of the desired count, at least 3 and at most 200, unless `thresholdConfiguration` says
    otherwise (API reference, ThresholdConfiguration and ServiceDeploymentCircuitBreaker).
    """
    chosen = table(table(configuration, "deploymentCircuitBreaker"), "thresholdConfiguration")
    value = whole(chosen, "value")
    percent = DEFAULT_PERCENT if value is None else value
    if text(chosen, "type") == "COUNT":
        return max(1, percent)
    share = ceil(desired * percent / 100)
    if text(chosen, "type") == "UNBOUNDED_PERCENT":
        return max(1, share)
    return max(LEAST, min(MOST, share))
