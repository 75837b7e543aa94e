"""What the benchmarks compute and write; what they measure `make bench` shows."""

from xml.etree import ElementTree as ET

import pytest

from benchmarks.backend import Shop
from benchmarks.chart import bars
from benchmarks.figures import Figure, ratio
from benchmarks.pages import table, written
from benchmarks.warm import for_twin

PAGE = "before\n<!-- part: written by make bench -->\nold\n<!-- end of part -->\nafter\n"


@pytest.mark.parametrize(
    ("value", "most", "verdict"), [(1.3, 1.3, "yes"), (1.31, 1.3, "**no**"), (5, None, "")]
)
def test_a_goal_that_is_not_met_is_told_as_such(
    value: float, most: float | None, verdict: str
) -> None:
    assert Figure("what", value, "shown", most).verdict == verdict


def test_rounds_are_compared_in_pairs() -> None:
    assert ratio([1, 20, 3], [2, 20, 3]) == 1.0
    with pytest.raises(ValueError, match="zip"):
        ratio([1], [1, 2])


def test_only_what_lies_between_the_marks_is_written() -> None:
    found = written(PAGE, "part", "new")

    assert found == PAGE.replace("\nold\n", "\n\nnew\n\n")
    assert written(found, "part", "new") == found


def test_a_page_without_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="lacks the marks"):
        written(PAGE, "another", "new")


def test_a_table_has_a_line_for_each_row() -> None:
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_the_chart_is_well_formed_and_shows_the_shortest_first() -> None:
    chart = ET.fromstring(bars("Fast & slow", [("slow <one>", 100.0, False), ("fast", 10.0, True)]))  # noqa: S314 - our own text

    texts = [each.text for each in chart.iter("{http://www.w3.org/2000/svg}text")]
    widths = [float(r.get("width", "0")) for r in chart.iter("{http://www.w3.org/2000/svg}rect")]
    assert texts == ["Fast & slow", "fast", "10 ms", "slow <one>", "100 ms"]
    assert widths[0] * 10 == pytest.approx(widths[1], rel=0.1)


def test_the_bare_side_makes_the_same_calls_for_another_shop() -> None:
    shop, twin = Shop("gggg"), Shop("gggh")
    request = {
        "TransactItems": ({"Put": {"Item": {"pk": {"S": f"stage#{shop.name}/live"}}}},),
        "Key": {"pk": {"S": "bucket#aws"}},
        "ClientRequestToken": "ours alone",
        "Limit": 3,
    }

    assert for_twin(request, shop, twin) == {
        "TransactItems": [{"Put": {"Item": {"pk": {"S": f"stage#{twin.name}/live"}}}}],
        "Key": {"pk": {"S": "twin##aws"}},
        "Limit": 3,
    }
