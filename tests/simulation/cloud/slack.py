"""Slack in memory: messages by channel, and how each was edited. It has no way to post once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from longshore.aws.calls import AwsCall
from longshore.domain.chat import Commit, LastLines, Posted, Telling
from longshore.domain.errors import Throttled, UnknownReply
from longshore.usecases.chat_ports import MessageGone

SERVICE = "slack"


@dataclass
class Workspace:
    """The channels, and what stands in them: by message the sequence numbers it has shown."""

    messages: dict[Posted, list[int]] = field(default_factory=dict)
    steps: list[tuple[Posted, int]] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))

    def post(self, channel: str, sequence: int) -> Posted:
        """Post a message."""
        posted = Posted(channel, f"{next(self._numbers)}.0")
        self.messages[posted] = [sequence]
        return posted

    def edit(self, message: Posted, sequence: int) -> None:
        """Edit a message."""
        self.messages[message].append(sequence)

    def reply(self, message: Posted, sequence: int) -> None:
        """Add to a message's thread."""
        self.steps.append((message, sequence))


class SimulatedSlack:
    """Slack as a function sees it: through the gate's passage, with everything that befalls calls.

    What takes effect without an answer is an unknown reply, for posts; edits may be repeated.
    """

    living = True

    def __init__(self, passage: Callable[..., Any], workspace: Workspace) -> None:
        self._passage = passage
        self._workspace = workspace

    def open(self, channel: str, telling: Telling) -> Posted:
        sequence = telling.announcement.sequence
        posted: Posted = self._post(
            "Post",
            {"channel": channel, "subject": telling.announcement.subject, "sequence": sequence},
            lambda: self._workspace.post(channel, sequence),
        )
        return posted

    def edit(self, message: Posted, telling: Telling) -> None:
        if message not in self._workspace.messages:
            raise MessageGone("message_not_found")
        sequence = telling.announcement.sequence
        call = AwsCall(SERVICE, "Update", {"message": message, "sequence": sequence})
        try:
            self._passage(call, lambda: self._workspace.edit(message, sequence))
        except (ClientError, BotoCoreError) as error:
            raise Throttled(f"Slack: {error}") from error

    def add_step(self, message: Posted, telling: Telling, *, broadcast: bool) -> None:
        sequence = telling.announcement.sequence
        self._post(
            "Reply",
            {"message": message, "sequence": sequence, "broadcast": broadcast},
            lambda: self._workspace.reply(message, sequence),
        )

    def _post(self, operation: str, said: dict[str, Any], perform: Callable[[], Any]) -> Any:
        try:
            return self._passage(AwsCall(SERVICE, operation, said), perform)
        except (ClientError, BotoCoreError) as error:
            raise UnknownReply(f"Slack: {error}") from error


class NothingKnown:
    """Images without labels, containers without logs."""

    def commit(self, repository: str, digest: str) -> Commit | None:
        del repository, digest
        return None

    def last_lines(self, definition: str, container: str, task: str) -> LastLines:
        del definition, task
        return LastLines(container, absence="nothing is kept here")
