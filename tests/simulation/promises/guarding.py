"""What alarms and bakes may do to a release, held against CloudWatch's own history: promise 19.

An alarm that fired before anything moved, or until shortly before, is not blamed; none is left out
that did not; a deployment fails by none but an armed one that went off, and then its release is
vetoed; and nothing has succeeded before its bake was over, or while an armed alarm fired. A worker
reads alarms at some moment between its beginning and its write, so only what held for all that time
is held against it, and nothing where its clock may be minutes off.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.cloud.cloudwatch import ALARM, NO_DATA, Change, CloudWatch
from tests.simulation.guards import Guarded
from tests.simulation.plan import Plan
from tests.simulation.promises.beginnings import is_vetoed
from tests.simulation.promises.broken import Say
from tests.simulation.promises.ledger_view import Body, digests_of
from tests.simulation.truth import Truth

BLAMED = re.compile(r"^The alarm (\S+) went off ")
A_MOMENT = timedelta(seconds=1)
PROMISE = "promise 19"


@dataclass
class Guarding:
    """Knows how every alarm stood at any time, and looks at what becomes of deployments."""

    plan: Plan
    truth: Truth
    cloudwatch: CloudWatch
    say: Say
    counts: Counter[str] = field(default_factory=Counter)

    def look(self, body: Body, before: Body, stage: Body, since: datetime, now: datetime) -> None:
        """Check a change of a deployment by a worker that began at `since`."""
        guard = self.plan.guards.get(body["stage"])
        if guard is None or self.plan.climate.skewed:
            return
        if body["guard"] and not before["guard"]:
            self._check_armed(body, guard, since, now)
        if body["phase"] in {"RollingBack", "Failed"} and before["phase"] != "RollingBack":
            self._check_blamed(body, stage, now)

    def succeeded(
        self, body: Body, targets: list[Body], since: datetime, now: datetime, *, proves: bool
    ) -> None:
        """Check a deployment that has succeeded; `proves` says that its release became stable."""
        guard = self.plan.guards.get(body["stage"])
        if guard is None or self.plan.climate.skewed or body["trigger"]["kind"] == "rollback":
            return
        ends = [end + timedelta(minutes=guard.bake) for end in self._completed(targets)]
        if any(end > now + A_MOMENT for end in ends):
            self.say(PROMISE, f"{_name(body)} succeeded before its bake was over")
        armed: Mapping[str, object] = dict.fromkeys((body["guard"] or {}).get("armed") or ())
        for name in armed:
            if self._was_all_along(name, ALARM, since, now):
                self.say(PROMISE, f"{_name(body)} succeeded while {name} was firing")
            is_mute = self._was_all_along(name, NO_DATA, since, now)
            if is_mute and guard.on_no_data != "pass":
                self._check_mute(body, guard, ends, now)
                if proves:
                    self.say(PROMISE, f"{_name(body)} is verified, and {name} said nothing of it")

    # ── the beginning ───────────────────────────────────────────────────────────────────────

    def _check_armed(self, body: Body, guard: Guarded, since: datetime, now: datetime) -> None:
        found, cooldown = body["guard"], timedelta(minutes=guard.cooldown)
        for name in found["armed"] or ():
            fired = self._was_all_along(name, ALARM, since, now)
            left = any(now - cooldown <= at <= since for at in self._left(name))
            if fired or left:
                self.say(PROMISE, f"{_name(body)} would be blamed for {name}, which fired before")
        for each in found["unarmed"] or ():
            self.counts["unarmed"] += 1
            if not self._fired_within(each["name"], since - cooldown - A_MOMENT, now):
                self.say(PROMISE, f"{_name(body)} leaves out {each['name']}, which did not fire")

    # ── the end ─────────────────────────────────────────────────────────────────────────────

    def _check_blamed(self, body: Body, stage: Body, now: datetime) -> None:
        failure = body["failure"] or {}
        blamed = BLAMED.match(failure.get("summary") or "")
        if blamed is None:
            return
        self.counts["blamed"] += 1
        name, release = blamed[1], digests_of(body["release"])
        began = datetime.fromisoformat(body["started_at"])
        if name not in (body["guard"]["armed"] or ()):
            self.say(PROMISE, f"{_name(body)} failed by {name}, which was not armed")
        if not self._fired_within(name, began, now):
            self.say(PROMISE, f"{_name(body)} failed by {name}, which did not fire")
        if not is_vetoed(stage, release) and not stage["allowance"]:
            self.say(PROMISE, f"{_name(body)} failed by {name}, and its release is not vetoed")

    def _check_mute(self, body: Body, guard: Guarded, ends: list[datetime], now: datetime) -> None:
        """What an alarm said nothing of has waited out its time, and is not verified."""
        self.counts["mute"] += 1
        if guard.on_no_data == "fail":
            self.say(PROMISE, f"{_name(body)} succeeded without the data that it must have")
        elif any(end + self._shortest_deadline > now + A_MOMENT for end in ends):
            self.say(PROMISE, f"{_name(body)} succeeded without waiting for data")

    _shortest_deadline = timedelta(minutes=10)

    def _completed(self, targets: list[Body]) -> Iterator[datetime]:
        """Yield when ECS was done with what a deployment began."""
        for target in targets:
            at = self.truth.completed_at.get(target["forward"]["ecs_deployment_id"])
            if at is not None:
                yield at

    # ── how an alarm stood ──────────────────────────────────────────────────────────────────

    def _changes(self, name: str) -> list[Change]:
        alarm = self.cloudwatch.find(name)
        return alarm.changes if alarm else []

    def _left(self, name: str) -> Iterator[datetime]:
        return (each.at for each in self._changes(name) if each.was == ALARM)

    def _was_all_along(self, name: str, state: str, since: datetime, now: datetime) -> bool:
        changes = self._changes(name)
        at_first = [each.state for each in changes if each.at < since][-1:]
        return at_first == [state] and not any(since <= each.at <= now for each in changes)

    def _fired_within(self, name: str, since: datetime, now: datetime) -> bool:
        """Whether an alarm fired at some moment of a time; of one that is gone nobody knows."""
        changes = self._changes(name)
        if not changes or changes[0].at > since:
            return True
        at_first = [each.state for each in changes if each.at <= since][-1:]
        return at_first == [ALARM] or any(
            each.state == ALARM for each in changes if since <= each.at <= now
        )


def _name(body: Body) -> str:
    return f"{body['stage']}#{body['number']}"
