"""Records with sensible contents; a test names only what it is about."""

from dataclasses import replace
from datetime import datetime, timedelta

from longshore.domain.configuration import Configuration, StageImage, StageSpec, TargetSpec
from longshore.domain.deployments import DeploymentRecord, Phase, Trigger, TriggerKind
from longshore.domain.intents import Intent, IntentKind
from longshore.domain.outcomes import Announcement, EventName, EventOutcome, Outcome
from longshore.domain.pipelines import ExecutionRef, PipelineId
from longshore.domain.places import Home, RepositoryRef, ServiceRef, StageId
from longshore.domain.policies import TagPolicy
from longshore.domain.pushes import (
    GitRepository,
    Provider,
    PushLink,
    Startable,
    linked_execution,
)
from longshore.domain.releases import Release, ReleasedImage
from tests.support.fakes import NOON

HOME = Home("aws", "123456789012", "eu-central-1")
STAGE = StageId("checkout", "production")
REPOSITORY = RepositoryRef(HOME, "checkout")
SERVICE = ServiceRef(HOME, "prod", "checkout-web")


def make_digest(number: int) -> str:
    """Return a digest that is told from others by its number."""
    return f"sha256:{number:064x}"


def make_release(number: int = 1, tag: str = "main") -> Release:
    """Return a release of one image."""
    pushed_at = NOON + timedelta(minutes=number)
    return Release.of([ReleasedImage("app", REPOSITORY, make_digest(number), tag, pushed_at)])


def make_spec(stage: StageId = STAGE, service: ServiceRef = SERVICE) -> StageSpec:
    """Return a stage with one image that follows the tag `main` and one service."""
    image = StageImage("app", REPOSITORY, TagPolicy("main"))
    return StageSpec(stage, (image,), (TargetSpec(service),))


def make_configuration(*stages: StageSpec, number: int = 1) -> Configuration:
    """Return a configuration of the stages given, by default of one."""
    specs = stages or (make_spec(),)
    return Configuration(specs[0].id.application, number, specs, "arn:of:whoever", NOON)


def make_deployment(number: int = 1, *, stage: StageId = STAGE) -> DeploymentRecord:
    """Return a deployment that has just begun."""
    return DeploymentRecord(
        stage=stage,
        number=number,
        phase=Phase.PROGRESSING,
        reason="main was pushed",
        release=make_release(number),
        trigger=Trigger(TriggerKind.PUSH, events=("event-1",)),
        started_at=NOON,
        deadline_at=NOON + timedelta(minutes=30),
    )


def make_announcement(sequence: int = 1, *, at: datetime = NOON) -> Announcement:
    """Return an announcement of the stage's first deployment."""
    detail: dict[str, object] = {"stage": str(STAGE), "images": [{"tag": "main"}], "failure": None}
    return Announcement(STAGE, f"{STAGE}#1", sequence, EventName.DEPLOYMENT_STARTED, at, detail)


def make_stage_announcement(sequence: int = 1) -> Announcement:
    """Return an announcement of the stage itself."""
    detail: dict[str, object] = {"reason": "what runs is adopted"}
    return Announcement(STAGE, str(STAGE), sequence, EventName.STAGE_ADOPTED, NOON, detail)


def make_pipeline_announcement(
    sequence: int = 1, name: EventName = EventName.PIPELINE_FAILED
) -> Announcement:
    """Return an announcement of an execution of a pipeline that serves the application."""
    failure = {"summary": "Build/Image failed", "log": "https://log.example/1"}
    commit = {"id": "f4d05743bf2b", "summary": "Show tax", "url": "https://git.example/f4d0"}
    detail: dict[str, object] = {
        "execution": "faca57ab",
        "commit": commit,
        "author": "Ada",
        "reason": "Build/Image failed",
        "failure": failure if name is EventName.PIPELINE_FAILED else None,
    }
    pipeline = PipelineId(STAGE.application, "checkout")
    subject = f"{STAGE.application}:faca57ab"
    return Announcement(None, subject, sequence, name, NOON, detail, pipeline)


def make_outcome(event: str = "event-1", outcome: Outcome = Outcome.APPLIED) -> EventOutcome:
    """Return the end of an event in the stage."""
    return EventOutcome(event, STAGE, outcome, f"it was {outcome}", NOON)


def make_intent(intent_id: str = "wish-1", *, after: timedelta = timedelta()) -> Intent:
    """Return a person's wish to try again."""
    wish = Intent(intent_id, STAGE, IntentKind.RETRY, "arn:of:somebody", "fixed", NOON)
    return replace(wish, at=NOON + after)


def make_push_link(execution: ExecutionRef) -> PushLink:
    """Return the way from an execution back to the push that started it."""
    return PushLink(
        execution=linked_execution(execution.pipeline.name, execution.id),
        kind=Startable.PIPELINE,
        name=execution.pipeline.name,
        push="hash",
        repository=GitRepository(Provider.GITHUB, "acme/checkout"),
        ref="refs/heads/main",
        commit="f" * 40,
        pusher="ada",
        at=NOON,
    )
