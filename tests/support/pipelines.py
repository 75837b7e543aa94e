"""A pipeline beside a harbour: its deploy action, and the ports that answer it, in memory."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from longshore.domain.configuration import Configuration
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.intents import Intent
from longshore.domain.jobs import (
    Answer,
    Artifact,
    GoOn,
    JobCredentials,
)
from longshore.domain.origins import Origin
from longshore.domain.outcomes import EventOutcome
from longshore.domain.places import StageId
from longshore.domain.stages import StageSnapshot
from longshore.domain.stop_switch import StopSwitch
from longshore.domain.wakeups import Wakeup
from longshore.events.jobs import JOB, encode_progress, parse_job
from longshore.usecases.control_ports import ControlPorts, Pointer
from longshore.usecases.job_ports import JobPorts
from longshore.usecases.run_job import run_job
from tests.support.builders import HOME, STAGE
from tests.support.control_fakes import InMemoryConfigurationStore, InMemoryStopSwitch
from tests.support.fakes import LedgerState, kept
from tests.support.harbour import Harbour

ASKED_AGAIN_AFTER = timedelta(seconds=30)
ORIGIN = Origin(pipeline="checkout", execution="e-1", commit="c0ffee" * 6 + "c0ff")


class FakePipelines:
    """CodePipeline's jobs: each is answered once."""

    def __init__(self) -> None:
        self.open: set[str] = set()
        self.answers: list[tuple[str, Answer]] = []
        self.origin: Origin = ORIGIN

    def origin_of(self, job: str) -> Origin | None:
        return self.origin if job in self.open else None

    def answer(self, job: str, answer: Answer) -> bool:
        if job not in self.open:
            return False
        self.open.discard(job)
        self.answers.append((job, answer))
        return True


class FakeArtifacts:
    """Artifacts as their files."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def read(
        self, artifact: Artifact, credentials: JobCredentials | None, files: tuple[str, ...]
    ) -> tuple[str, bytes] | None:
        assert artifact.bucket
        assert credentials is not None
        return next(((name, self.files[name]) for name in files if name in self.files), None)


class InMemoryJobLedger:
    """The reads of a job on the harbour's ledger."""

    def __init__(self, harbour: Harbour) -> None:
        self._harbour = harbour

    @property
    def _state(self) -> LedgerState:
        return self._harbour.state

    def is_waiting(self, stage: StageId, wish: str) -> bool:
        return (stage, wish) in self._state.intents

    def outcome(self, stage: StageId, wish: str) -> EventOutcome | None:
        return self._state.outcomes.get((wish, stage))

    def deployment(self, stage: StageId, number: int) -> DeploymentRecord | None:
        return self._state.deployments.get((stage, number))

    def read_stage(self, stage: StageId) -> StageSnapshot | None:
        return self._harbour.ledger.read_stage(stage)


class HarbourIntents:
    """Intents that the harbour's stage hears."""

    def __init__(self, state: LedgerState) -> None:
        self._state = state

    def put_once(self, intent: Intent) -> bool:
        key = (intent.stage, intent.id)
        if key in self._state.intents or (intent.id, intent.stage) in self._state.outcomes:
            return False
        self._state.intents[key] = kept(intent)
        return True

    def waiting(self, stage: StageId, intent_id: str) -> Intent | None:
        return self._state.intents.get((stage, intent_id))


class HarbourConfigurations(InMemoryConfigurationStore):
    """The configurations of a harbour."""

    def __init__(self, ledger: LedgerState) -> None:
        super().__init__()
        self._ledger = ledger

    def pointer(self, application: str) -> Pointer:
        return Pointer(application, self._ledger.pointers.get(application, 0))

    def configuration(self, application: str, number: int) -> Configuration | None:
        return self._ledger.configurations.get((application, number))


