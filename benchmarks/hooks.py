"""The webhook, warm: from a push of GitHub to its answer, against the very same calls made bare."""

import gc
import io
import json
import os
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore import xform_name

from benchmarks.backend import Backend, Shop
from benchmarks.figures import Figure, Part, ms, ratio
from benchmarks.warm import Lap, for_twin
from functions.webhook.app import handler as webhook
from longshore.aws import items
from longshore.aws.calls import AwsCall
from longshore.aws.gate import Recorder
from longshore.domain.pushes import GitRepository, Provider
from longshore.domain.triggers import PushFollower
from longshore.runtime.wiring import shared
from tests.support.deliveries import SECRETS, github, http_event, sample
from tests.support.ledgers import TABLE
from tests.support.runtime import FakeInvocation

ROUNDS = 100
WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """What every round took, and the calls of the first and of the last."""

    ours: Sequence[Lap]
    bare: Sequence[Lap]
    cold: Sequence[AwsCall]
    calls: Sequence[AwsCall]


def measure(backend: Backend, rounds: int = ROUNDS) -> Measured:
    """Deliver fresh pushes in turns: to ours, then the same calls bare."""
    _prepare(backend)
    recorder = Recorder()
    shared.make_gate()._passage = recorder  # noqa: SLF001 - where calls can be recorded
    ours, bare, cold, calls = [], [], list[AwsCall](), list[AwsCall]()
    with redirect_stdout(io.StringIO()):
        for number in range(rounds + WARM_UP):
            recorder.calls.clear()
            lap, name = _deliver(number)
            calls = [*recorder.calls]
            cold = cold or calls
            gc.collect()
            ours.append(lap)
            bare.append(_make_bare(calls, name))
    return Measured(ours[WARM_UP:], bare[WARM_UP:], cold, calls)


def told(measured: Measured) -> Part:
    """Return the figures."""
    own, theirs = [lap.cpu for lap in measured.ours], [lap.cpu for lap in measured.bare]
    cpu = ratio(own, theirs)
    wall = ratio([lap.wall for lap in measured.ours], [lap.wall for lap in measured.bare])
    counted = Counter(call.action for call in measured.cold)
    return Part(
        "The webhook, from a push of GitHub to its answer",
        [
            Figure(
                "CPU, against the same calls made bare with boto3",
                cpu,
                f"{cpu:.2f} × ({ms(own)} against {ms(theirs)})",
                1.5,
                "≤ 1.5 ×",
            ),
            Figure("wall, against the same", wall, f"{wall:.2f} ×"),
            Figure(
                "calls before the first answer",
                counted.total(),
                f"{counted.total()}: {', '.join(counted)}",
                4,
                "≤ 4",
            ),
            Figure("calls before a later one", len(measured.calls), f"{len(measured.calls)}"),
        ],
        notes=[
            (
                f"Medians of {len(own)} rounds, each with a push of its own; the bare side makes "
                "the calls that were recorded of ours, for another push."
            )
        ],
    )


def _prepare(backend: Backend) -> None:
    """Let a repository be followed, and its host have a key."""
    queue = backend.clients.sqs.create_queue(
        QueueName="pushes.fifo", Attributes={"FifoQueue": "true"}
    )
    secret = backend.clients.secrets.create_secret(
        Name="longshore/git", SecretString=json.dumps(SECRETS)
    )
    follower = PushFollower(GitRepository(Provider.GITHUB, "acme/checkout"), "checkout")
    backend.clients.dynamodb.put_item(TableName=TABLE, Item=items.git_item(follower, 1))
    os.environ.update(
        {
            "LONGSHORE_PUSHES_URL": queue["QueueUrl"],
            "LONGSHORE_GIT_SECRET": secret["ARN"],
            "LONGSHORE_GITLAB_PLAIN_TOKEN": "false",
        }
    )


def _deliver(number: int) -> tuple[Lap, str]:
    """Deliver one push; return what it took and the hash it is known by."""
    event = http_event(github(sample("github_push", before=f"{number + 1:040x}")))
    lap = Lap()
    with lap.running():
        answer = webhook(event, FakeInvocation())
    told = json.loads(answer["body"])
    if answer["statusCode"] != 202:  # noqa: PLR2004 - accepted
        raise RuntimeError(f"the webhook answered {answer['statusCode']}: {told}")
    return lap, str(told["push"])


def _make_bare(calls: Sequence[AwsCall], name: str) -> Lap:
    shop, twin = Shop(name), Shop(name[::-1])
    prepared = [
        (
            getattr(_client(call.service), xform_name(call.operation)),
            for_twin(call.parameters, shop, twin),
        )
        for call in calls
    ]
    lap = Lap()
    with lap.running():
        for method, parameters in prepared:
            method(**parameters)
    return lap


@cache
def _client(service: str) -> Any:  # noqa: ANN401 - of any service
    return boto3.client(service)  # type: ignore[call-overload] # its stubs know services by name
