"""Begin a deployment, ending the one under way: the record stands before any call to ECS."""

from dataclasses import replace

from longshore.decide.promotion import Deploy
from longshore.domain.deployments import DeploymentRecord, Phase, Trigger, TriggerKind
from longshore.domain.outcomes import Announcement, EventName, EventOutcome, Outcome
from longshore.usecases.outbox import announce_deployment
from longshore.usecases.ports import NOTHING_MORE, Changes
from longshore.usecases.round import Round


def start_deployment(
    round_: Round, move: Deploy, trigger: Trigger, heard: Changes = NOTHING_MORE
) -> None:
    """Record a new deployment in flight, and the end of the one that it supersedes.

    What a person's word, `heard` in the same step, makes of the stage is written with it. Where
    everything was frozen since the stage was read nothing is: only a way back passes a freeze.
    """
    deployment, started = announce_deployment(
        _new(round_, move, trigger), EventName.DEPLOYMENT_STARTED, round_.now
    )
    finished, ended = _supersede(round_, deployment)
    stage = replace(
        heard.stage or round_.stage,
        current=deployment.number,
        latest=deployment.number,
        hold=None,
        allowance=None,
        due_at=deployment.deadline_at,
        turn_at=round_.stage.turn_at if finished else None,  # somebody is under way for it
    )
    round_.commit(
        replace(
            heard,
            stage=stage,
            deployment=deployment,
            finished=finished,
            announcements=(*ended, *heard.announcements, started),
            outcomes=_applied(round_, deployment),
            unfrozen=trigger.kind is not TriggerKind.ROLLBACK,
        )
    )


def _new(round_: Round, move: Deploy, trigger: Trigger) -> DeploymentRecord:
    stage, now = round_.stage, round_.now
    return DeploymentRecord(
        stage=stage.id,
        number=stage.latest + 1,
        phase=Phase.PROGRESSING,
        reason=move.reason,
        release=move.release,
        trigger=trigger,
        started_at=now,
        deadline_at=now + round_.snapshot.spec.deadline,
        before=stage.stable,
    )


def _supersede(
    round_: Round, by: DeploymentRecord
) -> tuple[DeploymentRecord | None, tuple[Announcement, ...]]:
    flight = round_.snapshot.deployment
    if flight is None:
        return None, ()
    ended = replace(
        flight,
        phase=Phase.SUPERSEDED,
        reason=f"{by.name} takes its place: {by.reason}",
        finished_at=round_.now,
    )
    ended, told = announce_deployment(ended, EventName.DEPLOYMENT_SUPERSEDED, round_.now)
    return ended, (told,)


def _applied(round_: Round, deployment: DeploymentRecord) -> tuple[EventOutcome, ...]:
    reason = f"{deployment.name} began: {deployment.reason}"
    return tuple(
        EventOutcome(
            event, deployment.stage, Outcome.APPLIED, reason, round_.now, deployment.number
        )
        for event in deployment.trigger.events
    )
