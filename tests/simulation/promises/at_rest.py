"""What must hold once the faults have stopped: liveness, and that nothing was left behind."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from tests.simulation.plan import Application, Plan, Repository, Service, Stage
from tests.simulation.promises.broken import Say
from tests.simulation.promises.choice import is_followed, version_of
from tests.simulation.promises.keeping import freezes_over
from tests.simulation.promises.ledger_view import (
    TERMINAL,
    Body,
    LedgerView,
    digests_of,
    seekers,
)
from tests.simulation.promises.telling import Ears
from tests.simulation.truth import LONG_AGO, Truth

ALARM = re.compile(r": (The alarm \S+ went off|No data came for the alarm) ")
"""How the veto of a release begins that an alarm took back."""

RAN_BACK = frozenset({"Failed", "RolledBack", "Aborted"})


class Cloud(Protocol):
    """What is asked of AWS to see how things are."""

    def tags(self, repository: str) -> Mapping[str, str]:
        """Return the digest of each tag."""
        ...

    def runs(self, service: Service) -> str | None:
        """Return the image that a service's primary deployment runs, None where it is gone."""
        ...

    def settled(self, service: Service) -> str | None:
        """Return the image that ECS has brought a service to, by digest; None where it has not."""
        ...

    def own_revisions(self) -> Iterable[tuple[str, str]]:
        """Return (family, ARN) of every revision that Longshore registered."""
        ...


LATE = timedelta(minutes=20)
"""So late after its end a pin is taken off at most: a tick may be lost, a sweep is not."""


