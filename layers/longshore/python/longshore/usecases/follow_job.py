"""Look how far the wish of a pipeline's deploy action has come."""

from dataclasses import replace

from longshore.decide.job_verdict import of_deployment, of_live, unheard, waiting
from longshore.domain.deployments import LegState
from longshore.domain.jobs import Answer, Job, Progress
from longshore.domain.stages import StageSnapshot
from longshore.usecases.find_images import find_images, short_names
from longshore.usecases.job_ports import JobPorts


def follow_job(job: Job, progress: Progress, ports: JobPorts) -> Answer:
    """Answer by what the ledger says of a wish and of the deployment that it led to.

    Waiting is asked first: a wish that is heard in between has its end then. Raises JobError where
    what the job names is looked for again and not found.
    """
    stage, now = job.parameters.stage, ports.control.clock.now()
    if ports.ledger.is_waiting(stage, progress.wish):
        return waiting(progress, now)
    outcome = ports.ledger.outcome(stage, progress.wish)
    if (failure := unheard(outcome)) is not None:
        return failure
    snapshot = ports.ledger.read_stage(stage)
    number = outcome.deployment if outcome else None
    found = None if number is None else ports.ledger.deployment(stage, number)
    if found is None:
        return _of_live(job, progress, snapshot, ports)
    return of_deployment(found, progress, now, _percent(snapshot, found.number))


def _of_live(
    job: Job, progress: Progress, snapshot: StageSnapshot | None, ports: JobPorts
) -> Answer:
    """Answer for what was live when it was asked for.

    Who asked and died told nobody what it had found: then that is found again, for whatever is live
    by now may be another release.
    """
    now = ports.control.clock.now()
    live = snapshot.stage.live if snapshot else None
    if snapshot is not None and not progress.wanted:
        found = find_images(job, snapshot.spec, ports)
        progress = replace(progress, wanted=short_names(found))
    return of_live(live, progress, now)


def _percent(snapshot: StageSnapshot | None, number: int) -> int:
    """Return how many of a hundred services have completed; 99 at most, the verdict is the rest."""
    if snapshot is None or not snapshot.spec.targets:
        return 0
    targets = [snapshot.target(spec.service).within(number) for spec in snapshot.spec.targets]
    done = sum(t.forward.state in {LegState.COMPLETED, LegState.UNPROVEN} for t in targets)
    return min(99, 100 * done // len(targets))
