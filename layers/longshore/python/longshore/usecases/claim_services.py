"""Give every service of a configuration its one owner.

Owner is the stage whose configuration in force has the service, and nobody else: a claim can
outlive that configuration, where a clean-up was interrupted, and may then be taken over. Claims
are written by the switch itself, each over the version that was read here. So of two applications
that want one service at the same moment, exactly one comes into force with it.
"""

from collections.abc import Sequence

from longshore.domain.configuration import Configuration
from longshore.domain.places import ServiceRef, StageId
from longshore.usecases.control_ports import (
    ConfigurationStore,
    ContradictedError,
    InvalidError,
    Owner,
    Pointer,
)
from longshore.usecases.lookups import services_of

MOST_NEW_SERVICES = 99
"""A transaction of DynamoDB has 100 writes: the pointer and each service that is new."""


def in_force(pointer: Pointer, store: ConfigurationStore) -> Configuration | None:
    """Return the configuration that a pointer names, None where there is none yet."""
    return store.configuration(pointer.application, pointer.number) if pointer.number else None


def claims_of(
    wanted: Configuration, current: Configuration | None, store: ConfigurationStore
) -> Sequence[Owner]:
    """Return the claims that the switch to `wanted` has to write.

    Those of services that are new to the application, or move between its stages. What it has in
    force already nobody can have taken. Raises ContradictedError for a service that another
    application has in force.
    """
    held = services_of(current) if current else {}
    claims = []
    for service, stage in services_of(wanted).items():
        present = store.owner(service)
        _refuse_owned(service, stage, present, store)
        if service not in held or present is None or present.stage != stage:
            version = present.version if present else 0
            claims.append(Owner(service, stage, wanted.number, version))
    if len(claims) > MOST_NEW_SERVICES:
        raise InvalidError(
            f"{len(claims)} services are new to {wanted.application}, and one apply can add "
            f"{MOST_NEW_SERVICES}",
            "apply a part of them first",
        )
    return claims


def claim_missing(current: Configuration, store: ConfigurationStore) -> None:
    """Write the claims that a configuration in force should have and has not."""
    for service, stage in services_of(current).items():
        if store.owner(service) is None:
            store.claim(Owner(service, stage, current.number))


def _refuse_owned(
    service: ServiceRef, stage: StageId, present: Owner | None, store: ConfigurationStore
) -> None:
    if present is None or present.stage.application == stage.application:
        return
    other = in_force(store.pointer(present.stage.application), store)
    owner = services_of(other).get(service) if other else None
    if owner is not None:
        raise ContradictedError(
            f"the service {service} is owned by the stage {owner}, and a service has one owner",
            f"remove it from the targets of {stage}, or from those of {owner} first",
        )
