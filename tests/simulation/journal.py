"""What the functions write: nothing is kept but what nobody expected."""

from collections.abc import Callable

from longshore.domain.errors import LongshoreError
from longshore.runtime.clock import Invocation
from longshore.runtime.observability import Journal
from tests.simulation.promises.broken import Say


class SimulatedJournal(Journal):
    """A journal that reads along: an error that is none of Longshore's own is a defect.

    While the weather is calm, every error is.
    """

    def __init__(self, say: Say, is_calm: Callable[[], bool]) -> None:
        self._say = say
        self._is_calm = is_calm

    def begin(self, invocation: Invocation) -> Journal:
        del invocation
        return self

    def note(self, what: str, **fields: object) -> None:
        del what, fields

    def warn(self, what: str, **fields: object) -> None:
        if what.endswith("rejected"):
            self._say("defect", f"{what}: {fields}")

    def fail(self, what: str, error: Exception, **fields: object) -> None:
        if self._is_calm() or not isinstance(error, LongshoreError):
            self._say("defect", f"{what}: {type(error).__name__}: {error} {fields}")

    def count(self, metric: str, value: int = 1, **properties: str) -> None:
        del metric, value, properties
