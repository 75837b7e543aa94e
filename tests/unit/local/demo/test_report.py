import pytest

from longshore_local.demo.logs import shortened
from longshore_local.demo.report import Report, Said
from longshore_local.errors import LocalCloudError


def fail() -> Said:
    raise LocalCloudError("the service did not become steady")


def test_a_step_is_told_when_it_ends_and_kept(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(speaks=True)

    report.step("deploy", lambda: Said("it is there", ["a line"], ["a difference"]))

    assert capsys.readouterr().out.splitlines() == [
        "  deploy         0.0 s  it is there",
        "      a line",
        "                        - a difference",
    ]
    (step,) = report.steps
    assert (step.name, step.outcome, step.says) == ("deploy", "ok", "it is there")
    assert step.details == ["a line", "a difference"]


def test_long_sentences_are_wrapped_under_each_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")

    Report(speaks=True).step("adopt", lambda: Said("word " * 12))

    first, second = capsys.readouterr().out.splitlines()
    assert first.index("word") == second.index("word") == 24
    assert max(len(first), len(second)) <= 60


def test_a_failed_step_is_kept_and_its_error_passes() -> None:
    report = Report(speaks=False)

    with pytest.raises(LocalCloudError):
        report.step("service", fail)
    report.fail("the service did not become steady")

    document = report.as_json()
    assert (document["outcome"], document["failure"]) == (
        "failed",
        "the service did not become steady",
    )
    assert [step.outcome for step in report.steps] == ["failed"]


def test_for_programs_nothing_is_written_on_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(speaks=False)

    report.line("hello")
    report.step("deploy", lambda: Said("it is there"))

    assert capsys.readouterr().out == ""
    assert report.as_json()["outcome"] == "ok"


@pytest.mark.parametrize(
    ("message", "short"),
    [
        ("Traceback (most recent call last):", "Traceback (most recent call last):"),
        ('{"level":"ERROR","message":"failed","reason":"why","service":"x"}', "ERROR failed why"),
        ('{"_aws":{},"MessagesIgnored":[1.0]}', ""),
        ('"text"', ""),
    ],
)
def test_a_log_line_is_shortened_to_what_helps(message: str, short: str) -> None:
    assert shortened(message) == short
