"""Workers: invocations of the functions, each a greenlet that gives way at the gate.

The gate is where everything happens that can befall a call: it fails before or after it took
effect, its reply is lost, its worker freezes or dies.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    ReadTimeoutError,
)
from greenlet import getcurrent, greenlet

from longshore.aws.calls import AwsCall
from longshore.aws.gate import Perform
from longshore_local.awsjson.errors import ApiError
from longshore_local.ecs.errors import throttled, too_many_concurrent_revisions
from tests.simulation.climate import Fate
from tests.simulation.cloud.api import TransactionCanceled
from tests.simulation.cloud.clients import client_error
from tests.simulation.kernel import Kernel
from tests.simulation.story import Story
from tests.simulation.weather import Weather

HTTP_TIMEOUT = timedelta(seconds=20)
"""The longest that one request can be under way: the writer's read time-out."""

GIVING_WAY = timedelta(milliseconds=50)
WRITES = frozenset({"RegisterTaskDefinition", "UpdateService"})


class WorkerDied(BaseException):
    """The process ended between two instructions: nothing catches this."""


class Worker(greenlet):
    """One invocation of a function."""

    def __init__(
        self, name: str, run: Callable[[], None], *, started: datetime, timeout: timedelta
    ) -> None:
        super().__init__(run)
        self.name = name
        self.started = started
        self.ends = started + timeout
        self.groups: frozenset[str] = frozenset()
        self.is_second = False
        self.frozen = False
        self.lands_late = False

    @property
    def dies_at(self) -> datetime:
        """The moment after which nothing of it can happen: a request under way may still land."""
        return self.ends + (HTTP_TIMEOUT if self.frozen else timedelta())


class SimulatedClock:
    """The clock of one invocation, as far off as its environment's."""

    def __init__(self, kernel: Kernel, worker: Worker, skew: timedelta) -> None:
        self._kernel = kernel
        self._worker = worker
        self._skew = skew

    def now(self) -> datetime:
        return self._kernel.now + self._skew

    def time_left(self) -> timedelta:
        return self._worker.ends - self._kernel.now


def current_worker() -> Worker | None:
    """Return the worker that runs now, None while the world itself is at work."""
    me = getcurrent()
    return me if isinstance(me, Worker) else None


Effect = Callable[[Worker, AwsCall, Perform], Any]
"""Performs a call, for somebody who watches what it does."""

Stale = Callable[[AwsCall, timedelta, Perform], Any]
"""Answers a call with what was so long ago."""


