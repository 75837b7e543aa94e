"""The work queue in memory."""

from collections.abc import Sequence

from longshore.domain.errors import LongshoreError
from longshore.domain.wakeups import Wakeup


class FakeWorkQueue:
    """Keeps what woke whom; may be busy."""

    def __init__(self) -> None:
        self.woken: list[tuple[Wakeup, str]] = []
        self.failure: LongshoreError | None = None

    def wake(self, wakeups: Sequence[Wakeup], message_id: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.woken += [(wakeup, message_id) for wakeup in wakeups]
