"""Events in the shape AWS sends them, to be bent by a test."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest

Event = dict[str, Any]
Bend = Callable[..., Event]


@pytest.fixture
def bent(load_event: Callable[[str], Event]) -> Bend:
    """A sample with keys of the envelope, or under `detail`, replaced; `...` takes one away."""

    def bend(name: str, detail: Mapping[str, object] | None = None, **envelope: object) -> Event:
        event = deepcopy(load_event(name))
        _replace(event, envelope)
        _replace(event["detail"], detail or {})
        return event

    return bend


def _replace(target: Event, changes: Mapping[str, object]) -> None:
    for key, value in changes.items():
        if value is ...:
            target.pop(key)
        else:
            target[key] = value