@dataclass
class AtRest:
    """Looks at the world when everything should be over."""

    plan: Plan
    truth: Truth
    ledger: LedgerView
    cloud: Cloud
    ears: Ears
    now: datetime
    say: Say

    def check(self, woken: Iterable[tuple[str, str]]) -> None:
        """Check everything; `woken` are the (event, stage) pairs that came to the work queue."""
        for application, stage in self._stages():
            if f"{application.name}/{stage.name}" not in self.truth.left_out:
                self._stage(application, stage)
        self._deployments()
        self._leftovers()
        self._outcomes(woken)
        self._revisions()

    def _stages(self) -> Iterator[tuple[Application, Stage]]:
        for application in self.plan.applications:
            if self.ledger.number_in_force(application.name) is not None:
                for stage in application.stages:
                    yield application, stage

    # ── every stage is where its policy says, or held with a reason ───────────────────────────

    def _stage(self, application: Application, stage: Stage) -> None:
        name = f"{application.name}/{stage.name}"
        entry = self.ledger.stage(name)
        if entry is None:
            self.say("liveness", f"{name} was never looked at")
            return
        body = entry.body
        self._told(name, body["notices"])
        if body["current"] is not None:
            self.say("liveness", f"{name} is still busy with #{body['current']}")
        elif body["trouble"] is not None:
            self.say("liveness", f"{name} still has trouble: {body['trouble']}")
        else:
            self._settled(application, stage, body)
            self._services(stage, body)
            self._observed(stage, body)

    def _settled(self, application: Application, stage: Stage, body: Body) -> None:
        name = f"{application.name}/{stage.name}"
        wanted = self._wanted(application)
        self._pinned(stage, body)
        if wanted is None or digests_of(body["live"]) == wanted or self._is_frozen(name):
            return
        if body["pin"] and body["pin"]["reason"]:
            return
        if self._is_observing(name) and self._would(body) == wanted:
            return
        vetoes = [v for v in body["vetoes"] if _covers(v, wanted)]
        holds = [
            hold
            for hold in (body["paused"], body["hold"])
            if hold is not None and self._keeps_back(hold, wanted)
        ]
        if not vetoes and not holds:
            self.say("liveness", f"{name} is not at what its policy names, and nothing holds it")
        for reason in [each["reason"] for each in (*vetoes, *holds)]:
            if not reason:
                self.say("promise 14", f"{name} is held without a reason")
        if vetoes and not holds:
            self._check_veto(stage, name, wanted, vetoes)

    def _is_frozen(self, stage: str) -> bool:
        """Whether people froze everything, or this, and left it so: the switch says why."""
        switch = self.ledger.switch()
        if switch is None:
            return False
        everything = bool(switch.body["on"]) and _lasts(switch.body, self.now)
        some = (_lasts(freeze, self.now) for freeze in freezes_over(stage, switch.body))
        return everything or any(some)

    def _pinned(self, stage: Stage, body: Body) -> None:
        """A pinned stage is on the release that it is pinned to, unless another hand moved it."""
        live, pin = digests_of(body["live"]), body["pin"]
        theirs = any(self._is_theirs(service) for service in stage.services)
        restored = self.truth.restored_at > LONG_AGO
        if pin and not (theirs or restored) and live != digests_of(pin["release"]):
            self.say("promise 17", f"{body['id']} is not on what it is pinned to")
        if pin and not _lasts(pin, self.now - LATE):
            self.say("promise 17", f"{body['id']} is pinned after the end of that")

    def _would(self, body: Body) -> frozenset[tuple[str, str]] | None:
        """Return what an observing stage says that it would deploy; it says why."""
        would = body["would"]
        if would is None or not (body["observed"] and would["reason"]):
            return None
        return digests_of(would["release"])

    def _observed(self, stage: Stage, body: Body) -> None:
        """What is live in an observing stage is what its services run, whoever brought it."""
        if not self._is_observing(body["id"]):
            return
        named = [service for service in stage.services if not self._is_left_out(service)]
        runs = [self.cloud.settled(service) for service in named]
        if not runs or any(image is None for image in runs):
            return
        images = zip(named, runs, strict=True)
        found = frozenset((s.repository, str(i).partition("@")[2]) for s, i in images)
        is_one = len(found) == len({service.repository for service in named})
        live = digests_of(body["live"])
        if is_one and live != found and {r for r, _ in live or found} == {r for r, _ in found}:
            self.say("liveness", f"{body['id']} observes {sorted(live)}, its services run {found}")

    def _is_observing(self, stage: str) -> bool:
        number = self.ledger.number_in_force(stage.partition("/")[0])
        return self.ledger.observes(stage, number)

    def _is_left_out(self, service: Service) -> bool:
        return str(service) in self.truth.left_out

    def _keeps_back(self, hold: Body, wanted: frozenset[tuple[str, str]]) -> bool:
        """Whether a hold is of what is wanted, or of something newer that was kept back before."""
        if hold["content"] is None or digests_of(hold["release"]) == wanted:
            return True
        pushed_at, held = self.truth.pushed_at, dict(digests_of(hold["release"]))
        return hold["kind"] != "moved back" and all(
            name in held and pushed_at[name, digest] <= pushed_at[name, held[name]]
            for name, digest in wanted
        )

    def _check_veto(
        self, stage: Stage, name: str, wanted: frozenset[tuple[str, str]], vetoes: Sequence[Body]
    ) -> None:
        """What runs well is vetoed only where people, clocks or alarms interfered."""
        mild = not self.plan.climate.skewed and self.plan.climate.ecs_down is None
        touched = any(str(service) in self.truth.touched for service in stage.services)
        untouched = not touched and name not in self.truth.went_back
        by_alarm = any(ALARM.search(veto["reason"]) for veto in vetoes)  # which may be mistaken
        good = all(self.truth.is_good(digest) for _, digest in wanted)
        if mild and untouched and good and not by_alarm:
            self.say("liveness", f"{name} vetoed a release that runs well")

    def _wanted(self, application: Application) -> frozenset[tuple[str, str]] | None:
        """Return what the policies name, None where one of them names nothing."""
        chosen = [(r.name, self._choice(r)) for r in application.repositories]
        if any(digest is None for _, digest in chosen):
            return None
        return frozenset((name, digest) for name, digest in chosen if digest is not None)

    def _choice(self, repository: Repository) -> str | None:
        tags = self.cloud.tags(repository.name)
        if not repository.by_version:
            return tags.get("main")
        versions = [tag for tag in tags if is_followed(tag)]
        return tags[max(versions, key=version_of)] if versions else None

    def _services(self, stage: Stage, body: Body) -> None:
        """No service is left behind: each runs what is live, those excepted that people moved."""
        live = dict(digests_of(body["live"]))
        for service in stage.services:
            image = self.cloud.runs(service)
            wanted = live.get(service.repository)
            if image is None or wanted is None or self._is_theirs(service):
                continue
            digest = image.partition("@")[2]
            if digest != wanted and digest:
                self.say("liveness", f"{service} runs {digest[-6:]}, live is {wanted[-6:]}")

    def _is_theirs(self, service: Service) -> bool:
        """Whether people moved a service, or took it out of their configuration."""
        return str(service) in self.truth.touched or str(service) in self.truth.left_out

    # ── nothing is left over, nobody was left untold ──────────────────────────────────────────

    def _deployments(self) -> None:
        for entry in self.ledger.of_kind("deployment"):
            body = entry.body
            subject = f"{body['stage']}#{body['number']}"
            if body["phase"] not in TERMINAL and body["stage"] not in self.truth.left_out:
                self.say("liveness", f"{subject} is {body['phase']} for ever")
            if body["phase"] in RAN_BACK:
                self._told(subject, body["announced"])

    def _told(self, subject: str, announced: int) -> None:
        for sequence in range(1, announced + 1):
            if (subject, sequence) not in self.ears.heard:
                self.say("promise 9", f"nobody was told {subject}/{sequence}")

    def _leftovers(self) -> None:
        for entry in self.ledger.of_kind("intent"):
            self.say("bounds", f"the intent {entry.sk} of {entry.pk} was never heard")
        for entry in seekers(self.ledger, self.truth.left_out):
            self.say("bounds", f"a registration is sought for {entry.sk} of {entry.pk} for ever")
        for entry in self.ledger.of_kind("outbox"):
            if entry.due_at is not None:
                self.say("bounds", f"the announcement {entry.pk} {entry.sk} was never confirmed")

    def _outcomes(self, woken: Iterable[tuple[str, str]]) -> None:
        for event, stage in sorted(woken):
            if self.ledger.outcome(stage, event) is None:
                self.say("promise 14", f"{event} never ended in {stage}")

    def _revisions(self) -> None:
        """Every revision is known, but for those that a restored ledger cannot know of.

        Nor is one of a stage that was given up while it was being registered.
        """
        known = {entry.body["revision"] for entry in self.ledger.of_kind("revision")}
        since, left_out = self.truth.restored_at, self._families_left_out()
        for family, arn in self.cloud.own_revisions():
            is_ours = self.truth.registered_at[arn] >= since and family not in left_out
            if arn not in known and is_ours:
                self.say("promise 6", f"{arn.rpartition('/')[2]} of {family} is an orphan")

    def _families_left_out(self) -> set[str]:
        return {
            service.family
            for application, stage in self._stages()
            for service in stage.services
            if f"{application.name}/{stage.name}" in self.truth.left_out
        }


def _lasts(kept: Body, now: datetime) -> bool:
    """Whether what people keep has no end, or one that is still to come."""
    return kept["until"] is None or datetime.fromisoformat(kept["until"]) > now


def _covers(veto: Body, wanted: frozenset[tuple[str, str]]) -> bool:
    """Whether a veto is of a release, or a person's of some of its images."""
    vetoed = digests_of(veto["release"])
    return vetoed <= wanted if veto["actor"] else vetoed == wanted


def busy_stages(ledger: LedgerView) -> list[str]:
    """Return the stages with a deployment under way."""
    stages: list[Any] = [entry.body for entry in ledger.of_kind("stage")]
    return [body["id"] for body in stages if body["current"] is not None]
