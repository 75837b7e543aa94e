"""Say what was asked of a stage and, with `--watch`, follow the deployment that answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from longshore.domain.intents import IntentKind
from longshore.domain.outcomes import EventOutcome, Outcome
from longshore.domain.places import StageId
from longshore.domain.stages import StageSnapshot
from longshore_cli.access import Access
from longshore_cli.errors import CommandError, ExitCode
from longshore_cli.ledger_view import LedgerView
from longshore_cli.output import StreamFormat, print_document, print_json_line, print_line
from longshore_cli.watch import Following, Waiting, WatchOptions, follow_to_the_end

_NEWEST = 10
"""Deployments among which the answer is looked for: more do not begin between two looks."""

_ENDS = {Outcome.APPLIED: ExitCode.OK, Outcome.DUPLICATE: ExitCode.NOTHING_TO_DO}


@dataclass(frozen=True, slots=True)
class Asked:
    """What control accepted: `told` is for programs, `lines` for people."""

    stage: StageId
    kind: IntentKind
    intent: str
    told: Mapping[str, object]
    lines: Sequence[str]


def tell(
    asked: Asked,
    output: StreamFormat,
    access: Access,
    ledger: LedgerView,
    watch: WatchOptions | None,
) -> None:
    """Say what was asked for; where it is watched, follow it and end as it ends."""
    for line in asked.lines if output is StreamFormat.TEXT else ():
        print_line(line)
    if watch is not None:
        if output is StreamFormat.NDJSON:
            print_json_line({"at": datetime.now(UTC).isoformat(), "kind": "asked", **asked.told})
        search = Answer(ledger, asked.kind, asked.intent)
        how = Following(watch, output, asked.told)
        follow_to_the_end(access, ledger, asked.stage, search, how)
    elif output is StreamFormat.TEXT:
        print_line(f"next: longshore status {asked.stage}")
    else:
        print_document(asked.told, output)


@dataclass(frozen=True, slots=True)
class Answer:
    """The deployment that answers an intent, by its id."""

    ledger: LedgerView
    kind: IntentKind
    intent: str

    def find(self, snapshot: StageSnapshot) -> int | Waiting:
        """Return its number; raise CommandError where none comes of it."""
        stage = snapshot.stage.id
        unheard = Waiting(f"{stage} has not heard it yet: waiting to be heard")
        if any(intent.id == self.intent for intent in snapshot.intents):
            return unheard
        for deployment in self.ledger.deployments(stage, _NEWEST):
            if self.intent in deployment.trigger.events:
                return deployment.number
        allowance = snapshot.stage.allowance
        if allowance is not None and self.intent in allowance.trigger.events:
            trouble = f": {snapshot.stage.trouble}" if snapshot.stage.trouble else ""
            return Waiting(f"{stage} has heard it, and its deployment is about to begin{trouble}")
        ended = self.ledger.outcome(stage, self.intent)
        if ended is None:
            return unheard
        if self.kind is IntentKind.ABORT and ended.deployment is not None:
            return ended.deployment
        if snapshot.deployment is not None and ended.outcome in _ENDS:
            return snapshot.deployment.number
        raise self._no_deployment(stage, ended)

    def _no_deployment(self, stage: StageId, ended: EventOutcome) -> CommandError:
        """Say why nothing begins: it was declined, it is so already, or it is kept as it is."""
        if self.kind is IntentKind.RETRY and ended.outcome is Outcome.APPLIED:
            why, code = "nothing is kept back", ExitCode.NOTHING_TO_DO
        else:
            why, code = ended.reason, _ENDS.get(ended.outcome, ExitCode.FAILED)
        return CommandError(
            f"{stage} begins no deployment for it: {why}",
            next_step=f"longshore status {stage}",
            code=code,
        )
