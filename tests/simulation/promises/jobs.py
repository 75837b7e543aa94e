"""What pipelines are told: a success is the verdict, nothing is asked twice, nobody waits."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.pipelines import TRIES_AFTER, Pipelines
from tests.simulation.promises.broken import Say, Tell
from tests.simulation.promises.ledger_view import Body, LedgerView, digests_of, entry_of
from tests.simulation.truth import LONG_AGO, Truth

INTENT = {"S": "intent"}
UNANSWERED = "failed to return a result"


@dataclass
class Jobs:
    """Sees every answer that a pipeline is given."""

    pipelines: Pipelines
    ledger: LedgerView
    truth: Truth
    say: Say
    tell: Tell
    wishes: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def see(self, operation: str, request: Mapping[str, Any]) -> None:
        """Check an answer before it takes effect."""
        if operation == "PutJobFailureResult":
            details = request["failureDetails"]
            self.tell("a pipeline", f"is told of {details['type']}: {details['message']}")
        elif operation == "PutJobSuccessResult":
            told = "to go on" if "continuationToken" in request else "of success"
            self.tell("a pipeline", f"is told {told}: {request['executionDetails']['summary']}")
            if "continuationToken" not in request:
                self._succeeded(request["jobId"], request["outputVariables"])

    def _succeeded(self, job: str, variables: Mapping[str, str]) -> None:
        """What a pipeline is told to have succeeded was verified, or is live."""
        execution, commit = self.pipelines.asked(job)
        if self.truth.restored_at > LONG_AGO:
            return
        entries = self.ledger.of_kind("deployment")
        named = [e.body for e in entries if _name(e.body) == variables["deployment"]]
        if named and named[0]["phase"] != "Succeeded":
            self.say("promise 4", f"{execution} succeeded, {_name(named[0])} did not")
        stages = (entry.body["live"] for entry in self.ledger.of_kind("stage"))
        releases = [body["release"] for body in named] or list(stages)
        if not any(commit.digests <= digests_of(release) for release in releases):
            self.say("promise 4", f"{execution} succeeded with what it did not ask for")

    def changed(self, record: Mapping[str, Any]) -> None:
        """Take note of a wish that is kept, where a change of the ledger is one."""
        image = record["dynamodb"].get("NewImage")
        if image is None or image.get("kind") != INTENT:
            return
        body = entry_of(image).body
        if body["origin"] is not None and body["origin"]["execution"] is not None:
            self.wishes[body["origin"]["execution"]].add(body["id"])

    def check_at_rest(self) -> None:
        """Nobody waits, nobody was left without an answer, and no action asked more than once."""
        actions = list(self.pipelines.actions())
        for action in actions:
            self._ended(action)
        runs = Counter(action["pipelineExecutionId"] for action in actions)
        for execution, wishes in self.wishes.items():
            if len(wishes) > runs[execution]:
                self.say("promise 3", f"{execution} asked {len(wishes)} times")

    def _ended(self, action: Mapping[str, Any]) -> None:
        name = action["actionExecutionId"]
        if action["status"] == "InProgress":
            self.say("liveness", f"the deploy action {name} waits for ever")
        result = action.get("output", {}).get("executionResult", {})
        message = str(result.get("errorDetails", {}).get("message", ""))
        most = max(self.pipelines.died.values(), default=0)
        if UNANSWERED in message and most <= len(TRIES_AFTER):
            self.say("liveness", f"nobody answered the deploy action {name}")


def _name(body: Body) -> str:
    return f"{body['stage']}#{body['number']}"
