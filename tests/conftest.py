"""What every test can rely on: no test reaches AWS, and sample events are one call away."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

EVENTS = Path(__file__).parent.parent / "events"

# Made-up credentials and closed doors: a client that is built by mistake reaches no account.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_REGION": "eu-central-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_METRICS_NAMESPACE": "Longshore",
    "POWERTOOLS_SERVICE_NAME": "test",
}

# Time limits per example would make slow machines fail; CI repeats the same examples each time.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", parent=settings.get_profile("dev"), derandomize=True)


def pytest_configure() -> None:
    """Replaces this machine's AWS environment before anything reads it."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(ENVIRONMENT)
    settings.load_profile("ci" if "CI" in os.environ else "dev")


@pytest.fixture(scope="session")
def load_event() -> Callable[[str], dict[str, Any]]:
    """Reads a sample of events/ by its path there, without the ending."""

    def load(name: str) -> dict[str, Any]:
        event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
        return event

    return load
