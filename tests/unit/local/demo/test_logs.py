"""Of what the functions logged, the demo shows what tells most."""

from longshore_local.demo.logs import MOST_ERRORS, MOST_LINES, shortened, worst_or_last


def test_errors_come_before_whatever_was_logged_last() -> None:
    lines = ["INFO begun", "ERROR it broke", *("Traceback …" for _ in range(MOST_LINES))]

    assert worst_or_last(lines) == ["ERROR it broke"]
    assert len(worst_or_last(["ERROR again"] * 10)) == MOST_ERRORS


def test_without_errors_the_last_lines_are_shown() -> None:
    lines = [f"INFO {number}" for number in range(MOST_LINES + 1)]

    assert worst_or_last(lines) == lines[1:]


def test_a_structured_line_is_shortened_and_metrics_are_left_out() -> None:
    line = '{"level": "ERROR", "message": "work failed", "service": "x", "reason": "why"}'

    assert shortened(line) == "ERROR work failed why"
    assert shortened('{"_aws": {}}') == ""
    assert shortened("plain") == "plain"
