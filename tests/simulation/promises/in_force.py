"""Which configuration was in force when: a service is moved by its owner alone, promise 12."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.simulation.promises.ledger_view import LedgerView

POINTER = "pointer"


@dataclass(frozen=True, slots=True)
class InForce:
    """Remembers what the pointer of each application named."""

    ledger: LedgerView
    switched: dict[str, list[tuple[datetime, int]]] = field(default_factory=dict)

    def changed(self, record: Mapping[str, Any], now: datetime) -> None:
        """Take note where a change of the ledger is one of a pointer."""
        if record["dynamodb"]["Keys"]["sk"]["S"] == POINTER:
            image = record["dynamodb"]["NewImage"]
            application = image["pk"]["S"].partition("#")[2]
            self.switched.setdefault(application, []).append((now, int(image["number"]["N"])))

    def restored(self, now: datetime) -> None:
        """Take note of what the pointers name in a ledger that was restored."""
        for application, switched in self.switched.items():
            number = self.ledger.number_in_force(application)
            if number is not None:
                switched.append((now, number))

    def since(self, stage: str) -> datetime | None:
        """Return when the first configuration of a stage's application came in force."""
        switched = self.switched.get(stage.partition("/")[0])
        return switched[0][0] if switched else None

    def asked_for(self, stage: str) -> datetime | None:
        """Return when the first configuration of a stage's application was asked for."""
        application = stage.partition("/")[0]
        switched = self.switched.get(application)
        first = self.ledger.configuration(application, switched[0][1]) if switched else None
        return datetime.fromisoformat(first["applied_at"]) if first else None

    def owns(self, stage: str, service: str, since: datetime) -> bool:
        """Whether a stage had a service in any configuration in force since a moment."""
        application = stage.partition("/")[0]
        switched = self.switched.get(application, [])
        before = [number for at, number in switched if at <= since][-1:]
        later = [number for at, number in switched if at > since]
        return any(self._has(application, n, stage, service) for n in {*before, *later})

    def observes(self, stage: str, since: datetime) -> bool:
        """Whether every configuration in force since a moment only observes a stage."""
        application = stage.partition("/")[0]
        switched = self.switched.get(application, [])
        before = [number for at, number in switched if at <= since][-1:]
        later = [number for at, number in switched if at > since]
        return all(self.ledger.observes(stage, n) for n in {*before, *later})

    def _has(self, application: str, number: int, stage: str, service: str) -> bool:
        configuration = self.ledger.configuration(application, number)
        stages = configuration["stages"] if configuration else ()
        targets = [t["service"] for each in stages if each["id"] == stage for t in each["targets"]]
        return any(f"{each['cluster']}/{each['name']}" == service for each in targets)
