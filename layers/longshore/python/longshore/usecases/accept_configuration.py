"""Put a configuration in force: whole or not at all.

The order makes it safe to stop anywhere. The numbered configuration and the lookups are written
first and change nothing by themselves: until the switch a lookup finds a stage by what it was as
well as by what it will be. Then one transaction moves the pointer and the claims on services, on
the condition that nobody moved any of them meanwhile. What the configurations before left behind
is removed last. A request that is repeated goes the same way again, finds what it wrote and mends
what is missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from longshore.domain.configuration import Configuration
from longshore.domain.errors import Conflict, Refused
from longshore.domain.places import StageId
from longshore.domain.wakeups import Hint, Wakeup
from longshore.events.sections import ConfigurationError
from longshore.usecases.claim_services import claim_missing, claims_of, in_force
from longshore.usecases.control_ports import (
    ConfigurationStore,
    ContradictedError,
    ControlPorts,
    InvalidError,
    Pointer,
)
from longshore.usecases.lookups import lookups_of, services_of
from longshore.usecases.read_configuration import read_configuration

_ATTEMPTS = 3
_MOST_ORPHANS = 100


@dataclass(frozen=True, slots=True)
class ConfigurationRequest:
    """What a person applies; `base` is the number that their plan was made against.

    Whether it shall `observe` goes before the modes that the document has.
    """

    document: object
    deploy: bool
    base: int
    actor: str
    observe: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The configuration in force after a request."""

    application: str
    number: int
    stages: tuple[StageId, ...]


def accept_configuration(request: ConfigurationRequest, ports: ControlPorts) -> Accepted:
    """Put a document in force and wake its stages.

    Raises:
        InvalidError: the document is not valid; the configuration in force stays.
        ContradictedError: the plan is out of date, or another application owns a service.
        Throttled: AWS was busy; the same request can be sent again.
    """
    wanted = _parse(request, ports)
    pointer, configuration = _settle(request, wanted, ports.configurations)
    _tidy(pointer, configuration, ports)
    stages = tuple(spec.id for spec in configuration.stages)
    _wake(stages, ports)
    return Accepted(configuration.application, configuration.number, stages)


def _wake(stages: Iterable[StageId], ports: ControlPorts) -> None:
    hints = frozenset({Hint.PERSON})
    ports.wakeups.send([Wakeup(stage, hints) for stage in stages])


def _parse(request: ConfigurationRequest, ports: ControlPorts) -> Configuration:
    try:
        wanted = read_configuration(
            request.document,
            home=ports.home,
            number=0,
            applied_by=request.actor,
            applied_at=ports.clock.now(),
            deploy=request.deploy,
        )
    except ConfigurationError as error:
        raise InvalidError(str(error), "correct the file and apply it again") from error
    wanted = replace(wanted, ledger=ports.ledger)
    return wanted.observing() if request.observe else wanted


def _settle(
    request: ConfigurationRequest, wanted: Configuration, store: ConfigurationStore
) -> tuple[Pointer, Configuration]:
    """Return pointer and configuration once `wanted` is in force, looking again after conflicts."""
    for _ in range(_ATTEMPTS):
        pointer = store.pointer(wanted.application)
        current = in_force(pointer, store)
        repeated = _is_repeat(request, wanted, pointer, current)
        if not repeated and pointer.number != request.base:
            raise _outdated(request, pointer, current)
        try:
            if repeated and current is not None:
                claim_missing(current, store)
                return pointer, current
            return _put_in_force(wanted, pointer, current, store)
        except Conflict:
            continue
    raise ContradictedError(
        f"{wanted.application} was changed by others at the same time, {_ATTEMPTS} times in a row",
        "look at `longshore status`, then apply again",
    )


def _is_repeat(
    request: ConfigurationRequest,
    wanted: Configuration,
    pointer: Pointer,
    current: Configuration | None,
) -> bool:
    """Tell whether this very request is what put the present configuration in force."""
    return current is not None and pointer.base == request.base and _same(wanted, current)


