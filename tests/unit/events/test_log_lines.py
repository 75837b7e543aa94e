"""Lines of a log, one by one: a private key stays secret although most of its lines say nothing."""

import time

import pytest

from longshore.events.log_lines import LONGEST_LINE, PATIENCE, LineRedactor
from longshore.events.redaction import REDACTED

BEGIN, END = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
PGP = "-----BEGIN PGP PRIVATE KEY BLOCK-----"
BODY, SHORT = "MHcCAQEEIA" * 6, "c2hvcnQ="


def test_a_key_is_redacted_to_its_end_and_no_further() -> None:
    lines = LineRedactor().lines([BEGIN, BODY, SHORT, END, "listening", SHORT])

    assert lines == (*[REDACTED] * 3, END, "listening", SHORT)


def test_it_is_remembered_from_one_look_to_the_next() -> None:
    redactor = LineRedactor()

    assert redactor.lines([BEGIN, BODY]) == (REDACTED, REDACTED)
    assert redactor.lines([SHORT]) == (REDACTED,)
    assert redactor.lines([END, "listening"]) == (END, "listening")


def test_who_comes_in_the_middle_of_a_key_knows_it_by_its_end() -> None:
    assert LineRedactor().lines([SHORT, END, "ok"]) == (REDACTED, END, "ok")
    assert LineRedactor().lines(["ok", BEGIN, SHORT, END]) == ("ok", REDACTED, REDACTED, END)


def test_what_stands_between_the_lines_of_a_key_does_not_end_it() -> None:
    headers = ["Proc-Type: 4,ENCRYPTED", "", "GET /health 200"]

    assert LineRedactor().lines([BEGIN, *headers, SHORT]) == (REDACTED, *headers, REDACTED)
    assert LineRedactor().lines([PGP, "", SHORT, "=aB1c"]) == (REDACTED, "", REDACTED, REDACTED)


def test_a_key_that_never_ends_is_forgotten_after_a_while() -> None:
    other = ["one request"] * PATIENCE

    assert LineRedactor().lines([BEGIN, *other[1:], SHORT])[-1] == REDACTED
    assert LineRedactor().lines([BEGIN, *other, "started"])[-1] == "started"


def test_the_lines_of_a_key_may_be_marked_and_coloured() -> None:
    marked = [f"\x1b[31m12:00:00 web {line}\x1b[0m" for line in (BEGIN, BODY, END)]

    assert LineRedactor().lines([*marked, "ok"]) == (
        f"12:00:00 web {REDACTED}",
        f"12:00:00 web {REDACTED}",
        f"12:00:00 web {END}",
        "ok",
    )


def test_a_line_may_be_of_several_and_hold_a_whole_key() -> None:
    redactor = LineRedactor()

    assert redactor.line(f"key:\n{BEGIN}\n{BODY}\n{SHORT}\n{END}\nok") == f"key:\n{REDACTED}\nok"
    assert redactor.line(SHORT) == SHORT
    assert redactor.line(f"{BEGIN}\n{BODY}") == REDACTED
    assert redactor.line(f"{SHORT}\n{END}\n{SHORT}") == f"{REDACTED}\n{END}\n{SHORT}"


def test_a_line_is_cut_before_it_is_read_and_the_end_of_a_key_is_seen_all_the_same() -> None:
    redactor = LineRedactor()

    assert redactor.line("x" * 9000) == "x" * LONGEST_LINE
    assert redactor.line(f"{BEGIN}{BODY * 90}{END}") == REDACTED
    assert redactor.line(SHORT) == SHORT


def test_what_else_may_be_a_secret_is_redacted_too() -> None:
    assert LineRedactor().line("password=hunter2 ok") == f"password={REDACTED} ok"


@pytest.mark.parametrize("part", ["-----BEGIN ", "\x1b[", "A", "-", " ", "a\n", END])
def test_whatever_it_is_given_it_takes_no_long_time(part: str) -> None:
    redactor = LineRedactor()
    redactor.line(BEGIN)
    begin = time.process_time()

    redactor.lines([part * 50_000] * 3)

    assert time.process_time() - begin < 2
