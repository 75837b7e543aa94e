"""Strategies over the sample events: whatever a queue could hold."""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

EVENTS = Path(__file__).parent.parent.parent / "events"
SAMPLES = sorted(EVENTS.rglob("*.json"))

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place inside a JSON value."""
    items: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path, *(place for key, inner in items for place in places(inner, (*path, key)))]


@st.composite
def mutated_samples(draw: st.DrawFn) -> object:
    """A sample with one to three of its values replaced by anything, or taken away."""
    event: Any = json.loads(draw(st.sampled_from(SAMPLES)).read_bytes())
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(places(event)[1:] or [("x",)]))
        target = event
        for step in way:
            target = target[step]
        if isinstance(target, dict) and draw(st.booleans()):
            target.pop(last, None)
        elif isinstance(target, dict | list):
            target[last] = draw(json_values)  # type: ignore[index]  # keys fit by construction
    return event
