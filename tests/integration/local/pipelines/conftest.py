"""The account that every test has."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from longshore_local.cloud.clients import Cloud
from tests.integration.local.pipelines.account import make_cloud


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield make_cloud()
