"""What accepting a person's request needs of the world, and the answers there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from longshore.domain.configuration import Configuration
from longshore.domain.errors import LongshoreError
from longshore.domain.intents import Intent
from longshore.domain.places import Home, ServiceRef, StageId
from longshore.domain.stop_switch import StopSwitch
from longshore.usecases.lookups import Lookups
from longshore.usecases.ports import Clock, Wakeups


class RejectedError(LongshoreError):
    """A request is not granted; `next_step` is what the person can do about it."""

    def __init__(self, message: str, next_step: str) -> None:
        """Keep the next step beside the sentence that says what is wrong."""
        super().__init__(message)
        self.next_step = next_step


class InvalidError(RejectedError):
    """The request itself is wrong: as it stands it can never be granted."""


class UnknownStageError(RejectedError):
    """The request is about a stage that no configuration in force has."""


class ContradictedError(RejectedError):
    """What is in force meanwhile, or belongs to someone else, stands against the request."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which configuration of an application is in force; `number` 0 is none yet.

    `base` is the number that was in force before. `tidied` is the number up to which everything
    that earlier configurations left behind is removed. `version` is that of the item.
    """

    application: str
    number: int = 0
    base: int = 0
    tidied: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Owner:
    """The one stage that a service belongs to.

    `number` is that of the configuration it was claimed for: who removes what an older one left
    behind knows by it that this is not older. `version` is that of the item, 0 where there is none
    yet.
    """

    service: ServiceRef
    stage: StageId
    number: int
    version: int = 0


class ConfigurationStore(Protocol):
    """Configurations, the pointer to the one in force, and the lookups made from them."""

    def pointer(self, application: str) -> Pointer:
        """Return an application's pointer, read consistently."""
        ...

    def configuration(self, application: str, number: int) -> Configuration | None:
        """Return a numbered configuration, read consistently."""
        ...

    def configurations(self, application: str, first: int, end: int) -> Sequence[Configuration]:
        """Return the configurations numbered from `first` to before `end`, in force or not."""
        ...

    def write(self, configuration: Configuration) -> None:
        """Keep a configuration under its number; raise Conflict when the number is taken.

        Raises Refused when it is larger than an item may be.
        """
        ...

    def switch(self, pointer: Pointer, number: int, owners: Sequence[Owner]) -> Pointer:
        """Put a configuration in force, for all stages at once, and return the pointer.

        The owners are written with it, in one transaction. Raises Conflict when the pointer, or
        any owner, is not of the version given any more.
        """
        ...

    def mark_tidied(self, pointer: Pointer) -> None:
        """Remember that nothing is left of configurations before the one in force.

        Does nothing when the pointer is not as given any more.
        """
        ...

    def owner(self, service: ServiceRef) -> Owner | None:
        """Return who owns a service, read consistently."""
        ...

    def claim(self, owner: Owner) -> Owner:
        """Write an owner over the version it was read with; raise Conflict when it moved."""
        ...

    def release(self, service: ServiceRef, application: str, before: int) -> None:
        """Remove an application's claim, unless it was made for number `before` or a higher one."""
        ...

    def write_lookups(self, lookups: Lookups, number: int) -> None:
        """Write lookups for configuration `number`, over those of the same or a lower one."""
        ...

    def remove_lookups(self, lookups: Lookups, before: int) -> None:
        """Remove lookups, except those written for number `before` or a higher one."""
        ...


class IntentStore(Protocol):
    """What people want of stages, until a reconcile consumes it."""

    def put_once(self, intent: Intent) -> bool:
        """Keep an intent; return False when its id is known already, consumed or not."""
        ...

    def waiting(self, stage: StageId, intent_id: str) -> Intent | None:
        """Return an intent that no reconcile has consumed yet."""
        ...


class StopSwitchStore(Protocol):
    """The installation's one stop switch."""

    def read(self) -> StopSwitch:
        """Return the switch as it is, read consistently."""
        ...

    def turn(self, switch: StopSwitch) -> StopSwitch:
        """Write the switch over the version it was read with; raise Conflict when it moved."""
        ...


class WakeupsOfAll(Wakeups, Protocol):
    """The way to the next reconcile of one stage, or of every one."""

    def sweep(self) -> None:
        """Wake every stage, as the clock does each quarter of an hour."""
        ...


@dataclass(frozen=True, slots=True)
class ControlPorts:
    """What the control function's use cases need.

    `home` is where the installation is, `ledger` the name of the ledger that it writes to.
    """

    configurations: ConfigurationStore
    intents: IntentStore
    switch: StopSwitchStore
    wakeups: WakeupsOfAll
    clock: Clock
    home: Home
    ledger: str = ""
