import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.chatops.mrkdwn import code, escaped, link, mention


@given(st.text(max_size=200), st.integers(10, 60))
def test_escaped_text_has_no_markup_of_slack_and_fits(text: str, limit: int) -> None:
    shown = escaped(text, limit)

    assert len(shown) <= limit
    assert not set("<>") & set(shown)
    rest = shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert "&" not in rest


def test_text_is_cut_between_characters() -> None:
    assert escaped("a<<<<<<", 12) == "a&lt;&lt;..."


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("here", "<!here>"),
        ("channel", "<!channel>"),
        ("S0123ABCDE", "<!subteam^S0123ABCDE>"),
        ("U0123ABCDE", "<@U0123ABCDE>"),
    ],
)
def test_people_are_called_by_their_ids(name: str, called: str) -> None:
    assert mention(name) == called


def test_code_and_links_end_where_they_should() -> None:
    assert code("a`b", 20) == "`a\u2019b`"
    assert link("https://a/b|c", "x|y<z>", 40) == "<https://a/b%7Cc|x|y&lt;z&gt;>"
