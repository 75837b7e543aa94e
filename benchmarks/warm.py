"""Warm: router and reconciler one after the other, against the very same calls made bare."""

import gc
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Any

import boto3
from botocore import xform_name

from benchmarks.backend import Backend, Shop, push_told
from benchmarks.figures import Figure, Part, ms, ratio
from functions.reconciler.app import handler as reconciler
from functions.router.app import handler as router
from longshore.aws.calls import AwsCall
from longshore.aws.gate import Recorder
from longshore.runtime.wiring import shared
from tests.support.runtime import FakeInvocation

ROUNDS = 40
UPDATE = "UpdateService"
OWN_BUCKET, BARE_BUCKET = "bucket#", "twin##"
"""The bare side has buckets of its own, as full as ours: conditions on them hold likewise."""


@dataclass
class Lap:
    """CPU and wall time, in seconds, from the event to the answer of UpdateService."""

    cpu: float = 0.0
    wall: float = 0.0
    _began: tuple[float, float] = (0.0, 0.0)
    _over: bool = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what happens meanwhile, up to UpdateService."""
        self._began = process_time(), perf_counter()
        yield
        self.stop(over=False)

    def stop(self, *, over: bool) -> None:
        """Count no further; where it is `over`, never again."""
        if not self._over:
            cpu, wall = self._began
            self.cpu += process_time() - cpu
            self.wall += perf_counter() - wall
        self._over = self._over or over


@dataclass
class Warm:
    """Both sides on one backend."""

    backend: Backend
    recorder: Recorder = field(default_factory=Recorder)
    lap: Lap = field(default_factory=Lap)

    def __post_init__(self) -> None:
        shared.make_gate()._passage = self._pass  # noqa: SLF001 - where calls can be recorded
        self._bare = {name: boto3.client(name) for name in ("dynamodb", "sqs", "ecr", "ecs")}

    def settle(self) -> None:
        """Let everything that was applied be adopted."""
        while self._route() or self._reconcile():
            pass

    def ours(self, shop: Shop, digest: str) -> Lap:
        """Deploy as the functions do; the queue's own work in between is Lambda's."""
        self.recorder.calls.clear()
        self.lap = lap = Lap()
        event = push_told(shop, digest)
        with lap.running():
            router(event, FakeInvocation(left=30_000))
        work = {"Records": self.backend.take(self.backend.work)}
        with lap.running():
            reconciler(work, FakeInvocation(left=90_000))
        return lap

    def bare(self, calls: Sequence[AwsCall], shop: Shop, twin: Shop) -> Lap:
        """Make the calls that were made for one shop for its twin, and nothing else."""
        prepared = [
            (
                getattr(self._bare[call.service], xform_name(call.operation)),
                for_twin(call.parameters, shop, twin),
            )
            for call in calls
        ]
        lap = Lap()
        with lap.running():
            for method, parameters in prepared:
                method(**parameters)
        return lap

    def _pass(self, call: AwsCall, perform: Any) -> Any:  # noqa: ANN401 - whatever AWS answers
        reply = self.recorder(call, perform)
        if call.operation == UPDATE:
            self.lap.stop(over=True)
        return reply

    def _route(self) -> bool:
        records = self.backend.take(self.backend.inbox)
        for record in records:
            router({"Records": [record]}, FakeInvocation(left=30_000))
        return bool(records)

    def _reconcile(self) -> bool:
        records = self.backend.take(self.backend.work)
        for record in records:
            reconciler({"Records": [record]}, FakeInvocation(left=90_000))
        return bool(records)


@dataclass(frozen=True, slots=True)
class Measured:
    """What every round took, and the calls of one of them."""

    ours: Sequence[Lap]
    bare: Sequence[Lap]
    duplicates: Sequence[Lap]
    calls: Sequence[AwsCall]


def measure(warm: Warm, rounds: int = ROUNDS) -> Measured:
    """Deploy to fresh services in turns: ours, then the same calls bare, then ours once more."""
    with redirect_stdout(io.StringIO()):
        backend = warm.backend
        shops = [(backend.open_shop(), backend.open_shop()) for _ in range(rounds + 2)]
        warm.settle()
        gc.collect()
        ours, bare, again, calls = [], [], [], list[AwsCall]()
        for shop, twin in shops:
            digest = backend.push(shop, twin)
            ours.append(warm.ours(shop, digest))
            calls = [*warm.recorder.calls]
            bare.append(warm.bare(_up_to_update(calls), shop, twin))
            again.append(warm.ours(shop, digest))
    return Measured(ours[2:], bare[2:], again[2:], calls)


def told(measured: Measured) -> Part:
    """Return the figures."""
    cpu = ratio([lap.cpu for lap in measured.ours], [lap.cpu for lap in measured.bare])
    wall = ratio([lap.wall for lap in measured.ours], [lap.wall for lap in measured.bare])
    again = ratio([lap.cpu for lap in measured.duplicates], [lap.cpu for lap in measured.ours])
    counted = Counter(call.action for call in _up_to_update(measured.calls))
    listed = ", ".join(f"{action} {number}" for action, number in counted.most_common())
    own, theirs = [lap.cpu for lap in measured.ours], [lap.cpu for lap in measured.bare]
    return Part(
        "Warm, from the event to UpdateService",
        [
            Figure(
                "CPU, against the same calls made bare with boto3",
                cpu,
                f"{cpu:.2f} × ({ms(own)} against {ms(theirs)})",
                1.3,
                "≤ 1.3 ×",
            ),
            Figure("wall, against the same", wall, f"{wall:.2f} ×"),
            Figure(
                "CPU of the same event once more, against the first time", again, f"{again:.2f} ×"
            ),
            Figure("calls up to UpdateService", counted.total(), f"{counted.total()}: {listed}"),
        ],
        notes=[
            (
                f"Medians of {len(own)} rounds, each on a fresh service and a fresh twin; the bare "
                "side makes the calls that were recorded of ours, for the twin."
            )
        ],
    )


def _up_to_update(calls: Sequence[AwsCall]) -> Sequence[AwsCall]:
    return calls[: 1 + [call.operation for call in calls].index(UPDATE)]


def for_twin(value: Any, shop: Shop, twin: Shop) -> Any:  # noqa: ANN401 - any JSON
    """Return a request with another shop's names in it, and a request token of its own."""
    if isinstance(value, str):
        return value.replace(shop.mark, twin.mark).replace(OWN_BUCKET, BARE_BUCKET)
    if isinstance(value, dict):
        return {
            key: for_twin(each, shop, twin)
            for key, each in value.items()
            if key != "ClientRequestToken"
        }
    if isinstance(value, list | tuple):
        return [for_twin(each, shop, twin) for each in value]
    return value
