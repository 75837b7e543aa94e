"""The scene most tests begin with."""

import pytest

from tests.unit.local.codebuild.scene import Scene


@pytest.fixture
def scene() -> Scene:
    return Scene()
