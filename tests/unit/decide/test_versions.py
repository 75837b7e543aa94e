import re
import time
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from longshore.decide.versions import LONGEST_RANGE, LONGEST_TAG, Range, Version, parse_version


def version(text: str) -> Version:
    parsed = parse_version(text)
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    "tag",
    ["0.0.0", "1.2.3", "v1.2.3", "1.2.3-rc.1", "1.2.3-0", "1.2.3--", "1.2.3-x-y.z", "2026.11.23"],
)
def test_a_strict_version_is_read_and_keeps_its_text(tag: str) -> None:
    assert version(tag).text == tag
    assert str(version(tag)) == tag.removeprefix("v")


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "1",
        "1.2",
        "12345678",
        "v1.2",
        "V1.2.3",
        "vv1.2.3",
        "=1.2.3",
        "01.2.3",
        "1.02.3",
        "2026.01.05",
        "1.2.3.4",
        "1.2.3-",
        "1.2.3-01",
        "1.2.3-a..b",
        "1.2.3+build",
        "1.2.3-é",
        "1.2.3\n",
        " 1.2.3",
        "1.2.٣",
        "latest",
        "main-1.2.3",
    ],
)
def test_what_is_not_strictly_a_version_is_none(tag: str) -> None:
    assert parse_version(tag) is None


def test_an_overlong_tag_is_no_version_however_it_looks() -> None:
    longest = "1.2." + "9" * (LONGEST_TAG - 4)

    assert parse_version(longest) is not None
    assert parse_version(f"{longest}9") is None


def test_versions_are_ordered_as_the_specification_lists_them() -> None:
    # The example of https://semver.org §11, with majors around it.
    ascending = [
        "0.9.9",
        "1.0.0-1",
        "1.0.0-2",
        "1.0.0-10",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.10",
        "1.10.0",
        "2.0.0-0",
        "10.0.0",
    ]

    assert sorted(map(version, reversed(ascending))) == [version(tag) for tag in ascending]


def test_a_leading_v_makes_no_difference_to_the_order() -> None:
    assert version("v1.2.3") == version("1.2.3")
    assert not version("v1.2.3") < version("1.2.3")


ALL = ["0.0.1", "0.1.5", "1.2.3", "1.3.0", "1.4.0-rc.1", "1.4.2", "v1.6.0", "2.0.0-rc.1", "2.0.0"]
STABLE = ["0.0.1", "0.1.5", "1.2.3", "1.3.0", "1.4.2", "v1.6.0", "2.0.0"]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", STABLE),
        ("  ", STABLE),
        ("*", STABLE),
        ("x", STABLE),
        (">=0.0.0", STABLE),
        ("1", ["1.2.3", "1.3.0", "1.4.2", "v1.6.0"]),
        ("1.x", ["1.2.3", "1.3.0", "1.4.2", "v1.6.0"]),
        ("^1.3", ["1.3.0", "1.4.2", "v1.6.0"]),
        ("^ 1.3", ["1.3.0", "1.4.2", "v1.6.0"]),
        ("^v1.3.0", ["1.3.0", "1.4.2", "v1.6.0"]),
        ("~1.4", ["1.4.2"]),
        ("~>1.4", ["1.4.2"]),
        ("^0.1", ["0.1.5"]),
        ("^0.0.1", ["0.0.1"]),
        (">=1.3 <1.6", ["1.3.0", "1.4.2"]),
        (">= 1.3 < 1.6", ["1.3.0", "1.4.2"]),
        (">1.3.0 <=1.6.0", ["1.4.2", "v1.6.0"]),
        ("1.2 - 1.4", ["1.2.3", "1.3.0", "1.4.2"]),
        ("1.2.3 || ^2", ["1.2.3", "2.0.0"]),
        ("^0.1||~1.2.0", ["0.1.5", "1.2.3"]),
        ("=1.2.3", ["1.2.3"]),
        ("^1.4.0-0", ["1.4.0-rc.1", "1.4.2", "v1.6.0"]),
        (">=1.4.0-rc.0 <2.0.0", ["1.4.0-rc.1", "1.4.2", "v1.6.0"]),
        ("2.0.0-rc.1", ["2.0.0-rc.1"]),
        (">2.0.0", []),
    ],
)
def test_a_range_allows_what_it_says_and_prereleases_only_where_it_names_one(
    text: str, chosen: list[str]
) -> None:
    wanted = Range.parse(text)

    assert [tag for tag in ALL if wanted.allows(version(tag))] == chosen


