"""What may begin by itself: promises 5 and 15, at the moment at which a deployment is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.simulation.plan import Plan
from tests.simulation.promises.broken import Say
from tests.simulation.promises.choice import Choices, version_of
from tests.simulation.promises.in_force import InForce
from tests.simulation.promises.ledger_view import Body, digests_of
from tests.simulation.truth import LONG_AGO, Truth

BY_ITSELF = frozenset({"push", "sweep"})
A_PERSONS = frozenset({"retry", "apply", "deploy", "rollback", "pin"})
"""What begins by a person's word; a pipeline's is none."""

Digests = frozenset[tuple[str, str]]


@dataclass(slots=True)
class StageMemory:
    """What was seen of a stage.

    `floor` is what was live when the ledger was restored, `flight` what is on its way, `let` what a
    person let through of that, `tried` every release ever begun, `was` the stage before it changed
    last.
    """

    let: Digests = frozenset()
    tried: set[Digests] = field(default_factory=set)
    vetoed: set[Digests] = field(default_factory=set)
    verified: set[Digests] = field(default_factory=set)
    paused: bool = False
    vetoes: Sequence[Body] = ()
    live: Body | None = None
    stable: Body | None = None
    floor: Body | None = None
    flight: Body | None = None
    was: Body | None = None


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Looks at every deployment that begins."""

    plan: Plan
    truth: Truth
    in_force: InForce
    say: Say

    def check(self, body: Body, memory: StageMemory, since: datetime) -> None:
        """Check a deployment; `since` is when the worker that recorded it began."""
        digests = digests_of(body["release"])
        if self.in_force.observes(body["stage"], since):
            self.say("promise 12", f"{_name(body)} began in a stage that only observes")
        if body["trigger"]["kind"] in BY_ITSELF:
            self._by_itself(body, memory, since)
        elif body["trigger"]["kind"] in A_PERSONS:
            memory.let = digests
        else:
            self._by_pipeline(body, memory)
        if body["trigger"]["kind"] == "rollback":
            self._back(body, memory)
        memory.tried.add(digests)
        memory.flight = body["release"]

    def _by_itself(self, body: Body, memory: StageMemory, since: datetime) -> None:
        """What nobody asked for is what the policy names, newer, never vetoed, and new here."""
        if _is_kept_from(body, memory):
            self.say("promise 5", f"{_name(body)} brings a vetoed release by itself")
        self._check_from_before(body, memory)
        self._check_instead(body, memory)
        choices = Choices(self.plan, self.truth)
        for image in body["release"]["images"]:
            for what in choices.complaints(image, since):
                self.say("promise 5", f"{_name(body)} brings {what}")
            if _digest_of(image) not in memory.let:
                self._check_newer(body, image, memory)

    def _by_pipeline(self, body: Body, memory: StageMemory) -> None:
        """What a pipeline asks for is newer than what is there, and was not vetoed."""
        if _is_kept_from(body, memory):
            self.say("promise 5", f"{_name(body)} brings a vetoed release by a pipeline")
        for image in body["release"]["images"]:
            self._check_newer(body, image, memory)

    def _back(self, body: Body, memory: StageMemory) -> None:
        """A person goes back to what was verified; what they leave stays vetoed and held."""
        if digests_of(body["release"]) not in memory.verified:
            self.say("promise 5", f"{_name(body)} goes back to what was never verified")
        left = digests_of(memory.flight or memory.live)
        if left and left not in memory.vetoed:
            self.say("promise 5", f"{_name(body)} goes back from what may ship again")
        if not memory.paused:
            self.say("promise 10", f"{_name(body)} goes back, and nothing keeps the stage there")

    def _check_from_before(self, body: Body, memory: StageMemory) -> None:
        """Neither an adoption nor a restore moves anything by itself.

        What was pushed after a configuration was asked for is pushed since, though that was tried
        several times until it came in force; by a clock that is minutes off that cannot be told.
        """
        release, restored = body["release"], self.truth.restored_at
        applied = None if self.plan.climate.skewed else self.in_force.asked_for(body["stage"])
        if applied is not None and self._is_unchanged(release, applied):
            self.say("promise 15", f"{_name(body)} brings what was there when it was adopted")
        known = restored > LONG_AGO and digests_of(release) in memory.tried
        if known and self._is_unchanged(release, restored):
            self.say("promise 15", f"{_name(body)} brings again what was begun before the restore")

    def _check_instead(self, body: Body, memory: StageMemory) -> None:
        """Where what failed is deleted, nothing that was there before it ships in its place."""
        release = body["release"]
        if digests_of(release) == digests_of(memory.stable):
            return
        for veto in memory.vetoes:
            if veto["actor"]:
                continue  # what a person vetoes may never have run
            known = [(i, _image_of(veto["release"], i["alias"])) for i in release["images"]]
            if all(then and self._was_there(i, then, veto["since"]) for i, then in known):
                self.say("promise 5", f"{_name(body)} brings what is older than what is vetoed")

    def _was_there(self, image: Body, vetoed: Body, since: str) -> bool:
        """Whether an image is that of a vetoed release, or was pushed before it was vetoed."""
        if image["digest"] == vetoed["digest"]:
            return True
        pushed_at = self.truth.pushed_at[_digest_of(image)]
        return pushed_at < datetime.fromisoformat(since) and self._is_older(image, vetoed)

    def _is_unchanged(self, release: Body, since: datetime) -> bool:
        """Whether the policies have chosen a release ever since a moment."""
        return all(
            self.truth.named(image["repository"]["name"], image["tag"], since) == {image["digest"]}
            for image in release["images"]
        )

    def _check_newer(self, body: Body, image: Body, memory: StageMemory) -> None:
        for release in (memory.live, memory.floor, memory.flight):
            before = _image_of(release, image["alias"])
            if before is not None and self._is_older(image, before):
                what = f"{image['repository']['name']} {image['tag']}"
                self.say("promise 5", f"{_name(body)} went back by itself: {what}")

    def _is_older(self, image: Body, before: Body) -> bool:
        repository = image["repository"]["name"]
        if before["digest"] == image["digest"] or before["repository"] != image["repository"]:
            return False
        if Choices(self.plan, self.truth).by_version(repository):
            return version_of(image["tag"]) < version_of(before["tag"])
        pushed_at = self.truth.pushed_at
        return pushed_at[_digest_of(image)] < pushed_at[_digest_of(before)]


def _is_kept_from(body: Body, memory: StageMemory) -> bool:
    """Whether a release was vetoed, or has all the images that a person vetoed."""
    release = digests_of(body["release"])
    given = (digests_of(veto["release"]) for veto in memory.vetoes if veto["actor"])
    return release in memory.vetoed or any(vetoed <= release for vetoed in given)


def is_vetoed(stage: Body, digests: Digests) -> bool:
    """Whether a stage vetoes a release."""
    return any(digests_of(veto["release"]) == digests for veto in stage["vetoes"])


def _image_of(release: Body | None, alias: str) -> Body | None:
    images = release["images"] if release else ()
    return next((image for image in images if image["alias"] == alias), None)


def _digest_of(image: Body) -> tuple[str, str]:
    return image["repository"]["name"], image["digest"]


def _name(body: Body) -> str:
    return f"{body['stage']}#{body['number']}"
