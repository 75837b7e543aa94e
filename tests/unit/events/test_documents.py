import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.events.documents import (
    DEEPEST,
    LARGEST,
    LONGEST_TEXT,
    Fields,
    kind_of,
    parse_document,
    printable,
    shown,
)


@pytest.mark.parametrize(
    "body",
    [
        '{"a": 1}',
        b'{"a": 1}',
        b'\xef\xbb\xbf{"a": 1}',
        ' {"a" : 1 } \n',
    ],
)
def test_an_object_is_read_from_text_and_from_bytes(body: str | bytes) -> None:
    assert parse_document(body) == {"a": 1}


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("", "not JSON: expecting value at line 1, column 1"),
        ('{"a": 1', "not JSON: expecting ',' delimiter at line 1, column 8"),
        ("null", "null where a JSON object is expected"),
        ("[1]", "a list where a JSON object is expected"),
        ('"text"', "text where a JSON object is expected"),
        ('{"a": NaN}', "not JSON: NaN is no JSON number"),
        ('{"a": -Infinity}', "not JSON: -Infinity is no JSON number"),
        ('{"a": 1e999}', "not JSON: a number is too large"),
        (b'{"a": "\xff"}', "not JSON: byte 7 is not UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "not JSON: byte 0 is not UTF-8"),
        ('{"a": ' + "9" * 5000 + "}", "not JSON: a number is too large"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        (
            '{"a": ' + "[" * DEEPEST + "]" * DEEPEST + "}",
            f"nested more than {DEEPEST} levels deep",
        ),
        ('{"a": "' + "x" * LARGEST + '"}', f"longer than {LARGEST} bytes"),
    ],
    ids=range(14),
)
def test_everything_else_is_refused_with_the_reason(body: str | bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        parse_document(body)


def test_wide_is_not_deep() -> None:
    wide = ", ".join(["[]"] * (2 * DEEPEST))

    assert parse_document(f'{{"a": [{wide}]}}')


def test_as_deep_as_allowed_is_allowed() -> None:
    deep = "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)

    assert parse_document(f'{{"a": {deep}}}')


@given(st.binary())
def test_bytes_are_an_object_or_refused(body: bytes) -> None:
    complaint = ""
    try:
        assert isinstance(parse_document(body), dict)
    except ValueError as error:
        complaint = str(error)

    assert complaint.isprintable()


# ── text ─────────────────────────────────────────────────────────────────────────────────────


def test_what_a_terminal_would_obey_is_replaced() -> None:
    assert printable("a\x1b[2J\n\u202eb\ud800é") == "a�[2J��b�é"


def test_long_text_is_cut() -> None:
    assert printable("x" * LONGEST_TEXT) == "x" * LONGEST_TEXT
    assert printable("x" * 11, 10) == "xxxxxxx..."


@given(st.text())
def test_printable_text_can_be_shown_and_stored(text: str) -> None:
    assert printable(text).isprintable()
    assert printable(text).encode().decode() == printable(text)
    assert set(shown(text)) <= set(string.printable) - set(string.whitespace) | {" "}


def test_a_value_in_a_sentence_is_short() -> None:
    assert shown("x" * 60) == '"' + "x" * 60 + '"'
    assert shown("x" * 61) == '"' + "x" * 60 + '..."'
    assert shown({"secret": 1}) == '"an object"'


def test_every_kind_of_value_has_a_word() -> None:
    values = [True, 1, 1.5, "", [], {}, None, object()]

    assert [kind_of(value) for value in values] == [
        "a boolean",
        "a number",
        "a number",
        "text",
        "a list",
        "an object",
        "null",
        "no JSON value",
    ]


# ── fields ───────────────────────────────────────────────────────────────────────────────────

DIGITS = re.compile(r"[0-9]+")
FIELDS = Fields(
    "detail",
    {
        "text": "abc",
        "digits": "12",
        "whole": 7,
        "true": True,
        "empty": "",
        "null": None,
        "object": {"inner": 1},
        "objects": [{"a": 1}, {"a": 2}],
        "mixed": [{"a": 1}, 2],
        "escape": "\x1b",
    },
)


def test_fields_are_read_by_their_type() -> None:
    assert FIELDS.text("text") == "abc"
    assert FIELDS.text("digits", DIGITS) == "12"
    assert FIELDS.text("escape") == "\N{REPLACEMENT CHARACTER}"
    assert FIELDS.optional_whole("whole") == 7
    assert FIELDS.fields("object") == Fields("detail.object", {"inner": 1})
    assert FIELDS.each("objects") == (
        Fields("detail.objects[0]", {"a": 1}),
        Fields("detail.objects[1]", {"a": 2}),
    )


@pytest.mark.parametrize("key", ["absent", "null", "empty"])
def test_absent_null_and_empty_are_the_same_nothing(key: str) -> None:
    assert FIELDS.optional_text(key) is None
    assert FIELDS.optional_text(key, DIGITS) is None
    assert FIELDS.loose_text(key) is None


def test_nothing_is_no_number_and_no_list() -> None:
    assert FIELDS.optional_whole("null") is None
    assert FIELDS.each("absent") == ()


def test_a_field_that_is_only_nice_to_have_is_passed_over_when_wrong() -> None:
    assert FIELDS.loose_text("text") == "abc"
    assert FIELDS.loose_text("escape") == "\N{REPLACEMENT CHARACTER}"
    assert FIELDS.loose_text("whole") is None


@pytest.mark.parametrize(
    ("reader", "key", "complaint"),
    [
        ("text", "absent", "detail.absent is missing"),
        ("text", "null", "detail.null is null"),
        ("text", "empty", "detail.empty is empty"),
        ("text", "whole", "detail.whole is a number, not text"),
        ("optional_text", "objects", "detail.objects is a list, not text"),
        ("optional_whole", "true", "detail.true is a boolean, not a whole number"),
        ("optional_whole", "text", "detail.text is text, not a whole number"),
        ("fields", "absent", "detail.absent is missing"),
        ("fields", "null", "detail.null is null"),
        ("fields", "text", "detail.text is text, not an object"),
        ("each", "object", "detail.object is an object, not a list"),
        ("each", "mixed", "detail.mixed[1] is a number, not an object"),
    ],
)
def test_a_wrong_field_is_refused_with_its_path(reader: str, key: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}$"):
        getattr(FIELDS, reader)(key)


def test_text_that_cannot_be_is_refused_and_shown() -> None:
    with pytest.raises(ValueError, match=r'^detail\.text is "abc", which it cannot be$'):
        FIELDS.text("text", DIGITS)
    with pytest.raises(ValueError, match=r"is \"\\u001b\", which it cannot be"):
        FIELDS.optional_text("escape", DIGITS)


def test_a_field_of_the_whole_document_has_no_path_before_it() -> None:
    with pytest.raises(ValueError, match=r"^source is missing$"):
        Fields("", {}).text("source")