class Passage:
    """Stands in the gate of every worker."""

    def __init__(
        self, kernel: Kernel, weather: Weather, story: Story, *, effect: Effect, stale: Stale
    ) -> None:
        self.calls = 0
        self._kernel = kernel
        self._weather = weather
        self._story = story
        self._effect = effect
        self._stale = stale
        self.at_work: Worker | None = None
        self._open: dict[str, Worker] = {}

    def __call__(self, call: AwsCall, perform: Perform) -> Any:
        worker = current_worker()
        if worker is None:
            return perform()
        self.calls += 1
        fate = self._weather.fate_of(call, self._kernel.now)
        self._story.mark(self._kernel.now, worker.name, f"{call.action} {fate.value}")
        if fate not in {Fate.FINE, Fate.DOWN}:
            self._story.tell(self._kernel.now, worker.name, f"{call.action} {fate.value}")
        self._leave_window(worker, call)
        try:
            return self._pass(worker, call, perform, fate)
        finally:
            if call.operation in WRITES and fate is not Fate.LANDS_LATE:
                self._close(worker)

    def end(self, worker: Worker) -> None:
        """Take note that a worker has ended, and has no request under way."""
        if not worker.lands_late:
            self._close(worker)

    # ── what befalls a call ─────────────────────────────────────────────────────────────────

    def _pass(self, worker: Worker, call: AwsCall, perform: Perform, fate: Fate) -> Any:
        self._wait(worker, self._weather.latency())
        before = _BEFORE.get(fate)
        if before is not None:
            raise before(call)
        match fate:
            case Fate.DIES_BEFORE:
                raise WorkerDied
            case Fate.LANDS_LATE:
                self._land_later(worker, call, perform)
                raise WorkerDied
            case Fate.FREEZES:
                self._freeze(worker)
            case Fate.STALE:
                return self._stale(call, self._weather.how_long(_MOST_STALE), perform)
            case _:
                pass
        reply = self._perform(worker, call, perform)
        return self._answered(worker, call, perform, fate, reply)

    def _answered(
        self, worker: Worker, call: AwsCall, perform: Perform, fate: Fate, reply: Any
    ) -> Any:
        """Let the answer come, or not.

        It takes no time of its own: between an effect and the next one of the same worker others
        have their turn anyway. Only an answer that never comes is waited for.
        """
        if fate is Fate.DIES_AFTER:
            raise WorkerDied
        if fate is Fate.SENT_TWICE:
            self._wait(worker, self._weather.latency())
            return self._perform(worker, call, perform)
        after = _AFTER.get(fate)
        if after is None:
            return reply
        if fate is Fate.REPLY_LOST:
            self._wait(worker, self._weather.how_long(HTTP_TIMEOUT))
        raise after(call)

    def _perform(self, worker: Worker, call: AwsCall, perform: Perform) -> Any:
        reply = self._take_effect(worker, call, perform)
        if call.operation == "TransactWriteItems":
            self._open_window(worker)
        return reply

    def _take_effect(self, worker: Worker, call: AwsCall, perform: Perform) -> Any:
        self.at_work = worker
        try:
            return self._effect(worker, call, perform)
        finally:
            self.at_work = None

    def _land_later(self, worker: Worker, call: AwsCall, perform: Perform) -> None:
        worker.lands_late = True

        def land() -> None:
            try:
                self._take_effect(worker, call, perform)
            except ClientError as error:
                self._story.tell(self._kernel.now, worker.name, f"{call.action} came to {error}")
            finally:
                self._close(worker)

        self._kernel.after(self._weather.how_long(HTTP_TIMEOUT), land)

    def _freeze(self, worker: Worker) -> None:
        worker.frozen = True
        self._wait(worker, self._weather.how_long(worker.dies_at - self._kernel.now))

    # ── time passes ─────────────────────────────────────────────────────────────────────────

    def _wait(self, worker: Worker, delay: timedelta) -> None:
        if not delay:
            return
        self._kernel.pause(delay)
        while self._must_give_way(worker):
            self._kernel.pause(GIVING_WAY)
        if self._kernel.now > worker.dies_at:
            raise WorkerDied

    # ── between a recorded intent and the call it announces, a stage has one worker ────────────
    #
    # ECS has no compare-and-swap, so no ledger can protect this window: the queue's visibility
    # time-out does, by never handing a stage to a second worker while the first can still act. The
    # second workers that the weather sends break that; they are kept out of the window alone. A
    # worker that the queue itself sends too early is not.

    def _must_give_way(self, worker: Worker) -> bool:
        holders = [self._open[group] for group in worker.groups if group in self._open]
        others = [holder for holder in holders if holder is not worker]
        return any(holder.is_second or worker.is_second for holder in others)

    def _open_window(self, worker: Worker) -> None:
        for group in worker.groups:
            self._open[group] = worker

    def _leave_window(self, worker: Worker, call: AwsCall) -> None:
        if call.operation not in WRITES:
            self._close(worker)

    def _close(self, worker: Worker) -> None:
        for group in worker.groups:
            if self._open.get(group) is worker:
                del self._open[group]


_MOST_STALE = timedelta(seconds=30)


def _endpoint(call: AwsCall) -> str:
    return f"memory://{call.service}"


def _answer(error: ApiError) -> Callable[[AwsCall], ClientError]:
    return lambda call: client_error(error, call.operation)


_INTERNAL = _answer(ApiError("InternalServerError", "Internal server error", status=500))

_BEFORE: dict[Fate, Callable[[AwsCall], Exception]] = {
    Fate.THROTTLED: _answer(throttled()),
    Fate.DENIED: _answer(ApiError("AccessDeniedException", "No policy allows it.")),
    Fate.DOWN: _INTERNAL,
    Fate.FAILED: _INTERNAL,
    Fate.UNSENT: lambda call: ConnectTimeoutError(endpoint_url=_endpoint(call)),
    Fate.CLOSED: lambda call: ConnectionClosedError(endpoint_url=_endpoint(call)),
    Fate.BUSY_FAMILY: _answer(too_many_concurrent_revisions()),
    Fate.CANCELLED: _answer(TransactionCanceled([{"Code": "TransactionConflict"}])),
}

_AFTER: dict[Fate, Callable[[AwsCall], Exception]] = {
    Fate.FAILED_LATE: _INTERNAL,
    Fate.REPLY_LOST: lambda call: ReadTimeoutError(endpoint_url=_endpoint(call)),
}
