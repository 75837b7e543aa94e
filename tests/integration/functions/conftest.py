"""An installation of the real functions: moto plays AWS, and our own stand-in plays ECS."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import time_machine
from moto import mock_aws

from longshore.aws.clients import Clients
from tests.support.lambdas import Harbour, Installation, forget_environment

if TYPE_CHECKING:
    from moto.core.config import DefaultConfig


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    ours: DefaultConfig = {"core": {"passthrough": {"urls": [r"127\.0\.0\.1"]}}}
    with time_machine.travel(datetime.now(UTC), tick=True) as time:
        harbour = Harbour(time)
        with mock_aws(config=ours), harbour.server:
            yield Installation(Clients(), monkeypatch, harbour)
    forget_environment()
