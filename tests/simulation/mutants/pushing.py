"""Weak ways of starting what a Git push is for."""

from dataclasses import replace
from hashlib import sha256
from itertools import count

from longshore.aws.pushes import DynamoPushRecords
from longshore.decide.triggers import Start
from longshore.domain.pushes import Push, PushRecord, Started
from longshore.usecases.push_ports import StartPorts
from longshore.usecases.start_pushed import _begin
from tests.simulation.mutants.mutant import Mutant, replacing

_numbers = count(1)
_put_new = DynamoPushRecords.put_new


def _forgetful(self: DynamoPushRecords, record: PushRecord) -> None:
    """Write over whatever is there."""
    known = self.read(record.hash)
    self.keep(record if known is None else replace(record, version=known.version))


def _another_token(push: str, start: Start) -> str:
    return sha256(f"{push} {start.trigger.name} {next(_numbers)}".encode()).hexdigest()


def _one_token(push: str, _: Start) -> str:
    return push


def _done_first(
    start: Start, push: Push, record: PushRecord, ports: StartPorts
) -> tuple[Started, PushRecord]:
    return _begin(start, push, ports.records.keep(replace(record, done=True)), ports)


def _known_is_done(self: DynamoPushRecords, record: PushRecord) -> PushRecord | None:
    known = _put_new(self, record)
    return None if known is None else replace(known, done=True)


MUTANTS = (
    Mutant(
        "no-memory-of-bodies",
        "a push that is delivered again is a new one",
        replacing("longshore.aws.pushes.DynamoPushRecords.put_new", _forgetful),
    ),
    Mutant(
        "a-token-of-chance",
        "each time that a start is asked for, it is another one to AWS",
        replacing("longshore.usecases.start_pushed.token_of", _another_token),
    ),
    Mutant(
        "one-token-a-push",
        "all that a push starts is asked for by one token",
        replacing("longshore.usecases.start_pushed.token_of", _one_token),
    ),
    Mutant(
        "done-before-the-start",
        "a push is done before what it is for was started",
        replacing("longshore.usecases.start_pushed._begin", _done_first),
    ),
    Mutant(
        "known-is-done",
        "a push that was kept, and perhaps not queued, is not queued when it is delivered again",
        replacing("longshore.aws.pushes.DynamoPushRecords.put_new", _known_is_done),
    ),
)