def _same(wanted: Configuration, kept: Configuration) -> bool:
    return replace(_as_written(wanted, kept), since=kept.since) == kept


def _as_written(wanted: Configuration, kept: Configuration) -> Configuration:
    """Return what is wanted as if it had been written when and where another one was."""
    return replace(wanted, number=kept.number, applied_at=kept.applied_at, ledger=kept.ledger)


def _outdated(
    request: ConfigurationRequest, pointer: Pointer, current: Configuration | None
) -> ContradictedError:
    by = (
        f", applied by {current.applied_by} at {current.applied_at:%Y-%m-%d %H:%M}Z"
        if current
        else ""
    )
    return ContradictedError(
        f"the plan was made against configuration {request.base} of {pointer.application}, but "
        f"{pointer.number} is in force{by}",
        "plan again, with `longshore apply`, and look at what changed",
    )


def _put_in_force(
    wanted: Configuration,
    pointer: Pointer,
    current: Configuration | None,
    store: ConfigurationStore,
) -> tuple[Pointer, Configuration]:
    claims = claims_of(wanted, current, store)  # first, so that a refusal leaves nothing behind
    configuration = _write(wanted, pointer, current, store)
    old_and_new = lookups_of(*([current] if current else []), configuration)
    store.write_lookups(old_and_new.along(lookups_of(configuration)), configuration.number)
    numbered = [replace(claim, number=configuration.number) for claim in claims]
    return store.switch(pointer, configuration.number, numbered), configuration


def _write(
    wanted: Configuration,
    pointer: Pointer,
    current: Configuration | None,
    store: ConfigurationStore,
) -> Configuration:
    """Keep the configuration under the first free number, or find it where it stopped short.

    Only the last of those that never came in force is taken up again: the lookups that a later one
    wrote would be left standing by one with a lower number.
    """
    last: Configuration | None = None
    for number in range(pointer.number + 1, pointer.number + 1 + _MOST_ORPHANS):
        kept = store.configuration(wanted.application, number)
        if kept is None:
            if last is not None and last == _numbered(_as_written(wanted, last), current):
                return last
            return _write_new(_numbered(replace(wanted, number=number), current), store)
        last = kept
    raise Conflict(f"{_MOST_ORPHANS} configurations of {wanted.application} never came in force")


def _numbered(wanted: Configuration, current: Configuration | None) -> Configuration:
    """Return a configuration that says since when it has each stage; new ones begin with it."""

    def since(stage: StageId) -> int:
        kept = current is not None and current.stage(stage) is not None
        return current.stage_since(stage) if current and kept else wanted.number

    return replace(wanted, since=tuple((spec.id, since(spec.id)) for spec in wanted.stages))


def _write_new(configuration: Configuration, store: ConfigurationStore) -> Configuration:
    try:
        store.write(configuration)
    except Refused as error:
        raise InvalidError(str(error), "split the application into several") from error
    return configuration


def _tidy(pointer: Pointer, configuration: Configuration, ports: ControlPorts) -> None:
    """Leave the lookups of this configuration alone: earlier ones, in force or not, left theirs.

    Stages that it has no more are woken, and end what people still want of them.
    """
    store = ports.configurations
    application, number = configuration.application, configuration.number
    lookups, services = lookups_of(configuration), services_of(configuration)
    store.write_lookups(lookups, number)
    if pointer.tidied == number:
        return
    gone: set[StageId] = set()
    for stale in store.configurations(application, pointer.tidied, number):
        gone |= {spec.id for spec in stale.stages if configuration.stage(spec.id) is None}
        store.remove_lookups(lookups_of(stale).without(lookups), number)
        for service in services_of(stale):
            if service not in services:
                store.release(service, application, number)
    _wake(sorted(gone), ports)
    store.mark_tidied(pointer)
