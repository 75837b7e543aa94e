"""Rates, as people write them."""

from datetime import timedelta

import pytest

from longshore.domain.rates import PUBLISHED, ApiClass, Rate


@pytest.mark.parametrize(
    ("text", "burst", "milliseconds"),
    [
        ("20/1", 20, 1_000),
        ("50/5", 50, 200),
        ("1/0.05", 1, 20_000),
        ("10/0.5", 10, 2_000),
        ("10/0.25", 10, 4_000),
        ("9999/3", 9999, 334),  # rounded up: never faster than asked for
    ],
)
def test_a_rate_is_a_burst_and_so_many_a_second(text: str, burst: int, milliseconds: int) -> None:
    assert Rate.parse(text) == Rate(burst, timedelta(milliseconds=milliseconds))


@pytest.mark.parametrize(
    "text", ["", "20", "20/", "/1", "0/1", "20/0", "20/0.0", "20/1.5", "-1/1", "20 / 1", "1e3/1"]
)
def test_what_is_no_rate_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 20/1 or 20/0\.5"):
        Rate.parse(text)


def test_every_class_has_its_published_rate() -> None:
    assert {calls: PUBLISHED.of(calls) for calls in ApiClass} == {
        ApiClass.REGISTER: Rate.parse("20/1"),
        ApiClass.UPDATE: Rate.parse("50/5"),
    }
