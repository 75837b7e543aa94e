"""Everything that is watched while a seed runs."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tests.simulation.plan import Plan
from tests.simulation.promises.at_ecs import EcsWatch
from tests.simulation.promises.beginnings import Beginnings
from tests.simulation.promises.broken import Broken, Tell
from tests.simulation.promises.guarding import Guarding
from tests.simulation.promises.in_force import InForce
from tests.simulation.promises.in_ledger import LedgerWatch
from tests.simulation.promises.ledger_view import LedgerView
from tests.simulation.promises.telling import Ears
from tests.simulation.promises.verdicts import Verdicts
from tests.simulation.region import Region
from tests.simulation.truth import Truth
from tests.support.builders import HOME

Params = Mapping[str, Any]


class Watch:
    """Sees every effect of a call and every change of the ledger, and checks the promises."""

    def __init__(
        self, plan: Plan, truth: Truth, region: Region, tell: Tell, stop: Callable[[], None]
    ) -> None:
        self.broken: list[Broken] = []
        self.ledger = LedgerView(region.items, region.item)
        self.woken: set[tuple[str, str]] = set()
        self.written: list[str] = []
        self._truth = truth
        self._region = region
        self._stop = stop
        self.ecs = EcsWatch(plan, truth, self.ledger, self.say, tell, str(HOME), region.clock)
        self.in_force = InForce(self.ledger)
        beginnings = Beginnings(plan, truth, self.in_force, self.say)
        verdicts = Verdicts(plan, truth, region.clock)
        self.guarding = Guarding(plan, truth, region.cloudwatch, self.say)
        self.table = LedgerWatch(
            plan, truth, self.ledger, beginnings, verdicts, self.guarding, self.say, tell
        )
        self.ears = Ears(self.say)

    def say(self, promise: str, what: str) -> None:
        """Take note of a broken promise; nothing that follows from it is told."""
        self.broken.append(Broken(promise, what))
        self._stop()

    # ── calls ───────────────────────────────────────────────────────────────────────────────

    def before(self, operation: str, request: Params, since: datetime) -> Callable[[Params], None]:
        """Look before a call of ECS takes effect; return what looks at it afterwards.

        `since` is when the worker that makes it began.
        """
        self.ecs.check_call(operation)
        match operation:
            case "RegisterTaskDefinition":
                return self._before_register(request, since)
            case "UpdateService":
                return self._before_update(request, since)
            case _:
                return _nothing

    def _before_register(self, request: Params, since: datetime) -> Callable[[Params], None]:
        tags = {tag["key"]: tag["value"] for tag in request.get("tags", ())}
        self._check_observed(tags.get("longshore:stage", "none"), since)
        earlier = [self._region.revision(arn) for arn in self._region.revisions(request["family"])]

        def look(reply: Params) -> None:
            self.written.append(request["family"])
            arn = reply["taskDefinition"]["taskDefinitionArn"]
            self._truth.registered_at[arn] = self._region.clock()
            self.ecs.registered(request, earlier)

        return look

    def _before_update(self, request: Params, since: datetime) -> Callable[[Params], None]:
        before, theirs = self._deployments(request), self._has_theirs(request)
        definition = self._region.revision(request["taskDefinition"])
        images = [container["image"] for container in definition["containerDefinitions"]]

        def look(_: Params) -> None:
            self.written.append(request["service"])
            effective = bool(self._deployments(request) - before)
            self._check_owner(request, since)
            self._check_observed(
                self.ecs.owner(f"{request['cluster']}/{request['service']}"), since
            )
            self.ecs.updated(request, images, since, effective=effective, theirs=theirs)

        return look

    def _check_observed(self, stage: str | None, since: datetime) -> None:
        """A stage that only observes writes nothing, but to end what had begun before."""
        entry = self.ledger.stage(stage) if stage is not None else None
        busy = entry is not None and entry.body["current"] is not None
        if stage is not None and not busy and self.in_force.observes(stage, since):
            self.say("promise 12", f"{stage} only observes, and something was written to ECS")

    def _check_owner(self, request: Params, since: datetime) -> None:
        """A stage moves what its configuration in force names, or named when its worker began."""
        service = f"{request['cluster']}/{request['service']}"
        stage = self.ecs.owner(service)
        if stage is not None and not self.in_force.owns(stage, service, since):
            self.say("promise 12", f"{stage} moved {service}, which its configuration has not")

    def _deployments(self, request: Params) -> set[str]:
        service = self._region.service(request["cluster"], request["service"])
        return {each["id"] for each in service["deployments"]} if service else set()

    def _has_theirs(self, request: Params) -> bool:
        """Whether a service is still on what another hand brought: a breaker may end that."""
        service = self._region.service(request["cluster"], request["service"])
        theirs = self._truth.brought.get(f"{request['cluster']}/{request['service']}")
        deployments = service["deployments"] if service else ()
        primary = (each for each in deployments if each["status"] == "PRIMARY")
        return any(each["taskDefinition"] == theirs for each in primary)

    def sent(self, request: Params) -> None:
        """Take note of wake-ups that reached the work queue: each event in them has to end."""
        for entry in request["Entries"]:
            wakeup = json.loads(entry["MessageBody"])["wakeup"]
            self.woken |= {(event, wakeup["stage"]) for event in wakeup["events"]}

    def published(self, request: Params, since: datetime) -> None:
        """Hear what people are told by a worker that began at `since`."""
        self.ears.hear(request, since, self._region.clock())

    # ── the table ───────────────────────────────────────────────────────────────────────────

    def changed(self, record: Params, since: datetime) -> None:
        """Check a change of the ledger."""
        keys = record["dynamodb"]["Keys"]
        self.written.append(f"{keys['pk']['S']} {keys['sk']['S']}")
        self.table.changed(record, since)
        self.in_force.changed(record, self._region.clock())

    def restored(self) -> None:
        """The table is what it was an hour ago: numbers and versions are given out again."""
        self._truth.restored_at = self._region.clock()
        self.table.forget()
        self.in_force.restored(self._region.clock())
        self.ecs.forget()
        self.ears.forget()
        self.woken.clear()


def _nothing(_: Params) -> None:
    """Nothing to look at."""
