"""Each sample event meets exactly the rules meant for it, and comes to the outcome meant for it.

The table of events/README.md says what is meant. Samples kept elsewhere, such as events captured
in an account, join when LONGSHORE_EVENT_SAMPLES names their folder: of those only is asked that
each comes to one outcome with a reason, and that nothing is woken without a rule.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from longshore_cli.explain import FACT_KEYS, Outcome, explain
from longshore_cli.rules import shipped_rules
from tests.contract.template import RULE, resources

EVENTS = Path(__file__).parent.parent.parent / "events"
ELSEWHERE = os.environ.get("LONGSHORE_EVENT_SAMPLES")
ROW = re.compile(r"\| `(?P<file>\S+)` \| [^|]+ \| (?P<rules>[^|]*)\| (?P<outcome>\w+) \| [^|]+ \|")


@dataclass(frozen=True, slots=True)
class Sample:
    """A line of the table."""

    file: str
    rules: tuple[str, ...]
    outcome: Outcome


def table() -> list[Sample]:
    rows = map(ROW.fullmatch, (EVENTS / "README.md").read_text().splitlines())
    return [
        Sample(row["file"], tuple(re.findall(r"\w+", row["rules"])), Outcome(row["outcome"]))
        for row in rows
        if row
    ]


SAMPLES = table()
CAPTURED = sorted(Path(ELSEWHERE).glob("*.json")) if ELSEWHERE else []


def test_the_table_names_every_file_once() -> None:
    present = [str(path.relative_to(EVENTS)) for path in EVENTS.rglob("*") if path.is_file()]

    assert sorted(sample.file for sample in SAMPLES) == sorted({*present} - {"README.md"})


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file)
def test_a_sample_meets_its_rules_and_comes_to_its_outcome(sample: Sample) -> None:
    explanation = explain((EVENTS / sample.file).read_bytes(), None)

    assert explanation.rules == sample.rules
    assert explanation.outcome is sample.outcome
    assert explanation.reason


def test_every_rule_with_a_pattern_is_met_by_a_sample() -> None:
    patterned = {name for name, rule in resources(RULE).items() if "EventPattern" in rule}

    assert {rule for sample in SAMPLES for rule in sample.rules} == patterned
    assert {rule.name for rule in shipped_rules()} == patterned


@pytest.mark.parametrize(
    "path",
    [*(EVENTS / sample.file for sample in SAMPLES), *CAPTURED],
    ids=lambda path: path.name,
)
def test_any_sample_has_one_outcome_and_wakes_nothing_without_a_rule(path: Path) -> None:
    explanation = explain(path.read_bytes(), None)

    assert explanation.reason.isprintable()
    assert explanation.rules or explanation.outcome is not Outcome.WAKE
    assert explanation.fact is None or tuple(explanation.fact) == FACT_KEYS
    assert explanation.fact is None or explanation.outcome is not Outcome.REJECTED
