"""What Git pushes start: each what it is for, at its commit, once; and the record says so."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from tests.simulation.forge import Begun, Forge, Pushed, Start, Told
from tests.simulation.promises.broken import Say, Tell
from tests.simulation.promises.ledger_view import Body, LedgerView, entry_of
from tests.simulation.truth import LONG_AGO, Truth

PROMISE = "pushes"
PUSH = {"S": "push"}
TOKENS_LAST = timedelta(minutes=5)
"""How long CodeBuild knows a start again."""


@dataclass
class Pushes:
    """Sees what the host is answered, every record, and in the end what was started."""

    forge: Forge
    ledger: LedgerView
    truth: Truth
    say: Say
    tell: Tell
    recorded: dict[tuple[str, Start], datetime] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    # ── at each step ────────────────────────────────────────────────────────────────────────

    def answered(self, pushed: Pushed, told: Told) -> None:
        """Hear what the host is answered: a push that it knows to be taken is a duplicate."""
        self.tell("the Git host", f"is answered {told.status} {told.outcome} to {pushed}")
        if told.status not in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
            return
        if told.again and told.outcome != "duplicate" and not self._is_restored():
            self.say(PROMISE, f"{pushed} was {told.outcome} a second time")
        pushed.taken = True

    def changed(self, record: Mapping[str, Any], now: datetime) -> None:
        """Check a change of a push's record: it forgets nothing, and is done at the end."""
        image = record["dynamodb"].get("NewImage")
        if image is None or image.get("kind") != PUSH or self._is_restored():
            return
        body = entry_of(image).body
        name, starts = body["hash"], _starts(body)
        known = {start for (push, start) in self.recorded if push == name}
        if not known <= starts or (name in self.done and not body["done"]):
            self.say(PROMISE, f"the record of {name[:7]} forgot what was done")
        for start in starts - known:
            self.recorded[name, start] = now
        for start in _starts(body, refused=False) - known:
            self.tell("a push", f"{name[:7]}: {' '.join(start)} is started")
        if body["done"]:
            self.done.add(name)
            wanted = {pushed.hash: pushed.starts or frozenset() for pushed in self.forge.pushed}
            if wanted[name] - starts:
                self.say(PROMISE, f"{name[:7]} is done without {sorted(wanted[name] - starts)}")

    # ── at rest ─────────────────────────────────────────────────────────────────────────────

    def check_at_rest(self) -> None:
        """Every push that was taken is done, and started once what it is for, and nothing else."""
        if self._is_restored():
            return
        bodies = {entry.body["hash"]: entry.body for entry in self.ledger.of_kind("push")}
        begun: defaultdict[str, list[Begun]] = defaultdict(list)
        for each in self.forge.begun():
            begun[each.commit].append(each)
        for pushed in self.forge.pushed:
            self._check(pushed, bodies.get(pushed.hash), begun.pop(pushed.commit, []))
        if begun:
            self.say(PROMISE, f"{sorted(begun)} were started, and nobody pushed them")
        self._links(bodies)

    def _check(self, pushed: Pushed, body: Body | None, begun: Sequence[Begun]) -> None:
        starts = {each.start for each in begun}
        if body is not None and not body["done"] and pushed.taken:
            self.say("liveness", f"{pushed} was taken, and is not done")
        if body is None and (pushed.taken or begun):
            self.say(PROMISE, f"{pushed} has no record")
        if body is not None and starts != _starts(body, refused=False):
            self.say(PROMISE, f"{pushed} started otherwise than its record says")
        wanted = starts if pushed.starts is None else pushed.starts
        if starts - wanted:
            self.say(PROMISE, f"{pushed} started {sorted(starts - wanted)}, which it is not for")
        if pushed.taken and wanted - starts - _forbidden(body):
            self.say(PROMISE, f"{pushed} never started {sorted(wanted - starts)}")
        for start in starts:
            self._once(pushed, start, [each.at for each in begun if each.start == start])

    def _once(self, pushed: Pushed, start: Start, times: Sequence[datetime]) -> None:
        """A start is one, but for a build whose answer was lost until its token was forgotten.

        That takes five tries in a row that fail after CodeBuild was asked.
        """
        first, *more = sorted(times)
        for again in more:
            known = self.recorded.get((pushed.hash, start), again)
            if start[0] == "pipeline" or again - first <= TOKENS_LAST or known < again:
                self.say(PROMISE, f"{pushed} started {start} {len(times)} times")
            first = again

    def _links(self, bodies: Mapping[str, Body]) -> None:
        """From each execution that a record names a way leads back to the push."""
        links = {entry.body["execution"]: entry.body for entry in self.ledger.of_kind("push-link")}
        named = dict(_executions(bodies))
        for execution, name in named.items():
            if execution not in links or links[execution]["push"] != name:
                self.say(PROMISE, f"no way leads from {execution} to its push")
        if links.keys() - named.keys():
            self.say(PROMISE, f"{sorted(links.keys() - named.keys())} stand in no record")

    def _is_restored(self) -> bool:
        """A table of an hour ago knows nothing of the pushes since."""
        return self.truth.restored_at > LONG_AGO


def _starts(body: Body, *, refused: bool = True) -> set[Start]:
    listed = body["starts"] or ()
    return {(each["kind"], each["name"]) for each in listed if refused or each["execution"]}


def _forbidden(body: Body | None) -> set[Start]:
    """Return what was not permitted: nothing else that is asked for here can be refused."""
    listed = (body["starts"] if body else None) or ()
    return {
        (each["kind"], each["name"])
        for each in listed
        if not each["execution"] and "is not permitted" in each["reason"]
    }


def _executions(bodies: Mapping[str, Body]) -> Iterator[tuple[str, str]]:
    for name, body in bodies.items():
        for each in body["starts"] or ():
            whole = each["execution"]
            if whole:
                yield f"{each['name']}:{whole}" if each["kind"] == "pipeline" else whole, name
