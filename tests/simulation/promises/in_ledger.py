"""What the ledger may say: promises 4 to 6, 13 and 14, and 15, at the moment of each change."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.simulation.plan import Plan
from tests.simulation.promises.at_ecs import SECRET
from tests.simulation.promises.beginnings import A_PERSONS, Beginnings, StageMemory, is_vetoed
from tests.simulation.promises.broken import Say, Tell
from tests.simulation.promises.choice import Choices
from tests.simulation.promises.guarding import Guarding
from tests.simulation.promises.keeping import Keeping
from tests.simulation.promises.ledger_view import (
    TERMINAL,
    Body,
    Entry,
    LedgerView,
    digests_of,
    entry_of,
)
from tests.simulation.promises.verdicts import Verdicts
from tests.simulation.truth import LONG_AGO, Truth

LARGEST = 100 * 1024

NEVER_TURNED: Body = {"on": False, "actor": "", "reason": ""}


@dataclass
class LedgerWatch:
    """Looks at every change of the table."""

    plan: Plan
    truth: Truth
    ledger: LedgerView
    beginnings: Beginnings
    verdicts: Verdicts
    guarding: Guarding
    say: Say
    tell: Tell
    known: dict[tuple[str, str], Entry] = field(default_factory=dict)
    memory: dict[str, StageMemory] = field(default_factory=dict)
    spoken: set[tuple[str, str]] = field(default_factory=set)
    ways_back: set[str] = field(default_factory=set)
    resumes: Counter[str] = field(default_factory=Counter)
    resumed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._choices = Choices(self.plan, self.truth)
        self.keeping = Keeping(self.plan, self.truth, self.say, self.tell)
        self._checks = {
            "stage": self._stage,
            "target": self._counted,
            "deployment": self._deployment,
            "outcome": self._outcome,
            "outbox": self._outbox,
            "intent": self._intent,
            "switch": self._switch,
        }

    def changed(self, record: Mapping[str, Any], since: datetime) -> None:
        """Check a change; `since` is when the worker that made it began."""
        keys = record["dynamodb"]["Keys"]
        key = keys["pk"]["S"], keys["sk"]["S"]
        image = record["dynamodb"].get("NewImage")
        if image is None:
            self.known.pop(key, None)
            return
        if "body" not in image:
            return
        entry = entry_of(image)
        self._common(entry)
        check = self._checks.get(entry.kind)
        if check is not None:
            check(entry, self.known.get(key), since)
        self.known[key] = entry

    def forget(self) -> None:
        """The table is another one now."""
        for memory in self.memory.values():
            memory.floor, memory.flight = memory.live, None
        self.spoken.clear()
        read = (entry_of(item) for item in self.ledger.items() if "body" in item)
        self.known = {(entry.pk, entry.sk): entry for entry in read}

    def _common(self, entry: Entry) -> None:
        if SECRET in entry.text:
            self.say("promise 13", f"the {entry.kind} {entry.pk} holds a secret")
        if len(entry.text) > LARGEST:
            self.say("bounds", f"the {entry.kind} {entry.pk} is {len(entry.text)} bytes long")

    # ── kinds ───────────────────────────────────────────────────────────────────────────────

    def _counted(self, entry: Entry, before: Entry | None, _: datetime) -> None:
        expected = 1 if before is None else before.version + 1
        if entry.version != expected:
            what = f"{entry.pk} {entry.sk} went to version {entry.version}, not {expected}"
            self.say("promise 6", what)

    def _stage(self, entry: Entry, before: Entry | None, since: datetime) -> None:
        if before is not None and self._is_silenced(entry, before):
            return
        self._counted(entry, before, since)
        if before is not None and (entry.text, entry.due_at) == (before.text, before.due_at):
            return  # only what belongs to it was written
        body, memory = entry.body, self._memory(entry.pk.partition("#")[2])
        if body["hold"] and (before is None or before.body["hold"] != body["hold"]):
            self.tell(body["id"], f"is held ({body['hold']['kind']}): {body['hold']['reason']}")
            for what in self._choices.complaints_about_hold(body, since):
                self.say("promise 14", f"{body['id']} holds {what}")
        self._look_at_timer(entry, before)
        if body["would"] and (before is None or before.body["would"] != body["would"]):
            self.tell(body["id"], f"would deploy: {body['would']['reason']}")
        was = before.body if before else None
        self._look_at_pause(body, was["paused"] if was else None, since)
        self.keeping.look(body, was, since)
        memory.vetoed -= set(self.keeping.lost(body, was, since))
        memory.was = was
        memory.vetoed |= {digests_of(veto["release"]) for veto in body["vetoes"]}
        if body["allowance"] is not None:
            lifted = {digests for digests in memory.vetoed if not is_vetoed(body, digests)}
            memory.vetoed -= lifted
        memory.paused = bool(body["paused"])
        memory.verified.add(digests_of(body["stable"]))
        memory.live, memory.stable, memory.vetoes = body["live"], body["stable"], body["vetoes"]

    def _look_at_timer(self, entry: Entry, before: Entry | None) -> None:
        """A stage has a timer while something is under way, or until what has an end is over.

        One that rang stays until the round is over that it woke.
        """
        body, switch = entry.body, self.ledger.switch()
        kept = [body["pin"], body["paused"], *body["vetoes"]]
        kept += [switch.body, *(switch.body["scoped"] or ())] if switch else []
        ends = any(each and each["until"] for each in kept)
        rang = before is not None and before.due_at is not None
        bare = entry.due_at is not None and body["current"] is None and not (ends or rang)
        if bare or (entry.due_at is None and body["current"] is not None):
            self.say("bounds", f"{entry.pk} has timer {entry.due_at} with {body['current']}")

    def _look_at_pause(self, body: Body, before: Body | None, since: datetime) -> None:
        """Each pause ends by a word of its own, but for one that only a lost ledger knew."""
        stage, paused = body["id"], body["paused"]
        if paused and not before:
            self.tell(stage, f"is paused: {paused['reason']}")
        if paused or not before:
            return
        self.tell(stage, "is resumed")
        if self.keeping.is_over(before, since):
            return
        self.resumed[stage] += 1
        known = self.truth.restored_at == LONG_AGO
        if known and self.resumed[stage] > self.resumes[stage]:
            self.say("promise 10", f"{stage} goes on, and nobody resumed it")

    def _is_silenced(self, entry: Entry, before: Entry) -> bool:
        """Whether only the timer is taken from a stage, and no configuration has it any more."""
        left_out = entry.pk.partition("#")[2] in self.truth.left_out
        return left_out and entry.due_at is None and entry.text == before.text

    def _deployment(self, entry: Entry, before: Entry | None, since: datetime) -> None:
        self._counted(entry, before, since)
        body = entry.body
        if before is None or before.body["phase"] != body["phase"]:
            self.tell(_name(body), f"is {body['phase']}: {body['reason']}")
        if not body["reason"]:
            self.say("promise 14", f"{entry.pk} {entry.sk} is {body['phase']} without a reason")
        if before is None:
            self._check_paused(body)
            self._check_kept(body)
            self.beginnings.check(body, self._memory(body["stage"]), since)
        else:
            self._went_on(body, before.body["phase"])
            self._guarded(body, before.body, since)

    def _check_paused(self, body: Body) -> None:
        """Nothing begins by itself in a stage that a person paused."""
        paused = self.known[f"stage#{body['stage']}", "stage"].body["paused"]
        if paused and body["trigger"]["kind"] not in A_PERSONS:
            self.say("promise 10", f"{_name(body)} began by itself: {paused['reason']}")
        if self._is_frozen(body["started_at"]) and body["trigger"]["kind"] != "rollback":
            self.say("promise 10", f"{_name(body)} began while everything was frozen")

    def _check_kept(self, body: Body) -> None:
        """Nothing begins beside a pin, or under a freeze of its application or stage."""
        stage = self.known[f"stage#{body['stage']}", "stage"].body
        switch = self.known.get(("switch", "everything"))
        was = self._memory(body["stage"]).was
        self.keeping.began(body, stage, was, switch.body if switch else None)

    def _went_on(self, body: Body, before: str) -> None:
        memory = self._memory(body["stage"])
        if before in TERMINAL:
            self.say("promise 6", f"{_name(body)} was over and went on as {body['phase']}")
        if body["phase"] in {"RollingBack", "Failed"}:
            self._check_kept_back(body)
            aborted = self.keeping.is_aborted(body)
            targets = () if aborted else self._targets(body)
            for service in self.verdicts.wrong_failures(targets):
                self.say("promise 4", f"{_name(body)} failed, but ECS did not fail {service}")
        if body["phase"] in TERMINAL - {"Superseded"}:
            memory.let, memory.flight = frozenset(), None
        if body["phase"] == "Succeeded":
            memory.floor = None
            for what in self.verdicts.wrong_successes(self._targets(body)):
                self.say("promise 4", f"{_name(body)} succeeded, but ECS did not complete {what}")

    def _guarded(self, body: Body, before: Body, since: datetime) -> None:
        """Check what alarms and bakes had to do with how a deployment went on."""
        if body["stage"] not in self.plan.guards:
            return
        now = self.verdicts.clock()
        stage = self.known[f"stage#{body['stage']}", "stage"].body
        self.guarding.look(body, before, stage, since, now)
        if body["phase"] == "Succeeded" != before["phase"]:
            was = self._memory(body["stage"]).was
            stable = digests_of(stage["stable"])
            proves = stable == digests_of(body["release"]) != digests_of(was and was["stable"])
            self.guarding.succeeded(body, self._targets(body), since, now, proves=proves)

    def _check_kept_back(self, body: Body) -> None:
        """What failed is vetoed or held from then on, unless a person let it through meanwhile."""
        stage = self.known[f"stage#{body['stage']}", "stage"].body
        hold, wanted = stage["hold"], digests_of(body["release"])
        held = hold is not None and (
            hold["content"] is None or digests_of(hold["release"]) == wanted
        )
        let = stage["allowance"] or self.keeping.is_lifted(body["stage"], wanted)
        if not held and not let and not is_vetoed(stage, wanted):
            self.say("promise 5", f"{_name(body)} failed, and nothing keeps its release back")

    def _outcome(self, entry: Entry, before: Entry | None, since: datetime) -> None:
        if before is not None and before.text != entry.text:
            self.say("promise 14", f"the end of {entry.sk} in {entry.pk} changed")
        if not entry.body["reason"]:
            self.say("promise 14", f"{entry.sk} ended in {entry.pk} without a reason")
        wished = entry.body["event"].startswith(("wish-", "job-"))
        if entry.body["event"] in self.ways_back and "is frozen" in entry.body["reason"]:
            self.say("promise 10", f"{entry.sk}, a rollback, was kept back by a freeze")
        if before is None and entry.body["outcome"] == "rejected" and not wished:
            self._check_rejected(entry.pk.partition("#")[2], since)

    def _check_rejected(self, stage: str, since: datetime) -> None:
        """What is said to have nothing to choose from has nothing: a listing may not fail so."""
        application, _, _ = stage.partition("/")
        applied = self.beginnings.in_force.since(stage)
        lasting = applied is not None and applied < since
        restored = self.truth.restored_at > LONG_AGO  # perhaps to before it was configured
        known = lasting and not restored and stage not in self.truth.left_out
        if known and self._choices.had_one(application, since):
            self.say("promise 14", f"an event was rejected in {stage}, which had images to choose")

    def _intent(self, entry: Entry, before: Entry | None, _: datetime) -> None:
        """What a person asked for once is heard once, however often the request arrives."""
        if before is None and (entry.pk, entry.sk) in self.spoken:
            self.say("promise 10", f"{entry.sk} of {entry.pk} is to be heard a second time")
        if before is None and entry.body["kind"] == "resume":
            self.resumes[entry.body["stage"]] += 1
        if before is None and (entry.pk, entry.sk) not in self.spoken:
            self.keeping.hear(entry.body)
        self.spoken.add((entry.pk, entry.sk))
        if entry.body["kind"] == "rollback":
            self.ways_back.add(entry.body["id"])

    def _switch(self, entry: Entry, before: Entry | None, _: datetime) -> None:
        """The stop switch says who turned it and why, and is turned by nobody who did not look."""
        self._counted(entry, before, _)
        body, was = entry.body, before.body if before is not None else NEVER_TURNED
        self.tell("everything", "is frozen" if body["on"] else "goes on again")
        turned = [freeze for freeze in _freezes(body) if freeze not in _freezes(was)]
        if not all(each["actor"] and each["reason"] and each["since"] for each in turned):
            self.say("promise 16", "the stop switch does not say who turned it, when and why")
        if len(turned) != 1 or _stands(turned[0], was):
            self.say("promise 10", "the stop switch was turned to where it stood")

    def _is_frozen(self, at: str) -> bool:
        """Whether everything is frozen as the table stands, at a moment by a worker's clock."""
        entry = self.known.get(("switch", "everything"))
        if entry is None or not entry.body["on"]:
            return False
        until = entry.body["until"]
        return until is None or datetime.fromisoformat(until) > datetime.fromisoformat(at)

    def _outbox(self, entry: Entry, before: Entry | None, _: datetime) -> None:
        if before is not None and before.text != entry.text:
            self.say("promise 9", f"the announcement {entry.pk} {entry.sk} changed")
        number = int(entry.sk)
        if before is None and number > 1 and (entry.pk, f"{number - 1:06d}") not in self.known:
            self.say("promise 9", f"{entry.pk} has number {number} and not the one before")

    def _targets(self, body: Body) -> list[Body]:
        """Return the targets that are in a deployment, and still in the configuration."""
        prefix, number = f"stage#{body['stage']}", body["number"]
        mine = [e for (pk, _), e in self.known.items() if pk == prefix and e.kind == "target"]
        kept = (e.body for e in mine if e.sk.rpartition(":")[2] not in self.truth.left_out)
        return [target for target in kept if target["deployment"] == number]

    def _memory(self, stage: str) -> StageMemory:
        return self.memory.setdefault(stage, StageMemory())


def _freezes(switch: Body) -> list[Body]:
    """Return every scope that a switch ever turned, that of everything without the others."""
    keys = ("on", "actor", "reason", "since", "until")
    everything = {key: switch.get(key) for key in keys}
    return [everything, *(switch.get("scoped") or ())]


def _stands(turned: Body, was: Body) -> bool:
    """Whether a scope was so already, with the same end."""
    scope = turned.get("scope")
    there = next((each for each in _freezes(was) if each.get("scope") == scope), None)
    is_on, was_on = bool(turned["on"]), bool(there and there["on"])
    same_end = there is not None and there.get("until") == turned.get("until")
    return is_on is was_on and (not is_on or same_end)


def _name(body: Body) -> str:
    return f"{body['stage']}#{body['number']}"
