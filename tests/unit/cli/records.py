"""Records of a stage as the reconciler leaves them, for the tests of the command."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from longshore.domain.deployments import DeploymentRecord, Phase, Trigger, TriggerKind
from longshore.domain.failures import Failure
from longshore.domain.places import RepositoryRef, ServiceRef, StageId
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import StageRecord
from tests.unit.cli.conftest import HOME

STAGE = StageId("shop", "staging")
SERVICE = ServiceRef(HOME, "staging", "web")
REVISION = "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:7"
AN_HOUR_AGO = datetime.now(UTC) - timedelta(hours=1, minutes=2)


def release(tag: str, number: int) -> Release:
    digest = f"sha256:{number:064x}"
    return Release.of([ReleasedImage("app", RepositoryRef(HOME, "shop"), digest, tag)])


GOOD, BAD = release("1.4.1", 1), release("1.5.0", 2)
CRASH = Failure(
    summary="Container 'web' exited with code 1: the program ended with an error of its own.",
    service="staging/web",
    container="web",
    exit_code=1,
)


def deployment(phase: Phase, number: int = 1, **changes: object) -> DeploymentRecord:
    record = DeploymentRecord(
        stage=STAGE,
        number=number,
        phase=phase,
        reason=f"because it is {phase}",
        release=BAD,
        trigger=Trigger(TriggerKind.PUSH, None, ("event-1",)),
        started_at=AN_HOUR_AGO,
        deadline_at=AN_HOUR_AGO + timedelta(minutes=30),
        before=GOOD,
        version=1,
    )
    if phase.terminal:
        record = replace(record, finished_at=AN_HOUR_AGO + timedelta(minutes=3))
    return replace(record, **changes)  # type: ignore[arg-type]  # by name, for readable tests


def stage(**changes: object) -> StageRecord:
    record = StageRecord(STAGE, config=1, live=GOOD, stable=GOOD, version=1)
    return replace(record, **changes)  # type: ignore[arg-type]  # as above
