"""Give every service of a configuration its one owner.

A claim alone is no ownership: it may be what an interrupted or refused request left behind. Owner
is the stage whose configuration in force has the service. So a claim may be taken over as long as
no such configuration stands behind it, and the switch that puts one in force checks the claims by
their versions and moves each on by one: of two applications that want one service at the same
moment, exactly one comes into force with it.
"""

from collections.abc import Sequence
from dataclasses import replace

from longshore.domain.configuration import Configuration
from longshore.domain.places import ServiceRef
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

_Seen = tuple[Owner, Owner | None]
"""The claim that is wanted, and the one that is there."""


def in_force(pointer: Pointer, store: ConfigurationStore) -> Configuration | None:
    """Return the configuration that a pointer names, None where there is none yet."""
    return store.configuration(pointer.application, pointer.number) if pointer.number else None


def claim_services(
    wanted: Configuration,
    pointer: Pointer,
    current: Configuration | None,
    store: ConfigurationStore,
) -> Sequence[Owner]:
    """Claim what is not the application's own already; return the claims for the switch to check.

    All services are looked at before the first claim is written, so that a refusal leaves nothing
    behind. Raises ContradictedError for a service that another application has in force, Conflict
    when a claim moves meanwhile.
    """
    number = pointer.number + 1
    seen = [
        (Owner(service, stage, number), store.owner(service))
        for service, stage in services_of(wanted).items()
    ]
    for claim, present in seen:
        _refuse_owned(claim, present, store)
    held = services_of(current) if current else {}
    new = [pair for pair in seen if pair[0].service not in held or _is_elsewhere(pair)]
    if len(new) > MOST_NEW_SERVICES:
        raise InvalidError(
            f"{len(new)} services are new to {wanted.application}, and one apply can add "
            f"{MOST_NEW_SERVICES}",
            "apply a part of them first",
        )
    return [_claimed(pair, store) for pair in new]


def claim_missing(current: Configuration, store: ConfigurationStore) -> None:
    """Write the claims that a configuration in force should have and has not."""
    for service, stage in services_of(current).items():
        if store.owner(service) is None:
            store.claim(Owner(service, stage, current.number))


def _is_elsewhere(pair: _Seen) -> bool:
    claim, present = pair
    return present is None or present.stage != claim.stage


def _refuse_owned(claim: Owner, present: Owner | None, store: ConfigurationStore) -> None:
    if present is None or present.stage.application == claim.stage.application:
        return
    owner = in_force(store.pointer(present.stage.application), store)
    stage = services_of(owner).get(claim.service) if owner else None
    if stage is not None:
        raise _owned(claim.service, claim, f"{stage}")


def _owned(service: ServiceRef, claim: Owner, stage: str) -> ContradictedError:
    return ContradictedError(
        f"the service {service} is owned by the stage {stage}, and a service has one owner",
        f"remove it from the targets of {claim.stage}, or from those of {stage} first",
    )


def _claimed(pair: _Seen, store: ConfigurationStore) -> Owner:
    claim, present = pair
    if present is None:
        return store.claim(claim)
    if present.stage == claim.stage and present.number >= claim.number:
        return present
    return store.claim(replace(claim, version=present.version))