class HarbourSwitch(InMemoryStopSwitch):
    """The stop switch of a harbour."""

    def __init__(self, ledger: LedgerState) -> None:
        self._ledger = ledger

    def read(self) -> StopSwitch:
        return self._ledger.switch


@dataclass
class HarbourWakeups:
    """The harbour's inbox."""

    harbour: Harbour

    def send(self, wakeups: Sequence[Wakeup], *, delay: timedelta = timedelta()) -> None:
        self.harbour.send(wakeups, delay=delay)

    def sweep(self) -> None:
        raise AssertionError("a job wakes its own stage alone")


@dataclass
class Pipeline:
    """A pipeline whose deploy action is answered by Longshore."""

    harbour: Harbour
    pipelines: FakePipelines = field(default_factory=FakePipelines)
    artifacts: FakeArtifacts = field(default_factory=FakeArtifacts)

    def __post_init__(self) -> None:
        state = self.harbour.state
        self._ids = count(1)
        self.ports = JobPorts(
            self.pipelines,
            self.artifacts,
            self.harbour.registry,
            InMemoryJobLedger(self.harbour),
            ControlPorts(
                HarbourConfigurations(state),
                HarbourIntents(state),
                HarbourSwitch(state),
                HarbourWakeups(self.harbour),
                self.harbour.clock,
                HOME,
                state.name,
            ),
        )

    def new_job(self) -> str:
        """Return the id of a job that CodePipeline has just made."""
        id_ = f"00000000-0000-4000-8000-{next(self._ids):012x}"
        self.pipelines.open.add(id_)
        return id_

    def tell(self, job: str, token: str | None = None, /, **parameters: str) -> Answer:
        """Invoke the function with a job, and give its answer, as the function does."""
        event = job_event(job, {"stage": str(STAGE), **parameters}, token)
        answer = run_job(parse_job(event, job), self.ports)
        self.pipelines.answer(job, answer)
        return answer

    def deploy(self, *, patience: float = 120, **parameters: str) -> Answer:
        """Run the whole action, as CodePipeline does, until it has its end or is not one."""
        answer = self.tell(self.new_job(), **parameters)
        return self.go_on(answer, patience=patience, **parameters)

    def go_on(self, answer: Answer, *, patience: float = 120, **parameters: str) -> Answer:
        """Ask again and again until an action has its end."""
        end = self.harbour.clock.now() + timedelta(minutes=patience)
        while isinstance(answer, GoOn) and self.harbour.clock.now() < end:
            self.harbour.run(minutes=ASKED_AGAIN_AFTER.total_seconds() / 60)
            answer = self.tell(self.new_job(), encode_progress(answer.progress), **parameters)
        return answer

    def build(self, **containers: str) -> None:
        """Put imagedefinitions.json of a build into the artifact."""
        definitions = [{"name": name, "imageUri": uri} for name, uri in containers.items()]
        self.artifacts.files = {"imagedefinitions.json": json.dumps(definitions).encode()}


def job_event(
    job: str, parameters: Mapping[str, object] | str, token: str | None = None
) -> dict[str, object]:
    """Return the event of a job, as CodePipeline sends it."""
    text = parameters if isinstance(parameters, str) else json.dumps(parameters)
    configuration = {"FunctionName": "longshore", "UserParameters": text}
    place = {"bucketName": "artifacts", "objectKey": "checkout/build/x.zip"}
    return {
        JOB: {
            "id": job,
            "accountId": HOME.account,
            "data": {
                "actionConfiguration": {"configuration": configuration},
                "inputArtifacts": [
                    {
                        "name": "BuildOutput",
                        "revision": None,
                        "location": {"type": "S3", "s3Location": place},
                    }
                ],
                "outputArtifacts": [],
                "artifactCredentials": {
                    "accessKeyId": "ASIAEXAMPLE",
                    "secretAccessKey": "not-to-be-seen",
                    "sessionToken": "not-to-be-seen-either",
                },
                **({"continuationToken": token} if token else {}),
            },
        }
    }
