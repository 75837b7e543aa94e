"""An installation of the real functions: moto plays AWS, and our own stand-in plays ECS."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from longshore.aws.clients import Clients
from tests.support.lambdas import Harbour, Installation, forget_environment

if TYPE_CHECKING:
    from moto.core.config import DefaultConfig


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    harbour = Harbour()
    ours: DefaultConfig = {"core": {"passthrough": {"urls": [r"127\.0\.0\.1"]}}}
    with mock_aws(config=ours), harbour.server:
        yield Installation(Clients(), monkeypatch, harbour)
    forget_environment()
