"""One version: of the package, what the stack says of itself, and what the changelog leads to.

tests/unit/test_packaging.py holds the packages to it, test_template_settings.py the SSM parameter,
tests/unit/cli/test_output.py `longshore --version`. docs/releasing.md tells how it is raised.
"""

import re
from datetime import date

import pytest

import longshore
from tests.contract.template import ROOT, template

CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
HEADINGS = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
RELEASED = re.compile(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d{2}-\d{2})")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

Version = tuple[int, ...]


def version(text: str) -> Version:
    """Read a version; raise ValueError where it is not three numbers."""
    return tuple(int(part) for part in text.split("."))


def releases(headings: list[str]) -> list[tuple[Version, date]]:
    """Return what was released, by the headings after the first one."""
    found = [RELEASED.fullmatch(heading) for heading in headings[1:]]
    return [
        (version(".".join(each.groups()[:3])), date.fromisoformat(each[4]))
        for each in found
        if each
    ]


def complaints(headings: list[str], present: str) -> list[str]:
    """Return what is wrong with headings while the package calls itself `present`."""
    found = releases(headings)
    versions, dates = [each for each, _ in found], [day for _, day in found]
    rules = {
        "the first heading is [Unreleased]": headings[:1] == ["[Unreleased]"],
        "the others are [1.2.3] - 2027-01-31": len(found) == len(headings) - 1,
        "newer versions stand above older ones": versions == sorted(set(versions), reverse=True),
        "their dates do not go back": dates == sorted(dates, reverse=True),
        "none is newer than the package": not versions or versions[0] <= version(present),
    }
    return [rule for rule, holds in rules.items() if not holds]


def test_the_stack_says_its_version() -> None:
    assert template()["Outputs"]["Version"]["Value"] == longshore.__version__


def test_the_changelog_leads_to_this_version() -> None:
    assert complaints(HEADINGS, longshore.__version__) == []


@pytest.mark.parametrize(
    ("headings", "present", "wrong"),
    [
        (["[Unreleased]", "[0.2.0] - 2027-01-31", "[0.1.0] - 2026-12-24"], "0.2.0", 0),
        (["[Unreleased]", "[0.2.0] - 2027-01-31"], "0.3.0", 0),
        (["[0.2.0] - 2027-01-31"], "0.2.0", 1),
        (["[Unreleased]", "0.2.0 (January)"], "0.2.0", 1),
        (["[Unreleased]", "[0.10.0] - 2027-01-31", "[0.9.0] - 2027-01-01"], "0.9.1", 1),
        (["[Unreleased]", "[0.9.0] - 2027-01-31", "[0.10.0] - 2027-01-01"], "0.10.0", 1),
        (["[Unreleased]", "[0.2.0] - 2026-01-31", "[0.1.0] - 2026-12-24"], "0.2.0", 1),
    ],
)
def test_a_changelog_that_is_not_in_order_is_seen(
    headings: list[str], present: str, wrong: int
) -> None:
    assert len(complaints(headings, present)) == wrong


def test_entries_are_sorted_by_kind() -> None:
    assert set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)) <= KINDS
