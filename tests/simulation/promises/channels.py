"""What a chat shows: promise 9, at every message that is posted or edited."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from longshore.domain.chat import Posted
from tests.simulation.cloud.slack import Workspace
from tests.simulation.plan import ALARMS, CHANNEL
from tests.simulation.promises.broken import Say
from tests.simulation.promises.ledger_view import LedgerView

FAILED = frozenset({"Failed", "RolledBack"})


@dataclass
class Channels:
    """Looks at what is shown, in the order in which it is."""

    say: Say
    workspace: Workspace
    shown: dict[Posted, tuple[int, datetime]] = field(default_factory=dict)

    def see(self, operation: str, said: Mapping[str, Any], since: datetime, now: datetime) -> None:
        """Check one edit; `since` is when the worker that makes it began.

        A message goes back to an older state only by a worker that began before the newer one was
        shown: a queue that hands out a message too early cannot be helped.
        """
        if operation != "Update":
            return
        message, sequence = said["message"], said["sequence"]
        last, at = self.shown.get(message, (0, now))
        if sequence < last and since > at:
            self.say("promise 9", f"message {message.ts} went back from {last} to {sequence}")
        if sequence >= last:
            self.shown[message] = sequence, now

    def check_at_rest(self, ledger: LedgerView) -> None:
        """Every deployment that ended has its message, which shows how; a failure two of them."""
        threads = {(entry.pk, entry.sk): entry.body for entry in ledger.of_kind("thread")}
        for entry in ledger.of_kind("deployment"):
            body = entry.body
            subject = f"{body['stage']}#{body['number']}"
            channels = (CHANNEL, ALARMS) if body["phase"] in FAILED else (CHANNEL,)
            for channel in channels if body["announced"] else ():
                thread = threads.get((f"notice#{subject}", channel))
                self._check(subject, channel, thread, body["announced"])

    def _check(
        self, subject: str, channel: str, thread: Mapping[str, Any] | None, announced: int
    ) -> None:
        if thread is None or thread["message"] is None:
            self.say("promise 9", f"{channel} has no message of {subject}")
            return
        shown = self.workspace.messages[Posted(**thread["message"])]
        if announced not in shown:
            self.say("promise 9", f"{channel} shows {shown} of {subject}, told were {announced}")
        elif thread["told"] < announced:
            self.say("promise 9", f"the thread of {subject} in {channel} was never told the end")
