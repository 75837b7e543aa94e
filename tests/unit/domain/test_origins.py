"""Where a release comes from, in words."""

import pytest

from longshore.domain.origins import Origin


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        (Origin(), ""),
        (Origin(pipeline="checkout", execution="e-1"), "pipeline checkout"),
        (Origin(commit="c0ffee" * 7), "commit c0ffeec0ffee"),
        (Origin(pipeline="checkout", commit="abc"), "pipeline checkout, commit abc"),
    ],
)
def test_an_origin_is_told_as_far_as_it_is_known(origin: Origin, told: str) -> None:
    assert origin.told == told
