"""What people keep stays: pins, vetoes that they give, freezes of a scope, and their ends.

Promise 17, at the moment of each change: nothing but the pinned release begins in a pinned stage,
a pin or a veto ends only by a word, by its time, or where the release failed or was left, and
nothing begins under a freeze of its application or stage.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.plan import Plan
from tests.simulation.promises.broken import Say, Tell
from tests.simulation.promises.ledger_view import Body, digests_of
from tests.simulation.truth import LONG_AGO, Truth

A_WORKER = timedelta(minutes=3)
"""For so long a worker may go on after it began."""

Digests = frozenset[tuple[str, str]]


@dataclass
class Keeping:
    """Remembers what people asked for, and holds each change against that."""

    plan: Plan
    truth: Truth
    say: Say
    tell: Tell
    unpins: Counter[str] = field(default_factory=Counter)
    unpinned: Counter[str] = field(default_factory=Counter)
    lifted: set[tuple[str, frozenset[str]]] = field(default_factory=set)
    aborts: set[tuple[str, int]] = field(default_factory=set)

    # ── what people ask for ─────────────────────────────────────────────────────────────────

    def hear(self, intent: Body) -> None:
        """Take note of a wish that is kept for the first time."""
        stage = intent["stage"]
        if intent["kind"] == "unpin":
            self.unpins[stage] += 1
        elif intent["kind"] == "abort":
            self.aborts.add((stage, intent["number"]))
        elif intent["kind"] == "unveto":
            self.lifted.add((stage, frozenset(image["digest"] for image in intent["images"])))

    # ── what becomes of a stage ─────────────────────────────────────────────────────────────

    def look(self, body: Body, before: Body | None, since: datetime) -> None:
        """Check what a stage's pin and vetoes became."""
        self._tell(body, before)
        if before is None or self.truth.restored_at > LONG_AGO:
            return
        if before["pin"] and not body["pin"]:
            self._check_unpinned(body, before, since)
        for veto in body["vetoes"]:
            if veto["actor"] and veto not in before["vetoes"]:
                self._check_given(body, veto)

    def _tell(self, body: Body, before: Body | None) -> None:
        was = before["pin"] if before else None
        if body["pin"] and body["pin"] != was:
            self.tell(body["id"], f"is pinned to {sorted(digests_of(body['pin']['release']))}")
        if was and not body["pin"]:
            self.tell(body["id"], "is pinned no more")
        vetoes = before["vetoes"] if before else []
        for veto in body["vetoes"]:
            if veto["actor"] and veto not in vetoes:
                self.tell(body["id"], f"vetoes {sorted(digests_of(veto['release']))}")
        if any(veto["actor"] and veto not in body["vetoes"] for veto in vetoes):
            self.tell(body["id"], "vetoes no more what it did")

    def lost(self, body: Body, before: Body | None, since: datetime) -> Iterator[Digests]:
        """Yield what is not vetoed any more because a person lifted it, or its time is over."""
        for veto in before["vetoes"] if before else ():
            if veto not in body["vetoes"]:
                digests = digests_of(veto["release"])
                if self.is_lifted(body["id"], digests) or self.is_over(veto, since):
                    yield digests

    def _check_unpinned(self, body: Body, before: Body, since: datetime) -> None:
        pinned = digests_of(before["pin"]["release"])
        failed = any(digests_of(veto["release"]) == pinned for veto in body["vetoes"])
        held = body["hold"] and digests_of(body["hold"]["release"]) == pinned
        begins = body["latest"] > before["latest"]  # then `began` looks at what it is
        if failed or held or begins or self.is_over(before["pin"], since):
            return
        self.unpinned[body["id"]] += 1
        if self.unpinned[body["id"]] > self.unpins[body["id"]]:
            self.say("promise 17", f"{body['id']} is pinned no more, and nobody unpinned it")

    def _check_given(self, body: Body, veto: Body) -> None:
        vetoed = digests_of(veto["release"])
        for name in ("live", "pin"):
            kept = body[name]["release"] if name == "pin" and body[name] else body[name]
            if kept and vetoed <= digests_of(kept):
                self.say("promise 17", f"{body['id']} vetoes what is its {name}")

    def is_over(self, kept: Body, since: datetime) -> bool:
        """Whether the time of something is over, by the clock of a worker that began then."""
        if kept["until"] is None:
            return False
        skewed = self.plan.climate.skewed
        return skewed or datetime.fromisoformat(kept["until"]) <= since + A_WORKER

    # ── what begins ─────────────────────────────────────────────────────────────────────────

    def began(self, body: Body, stage: Body, before: Body | None, switch: Body | None) -> None:
        """Check a deployment that begins: its stage as it is then, and as it was before."""
        name, release = f"{body['stage']}#{body['number']}", digests_of(body["release"])
        is_back = body["trigger"]["kind"] == "rollback"
        pins = [stage["pin"]] if is_back or not before else [stage["pin"], before["pin"]]
        if body["trigger"]["kind"] == "pin":
            pins = [stage["pin"]]  # in the place of another one
            if not stage["pin"]:
                self.say("promise 17", f"{name} brings what is to be pinned, and it is not")
        at = datetime.fromisoformat(body["started_at"])
        for pin in pins:
            if pin and digests_of(pin["release"]) != release and not self._ended(pin, at):
                self.say("promise 17", f"{name} begins in a stage that is pinned to another")
        for freeze in freezes_over(body["stage"], switch):
            if not is_back and not self._ended(freeze, at):
                self.say("promise 17", f"{name} began while {freeze['scope']} was frozen")

    def _ended(self, kept: Body, at: datetime) -> bool:
        """Whether something was over at a moment by the clock that the moment is from."""
        return kept["until"] is not None and datetime.fromisoformat(kept["until"]) <= at

    def is_lifted(self, stage: str, release: Digests) -> bool:
        """Whether a person asked for the end of the veto of a release."""
        return (stage, frozenset(digest for _, digest in release)) in self.lifted

    def is_aborted(self, body: Body) -> bool:
        """Whether a person asked for the end of a deployment."""
        return (body["stage"], body["number"]) in self.aborts


def freezes_over(stage: str, switch: Body | None) -> Iterator[Body]:
    """Yield the freezes of an application or a stage that are on for this one."""
    scopes = {stage, stage.partition("/")[0]}
    for freeze in (switch["scoped"] or ()) if switch else ():
        if freeze["on"] and freeze["scope"] in scopes:
            yield freeze
