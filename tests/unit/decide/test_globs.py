import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.decide.globs import matches


@pytest.mark.parametrize(
    ("glob", "text", "expected"),
    [
        ("main", "main", True),
        ("main", "main2", False),
        ("main", "xmain", False),
        ("main", "Main", False),
        ("main", "mai", False),
        ("release/*", "release/1.5", True),
        ("release/*", "release/", True),
        ("release/*", "release/1/2", False),
        ("*", "a/b", False),
        ("**", "a/b", True),
        ("***", "a/b", True),
        ("v*.*", "v1.5", True),
        ("web/**", "web/a/b", True),
        ("web/**", "web", False),
        ("web/**", "webs/a", False),
        ("**/x", "x", True),
        ("**/x", "a/b/x", True),
        ("**/x", "ax", False),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "axb", False),
        ("**/**/x", "x", True),
        ("a**/b", "a/b", True),
        ("a**/b", "ax/y/b", True),
        ("**.sql", "db/1.sql", True),
        ("**", "a\nb", True),
        ("a.c", "abc", False),
        ("a[b]", "a[b]", True),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_a_glob_stands_for_whole_texts(glob: str, text: str, expected: bool) -> None:  # noqa: FBT001  a parameter
    assert matches(glob, text) is expected


def as_expression(glob: str) -> str:
    """The same in the words of regular expressions, which are slow for some globs."""
    parts = re.findall(r"(?:^|(?<=/))\*{2,}/|\*{2,}|\*|.", glob, re.DOTALL)
    words = {"*": "[^/]*"}
    return "".join(
        words.get(part)
        or ("(?:.*/)?" if part.startswith("**") and part.endswith("/") else "")
        or (".*" if part.startswith("**") else re.escape(part))
        for part in parts
    )


@given(st.text("ab/*", max_size=7), st.text("ab/", max_size=9))
def test_a_glob_means_what_its_expression_means(glob: str, text: str) -> None:
    assert matches(glob, text) == bool(re.fullmatch(as_expression(glob), text, re.DOTALL))


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_text_without_stars_stands_for_itself_alone(glob: str, text: str) -> None:
    plain = glob.replace("*", "")

    assert matches(plain, text) == (plain == text)


def test_no_glob_takes_longer_than_its_text() -> None:
    """An expression for this one would not end while anybody waits."""
    assert not matches("a*" * 100 + "b", "a" * 5000)
    assert not matches("**a" * 60 + "b", "a" * 5000)
