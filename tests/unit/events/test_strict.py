"""Strict reading of what Longshore sent itself: exactly the right shape, or a reason."""

import pytest

from longshore.events.strict import Strict


@pytest.mark.parametrize(
    ("values", "expected"), [({}, True), ({"a": True}, True), ({"a": False}, False)]
)
def test_a_truth_has_a_default(values: dict[str, object], *, expected: bool) -> None:
    assert Strict("", values).truth("a", default=True) == expected


@pytest.mark.parametrize("value", [None, 0, "true"])
def test_what_only_resembles_a_truth_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="true or false"):
        Strict("", {"a": value}).truth("a", default=False)
