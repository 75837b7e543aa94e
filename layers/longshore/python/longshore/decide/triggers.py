"""What a push starts, and why the rest of it starts nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import product

from longshore.decide.comparisons import Comparisons, within_reach
from longshore.domain.pushes import Push, RefChange, RefKind, Startable
from longshore.domain.triggers import PUSH_VARIABLES, PushTrigger

MOST_STARTS = 20
"""Starts of one push: what a slip (`git push --tags`) can cost."""


@dataclass(frozen=True, slots=True)
class Start:
    """One pipeline or build to start for one ref."""

    trigger: PushTrigger
    change: RefChange
    reason: str

    @property
    def commit(self) -> str:
        """The commit to build."""
        return self.change.after or ""


@dataclass(frozen=True, slots=True)
class Left:
    """A ref that a trigger does not start anything for."""

    ref: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push starts, in the order of its refs, and what it leaves."""

    starts: tuple[Start, ...] = ()
    left: tuple[Left, ...] = ()


def plan_starts(push: Push, triggers: Iterable[PushTrigger]) -> Plan:
    """Decide for every ref and trigger; nothing starts twice for one ref."""
    ours = [trigger for trigger in triggers if trigger.repository == push.repository]
    push, made = within_reach(push, ours), Comparisons()
    starts: dict[tuple[str, Startable, str], Start] = {}
    left: list[Left] = []
    for change, trigger in product(push.refs, ours):
        judged = _judge(push, change, trigger, made)
        key = (change.ref, trigger.starts, trigger.name)
        if isinstance(judged, Left):
            left.append(judged)
        elif key in starts:
            left.append(_left(change, trigger, "another trigger starts it for this ref already"))
        elif len(starts) == MOST_STARTS:
            why = f"one push starts {MOST_STARTS} executions at most; start this one by hand"
            left.append(_left(change, trigger, why))
        else:
            starts[key] = judged
    return Plan(tuple(starts.values()), tuple(left))


def token_of(push: str, start: Start) -> str:
    """Return the token by which AWS knows a start again that is asked for twice."""
    parts = (push, start.change.ref, start.trigger.starts, start.trigger.name)
    return sha256("\n".join(parts).encode()).hexdigest()


def told_to_builds(push: Push, start: Start) -> Mapping[str, str]:
    """Return what a build finds in its environment; what is empty is left out."""
    change = start.change
    values = (
        push.repository.name,
        change.ref,
        change.name if change.kind is RefKind.BRANCH else "",
        change.name if change.kind is RefKind.TAG else "",
        start.commit,
        push.pusher,
    )
    return {name: value for name, value in zip(PUSH_VARIABLES, values, strict=True) if value}


def _judge(push: Push, change: RefChange, trigger: PushTrigger, made: Comparisons) -> Start | Left:
    """Judge one ref for one trigger; identities are compared whole."""
    if trigger.pushers and push.pusher not in trigger.pushers:
        return _left(change, trigger, "who pushed is not among its pushers")
    globs = trigger.branches if change.kind is RefKind.BRANCH else trigger.tags
    named = made.naming(globs, change)
    if named is None:
        return _left(change, trigger, f"the {change.kind} is none that it names")
    return _by_paths(change, trigger, f"the {change.kind} is {named!r}", made)


def _by_paths(
    change: RefChange, trigger: PushTrigger, reason: str, made: Comparisons
) -> Start | Left:
    """Judge by the changed files; a missed build is worse than one too many."""
    if not trigger.paths:
        return Start(trigger, change, reason)
    if change.paths is None:
        why = f"{reason}, and which files changed is not known: {change.unknown}"
        return Start(trigger, change, why)
    found = made.touched(trigger.paths, change)
    if found is None:
        return _left(change, trigger, "no file changed that it names")
    return Start(trigger, change, f"{reason}, and {found} changed")


def _left(change: RefChange, trigger: PushTrigger, reason: str) -> Left:
    return Left(change.ref, f"{trigger.starts} {trigger.name}", reason)
