"""How long it takes to find a stage among ten registered services, and among ten thousand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.backend import CLUSTER, Backend
from benchmarks.figures import Figure, Part
from longshore.aws import items
from longshore.aws.directory import DynamoDirectory
from longshore.aws.gate import Gate, Recorder
from longshore.aws.table import Table
from longshore.domain.configuration import Follower, StageImage
from longshore.domain.places import RepositoryRef, StageId
from longshore.domain.policies import TagPolicy
from tests.support.builders import HOME
from tests.support.ledgers import create_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import WriteRequestTypeDef

    from longshore.aws.items import Item

SIZES = (10, 10_000)
ROUNDS = 150
A_BATCH = 25
"""What one BatchWriteItem takes."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Wall seconds of each lookup by number of services, and the calls that one of them makes."""

    walls: Mapping[int, Sequence[float]]
    calls: int


def measure(backend: Backend, sizes: Sequence[int] = SIZES, rounds: int = ROUNDS) -> Measured:
    """Look the same repository up in tables of each size, in turns."""
    recorder = Recorder()
    directories = {size: _directory(backend, size, recorder) for size in sizes}
    walls: dict[int, list[float]] = {size: [] for size in sizes}
    recorder.calls.clear()
    for number in range(rounds):
        for size, directory in directories.items():
            began = perf_counter()
            found = directory.followers(_repository(number % min(sizes)))
            walls[size].append(perf_counter() - began)
            if len(found) != 1:
                raise RuntimeError(f"{len(found)} stages were found, not one")
    return Measured(walls, len(recorder.calls) // (rounds * len(sizes)))


def told(measured: Measured) -> Part:
    """Return the figures."""
    few, many = min(measured.walls), max(measured.walls)
    medians = {size: median(walls) for size, walls in measured.walls.items()}
    growth = medians[many] / medians[few]
    shown = f"{growth:.2f} × ({medians[many] * 1000:.2f} against {medians[few] * 1000:.2f} ms)"
    what = f"lookup of a push among {many:,} services, against {few}"
    return Part(
        "Lookup",
        [
            Figure(what, growth, shown, 1.2, "≤ 1.2 ×"),
            Figure("calls that it makes", measured.calls, str(measured.calls), 1, "1"),
        ],
        notes=[f"Medians of {len(measured.walls[few])} lookups in turns, DynamoDB as emulated."],
    )


def _directory(backend: Backend, size: int, recorder: Recorder) -> DynamoDirectory:
    name = f"lookup-{size}"
    client = backend.clients.dynamodb
    create_table(backend.clients, name)
    writes: list[WriteRequestTypeDef] = [{"PutRequest": {"Item": item}} for item in _lookups(size)]
    for start in range(0, len(writes), A_BATCH):
        client.batch_write_item(RequestItems={name: writes[start : start + A_BATCH]})
    return DynamoDirectory(Table(Gate(recorder), client, name))


def _lookups(size: int) -> Iterator["Item"]:
    """Yield what registering so many services writes for routing, one stage a service."""
    for number in range(size):
        stage = StageId(f"{CLUSTER}-{number:05}", "live")
        repository = _repository(number)
        image = StageImage("web", repository, TagPolicy("main"))
        yield items.follower_item(repository, Follower(stage, (image,)), 1)


def _repository(number: int) -> RepositoryRef:
    return RepositoryRef(HOME, f"repository-{number:05}")