def test_a_range_is_shown_as_it_was_written() -> None:
    assert [str(Range.parse(text)) for text in ("^1.4", " >=1 ", "")] == ["^1.4", ">=1", "*"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("latest", "'latest' is no version range"),
        ("^1.4 || latest", "'latest' is no version range"),
        ("1.2.3.4", "'1.2.3.4' is no version range"),
        ("1.x.3", "'1.x.3' is no version range"),
        ("*.1", "'*.1' is no version range"),
        ("==1.2.3", "'==1.2.3' is no version range"),
        ("=>1.2", "'=>1.2' is no version range"),
        (">", "'>' is no version range"),
        ("^01.2", "'^01.2' is no version range"),
        ("^1.4-rc", "'^1.4-rc' is no version range"),
        ("1 -2", "'1 -2' is no version range"),
        ("1.2 - 1.4 - 1.6", "'1.2 - 1.4 - 1.6' is no version range"),
        ("1.2.3+build", "is no version range"),
        ("^1.4\x00", "is no version range"),
        ("^٣.1", "is no version range"),
        (">=1, <2", "has a comma: parts that must all hold are separated by a space"),
        ("^1 ||", "has nothing on one side of ||"),
        ("|| ^1", "has nothing on one side of ||"),
        ("||", "has nothing on one side of ||"),
        ("1" * (LONGEST_RANGE + 1), f"the limit is {LONGEST_RANGE}"),
    ],
)
def test_what_is_no_range_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(hint)):
        Range.parse(text)


@pytest.mark.parametrize(
    "hostile",
    [
        "v" * 200,
        "=" * 199 + "!",
        " - " * 66,
        "~> " * 66,
        "x " * 100,
        "1.2.3-" + "a." * 97,
        "^" * 200,
    ],
)
def test_hostile_text_takes_no_time(hostile: str) -> None:
    began = time.perf_counter()

    with suppress(ValueError):
        Range.parse(hostile)
    assert parse_version(hostile) is None
    assert time.perf_counter() - began < 0.5


numbers = st.integers(0, 9)
triples = st.tuples(numbers, numbers, numbers)


def written(triple: tuple[int, int, int]) -> str:
    return ".".join(map(str, triple))


@given(triples, triples)
def test_comparisons_agree_with_the_order_of_numbers(
    low: tuple[int, int, int], candidate: tuple[int, int, int]
) -> None:
    read = version(written(candidate))

    assert Range.parse(f">={written(low)}").allows(read) == (candidate >= low)
    assert Range.parse(f"<{written(low)}").allows(read) == (candidate < low)
    assert Range.parse(written(low)).allows(read) == (candidate == low)
    assert Range.parse(f"~{written(low)}").allows(read) == (
        candidate >= low and candidate[:2] == low[:2]
    )


@given(triples, triples)
def test_a_caret_keeps_the_first_number_that_is_not_zero(
    low: tuple[int, int, int], candidate: tuple[int, int, int]
) -> None:
    kept = next((i + 1 for i, number in enumerate(low) if number), 3)

    expected = candidate >= low and candidate[:kept] == low[:kept]

    assert Range.parse(f"^{written(low)}").allows(version(written(candidate))) == expected


@given(st.text(max_size=350))
@example("1.2.3-" + "0" * 290 + "!")
def test_reading_a_tag_never_raises(text: str) -> None:
    parsed = parse_version(text)

    assert parsed is None or (
        parsed.text == text and Range.parse("*").allows(parsed) == parsed.stable
    )


@given(st.text(alphabet="0123456789.xX*^~<>=| -vab,", max_size=30))
def test_reading_a_range_gives_a_range_or_a_value_error(text: str) -> None:
    try:
        wanted = Range.parse(text)
    except ValueError:
        return

    assert wanted.allows(version("1.2.3")) in {True, False}
