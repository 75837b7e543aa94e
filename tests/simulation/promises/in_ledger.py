"""What the ledger may say: promises 4 to 6, 13 and 14, and 15, at the moment of each change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.simulation.plan import Plan
from tests.simulation.promises.at_ecs import SECRET
from tests.simulation.promises.broken import Say, Tell
from tests.simulation.promises.ledger_view import (
    TERMINAL,
    Body,
    Entry,
    LedgerView,
    digests_of,
    entry_of,
)
from tests.simulation.truth import LONG_AGO, Truth

LARGEST = 100 * 1024
MOST_STALE = timedelta(seconds=30)
BY_ITSELF = frozenset({"push", "sweep"})

Digests = frozenset[tuple[str, str]]


@dataclass(slots=True)
class StageMemory:
    """What was seen of a stage; `floor` is what was live when the ledger was restored.

    `tried` are all releases that were ever begun.
    """

    tried: set[Digests] = field(default_factory=set)
    vetoed: set[Digests] = field(default_factory=set)
    live: Body | None = None
    floor: Body | None = None


@dataclass
class LedgerWatch:
    """Looks at every change of the table."""

    plan: Plan
    truth: Truth
    ledger: LedgerView
    say: Say
    tell: Tell
    known: dict[tuple[str, str], Entry] = field(default_factory=dict)
    memory: dict[str, StageMemory] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_version = {
            repository.name
            for application in self.plan.applications
            for repository in application.repositories
            if repository.by_version
        }
        self._checks = {
            "stage": self._stage,
            "target": self._counted,
            "deployment": self._deployment,
            "outcome": self._outcome,
            "outbox": self._outbox,
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
            memory.floor = memory.live
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
        body, memory = entry.body, self._memory(entry.pk.partition("#")[2])
        if body["hold"] and (before is None or before.body["hold"] != body["hold"]):
            self.tell(body["id"], f"is held ({body['hold']['kind']}): {body['hold']['reason']}")
        if (body["current"] is None) != (entry.due_at is None):
            self.say("bounds", f"{entry.pk} has timer {entry.due_at} with {body['current']}")
        memory.vetoed |= {digests_of(veto["release"]) for veto in body["vetoes"]}
        if body["allowance"] is not None:
            lifted = {digests for digests in memory.vetoed if not self._is_vetoed(body, digests)}
            memory.vetoed -= lifted
        memory.live = body["live"]

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
            self._begun(body, since)
            self._memory(body["stage"]).tried.add(digests_of(body["release"]))
            return
        if before.body["phase"] in TERMINAL:
            self.say("promise 6", f"{_name(body)} was over and went on as {body['phase']}")
        if body["phase"] in {"RollingBack", "Failed"}:
            self._check_kept_back(body)
        if body["phase"] == "Succeeded":
            self._memory(body["stage"]).floor = None
            self._succeeded(body)

    def _check_kept_back(self, body: Body) -> None:
        """What failed is vetoed or held from the moment on at which that is known."""
        stage = self.known[f"stage#{body['stage']}", "stage"].body
        hold, wanted = stage["hold"], digests_of(body["release"])
        held = hold is not None and (
            hold["content"] is None or digests_of(hold["release"]) == wanted
        )
        if not held and not self._is_vetoed(stage, wanted):
            self.say("promise 5", f"{_name(body)} failed, and nothing keeps its release back")

    def _outcome(self, entry: Entry, before: Entry | None, _: datetime) -> None:
        if before is not None and before.text != entry.text:
            self.say("promise 14", f"the end of {entry.sk} in {entry.pk} changed")
        if not entry.body["reason"]:
            self.say("promise 14", f"{entry.sk} ended in {entry.pk} without a reason")

    def _outbox(self, entry: Entry, before: Entry | None, _: datetime) -> None:
        if before is not None and before.text != entry.text:
            self.say("promise 9", f"the announcement {entry.pk} {entry.sk} changed")
        number = int(entry.sk)
        if before is None and number > 1 and (entry.pk, f"{number - 1:06d}") not in self.known:
            self.say("promise 9", f"{entry.pk} has number {number} and not the one before")

    # ── deployments ─────────────────────────────────────────────────────────────────────────

    def _begun(self, body: Body, since: datetime) -> None:
        """A deployment that nobody asked for: of what the policy names, newer, and never vetoed."""
        if body["trigger"]["kind"] not in BY_ITSELF:
            return
        memory = self._memory(body["stage"])
        if digests_of(body["release"]) in memory.vetoed:
            self.say("promise 5", f"{_name(body)} brings a vetoed release by itself")
        if digests_of(body["release"]) in memory.tried and self._is_from_before(body["release"]):
            self.say("promise 15", f"{_name(body)} brings again what was begun before the restore")
        for image in body["release"]["images"]:
            self._check_named(body, image, since)
            for release in (memory.live, memory.floor):
                before = _image_of(release, image["alias"])
                if before is not None:
                    self._check_newer(body, before, image)

    def _is_from_before(self, release: Body) -> bool:
        """Whether the ledger was restored, and the policies chose this before as they do now."""
        since = self.truth.restored_at
        return since > LONG_AGO and all(
            self.truth.named(image["repository"]["name"], image["tag"], since) == {image["digest"]}
            for image in release["images"]
        )

    def _check_named(self, body: Body, image: Body, since: datetime) -> None:
        repository = image["repository"]["name"]
        named = self.truth.named(repository, image["tag"], since - MOST_STALE)
        if image["digest"] not in named:
            what = f"{_name(body)} brings {repository}:{image['tag']} as {image['digest'][-6:]}"
            self.say("promise 5", f"{what}, which it did not name")
        if repository in self._by_version:
            self._check_highest(body, image, since)

    def _check_highest(self, body: Body, image: Body, since: datetime) -> None:
        """No version that was there all the while may be passed over: a listing is whole."""
        repository = image["repository"]["name"]
        for tag in self.truth.tags_of(repository):
            higher = version_of(tag)[:1] == (1,) and version_of(tag) > version_of(image["tag"])
            if higher and None not in self.truth.named(repository, tag, since - MOST_STALE):
                self.say("promise 5", f"{_name(body)} brings {image['tag']} and not {tag}")

    def _check_newer(self, body: Body, before: Body, image: Body) -> None:
        repository = image["repository"]["name"]
        if before["digest"] == image["digest"] or before["repository"] != image["repository"]:
            return
        if repository in self._by_version:
            older = version_of(image["tag"]) < version_of(before["tag"])
        else:
            older = self._pushed(repository, image) < self._pushed(repository, before)
        if older:
            self.say("promise 5", f"{_name(body)} went back by itself: {repository} {image['tag']}")

    def _pushed(self, repository: str, image: Body) -> datetime:
        return self.truth.pushed_at[repository, image["digest"]]

    def _succeeded(self, body: Body) -> None:
        """Success is the verdict of the ECS deployments that were started: promise 4."""
        prefix = f"stage#{body['stage']}"
        targets = [e for (pk, _), e in self.known.items() if pk == prefix and e.kind == "target"]
        for target in targets:
            leg = target.body["forward"]
            is_meant = target.body["deployment"] == body["number"]
            if not is_meant or target.sk.rpartition(":")[2] in self.truth.left_out:
                continue
            if leg["ecs_deployment_id"] not in self.truth.completed:
                what = (
                    f"{_name(body)} succeeded, but ECS did not complete {leg['ecs_deployment_id']}"
                )
                self.say("promise 4", what)

    def _memory(self, stage: str) -> StageMemory:
        return self.memory.setdefault(stage, StageMemory())

    @staticmethod
    def _is_vetoed(body: Body, digests: Digests) -> bool:
        return any(digests_of(veto["release"]) == digests for veto in body["vetoes"])


def version_of(tag: str | None) -> tuple[int, ...]:
    """Return a plain version as numbers; the simulation pushes no others."""
    return tuple(int(part) for part in (tag or "0").split(".") if part.isdigit())


def _image_of(release: Body | None, alias: str) -> Body | None:
    images = release["images"] if release else ()
    return next((image for image in images if image["alias"] == alias), None)


def _name(body: Body) -> str:
    return f"{body['stage']}#{body['number']}"
