"""Let pass what is held back or vetoed, by a person's `retry`."""

from collections.abc import Sequence
from dataclasses import replace

from longshore.decide.promotion import declined
from longshore.decide.selection import NothingToChoose
from longshore.domain.deployments import Phase, Trigger, TriggerKind
from longshore.domain.holds import Allowance
from longshore.domain.intents import Intent
from longshore.domain.outcomes import EventOutcome, Outcome
from longshore.domain.releases import Release
from longshore.domain.stages import StageRecord
from longshore.usecases.begin_wanted import decline
from longshore.usecases.look_at_registry import Look
from longshore.usecases.ports import Changes
from longshore.usecases.round import A_WRITE, Round


def hear_retries(round_: Round, intents: Sequence[Intent], look: Look) -> None:
    """Lift hold and veto of the policies' present choice, and let it pass."""
    choice = look.choice
    candidate = None if isinstance(choice, NothingToChoose) else choice.release
    pin = round_.stage.pin
    if pin is not None and candidate is not None and not pin.covers(candidate):
        _decline(round_, intents, f"the stage is {pin.told}; ask again after `longshore unpin`")
        return
    changed: StageRecord | None = _let_pass(round_, intents, candidate)
    for start in range(0, len(intents), A_WRITE):
        some = tuple(intents[start : start + A_WRITE])
        outcomes = tuple(_heard(round_, intent) for intent in some)
        round_.commit(Changes(stage=changed, consumed=some, outcomes=outcomes))
        changed = None


def _decline(round_: Round, intents: Sequence[Intent], reason: str) -> None:
    for intent in intents:
        decline(round_, intent, declined(reason))


def _let_pass(round_: Round, intents: Sequence[Intent], candidate: Release | None) -> StageRecord:
    stage = replace(round_.stage, hold=None)
    if candidate is None or not _may_be_kept_back(round_, candidate):
        return stage
    heard = tuple(intent.id for intent in intents[-A_WRITE:])
    trigger = Trigger(TriggerKind.RETRY, intents[-1].actor, heard)
    allowance = Allowance(candidate.content, trigger)
    return replace(stage.without_veto(candidate), allowance=allowance)


def _may_be_kept_back(round_: Round, candidate: Release) -> bool:
    """Whether there is anything to let through: what is live, or on its way, needs no word."""
    flight, live = round_.snapshot.deployment, round_.stage.live
    if flight is not None:
        same = flight.release.content == candidate.content
        return not same or flight.phase is Phase.ROLLING_BACK
    return live is None or live.content != candidate.content


def _heard(round_: Round, intent: Intent) -> EventOutcome:
    reason = f"{intent.told}: {intent.reason}"
    return EventOutcome(intent.id, intent.stage, Outcome.APPLIED, reason, round_.now)
