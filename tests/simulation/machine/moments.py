"""What holds of the ledger at any one moment."""

from longshore.domain.deployments import Phase
from longshore.domain.outcomes import EventName
from tests.simulation.machine.vault import View

_LAST_WORD = {
    Phase.SUCCEEDED: EventName.DEPLOYMENT_SUCCEEDED,
    Phase.FAILED: EventName.DEPLOYMENT_FAILED,
    Phase.ROLLED_BACK: EventName.DEPLOYMENT_ROLLED_BACK,
    Phase.SUPERSEDED: EventName.DEPLOYMENT_SUPERSEDED,
    Phase.ABORTED: EventName.DEPLOYMENT_ABORTED,
}


def holds_together(now: View) -> None:
    """Hold that the records of a stage say the same, each with a reason."""
    stage = now.stage
    numbers = sorted(now.deployments)
    assert numbers == list(range(1, stage.latest + 1)), f"deployments {numbers}"
    under_way = [n for n, each in now.deployments.items() if not each.phase.terminal]
    assert under_way == [n for n in (stage.current,) if n is not None], f"{under_way} under way"
    assert (stage.due_at is None) == (stage.current is None), f"timer {stage.due_at}"
    _told_in_order(now)
    for reason in _reasons(now):
        assert reason.strip(), "something has no reason"


def _told_in_order(now: View) -> None:
    told: dict[str, list[int]] = {}
    for subject, sequence in sorted(now.announcements):
        told.setdefault(subject, []).append(sequence)
    counted = {each.name: each.announced for each in now.deployments.values()}
    counted[str(now.stage.id)] = now.stage.notices
    expected = {subject: list(range(1, n + 1)) for subject, n in counted.items() if n}
    assert told == expected, f"told {told}, counted {counted}"
    for each in now.deployments.values():
        assert now.announcements[each.name, 1].name is EventName.DEPLOYMENT_STARTED
        assert (each.finished_at is not None) == each.phase.terminal
        if each.phase.terminal:
            last = now.announcements[each.name, each.announced]
            assert last.name is _LAST_WORD[each.phase]


def _reasons(now: View) -> list[str]:
    """Return every reason that a person may read."""
    stage = now.stage
    return [
        *(each.reason for each in now.deployments.values()),
        *(end.reason for end in now.outcomes.values()),
        *(str(told.detail["reason"] or "") for told in now.announcements.values()),
        *(veto.reason for veto in stage.vetoes),
        *([stage.hold.reason] if stage.hold else []),
        *([] if stage.trouble is None else [stage.trouble]),
    ]
