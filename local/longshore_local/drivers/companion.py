"""Work on a thread of its own, for as long as a context lasts."""

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Companion(ABC):
    """A thread beside the rest.

    An error ends the thread and is raised when the context is left without another one: a driver
    that silently stopped would look like a fault of what is tried.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    @abstractmethod
    def _work(self) -> None:
        """Work until told to end."""

    @abstractmethod
    def _end(self) -> None:
        """Tell the work to end; called from the thread that leaves the context."""

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - kept for the thread that waits
            self.error = error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()
        self._thread.join()
        if self.error is not None and error is None:
            raise self.error
