"""The table of differences names tests that exist, each once."""

from collections import Counter
from pathlib import Path

from tests.contract.fakes.differences import DIFFERENCES
from tests.contract.fakes.dynamodb_differences import DYNAMODB

ROWS = (*DIFFERENCES, *DYNAMODB)
SUITES = Path(__file__).parent.glob("test_*.py")
TEXTS = "\n".join(path.read_text("utf-8") for path in SUITES)


def test_a_row_names_a_test_that_exists() -> None:
    named = {each.test.partition("[")[0] for each in ROWS}

    assert {name for name in named if TEXTS.count(f"def {name}(") != 1} == set()


def test_a_row_is_there_once() -> None:
    rows = Counter((each.cloud, each.test) for each in ROWS)

    assert [row for row, count in rows.items() if count > 1] == []
