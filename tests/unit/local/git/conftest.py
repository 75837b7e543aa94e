"""The workshop most tests begin with."""

from pathlib import Path

import pytest

from tests.unit.local.git.workshop import Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)
