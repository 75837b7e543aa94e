"""Moments, people and differences in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.domain.configuration import Base, Configuration, StageSpec, TargetSpec
from longshore.domain.deployments import Trigger, TriggerKind
from longshore.domain.origins import Origin
from longshore.domain.policies import SemverPolicy
from longshore_cli.differences import differences
from longshore_cli.starter import scalar
from longshore_cli.wording import count_of, release_text, revision_text, span, trigger_text
from tests.support.builders import make_configuration, make_spec


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86_399, "23 h"),
        (86_400, "1 d"),
        (8_640_000, "100 d"),
    ],
)
def test_a_duration_is_told_in_its_largest_unit(seconds: float, text: str) -> None:
    assert span(timedelta(seconds=seconds)) == text


def test_every_trigger_has_words() -> None:
    words = {trigger_text(Trigger(kind)) for kind in TriggerKind}

    assert len(words) == len(TriggerKind)
    assert trigger_text(Trigger(TriggerKind.RETRY, "ana")) == "retry by ana"
    origin = Origin(pipeline="checkout", commit="c0ffee" * 7)
    by_pipeline = Trigger(TriggerKind.PIPELINE, "codepipeline:checkout", (), origin)
    assert trigger_text(by_pipeline) == "pipeline checkout, commit c0ffeec0ffee"


def test_what_is_absent_is_a_dash() -> None:
    assert release_text(None) == revision_text(None) == "-"


def configuration(spec: StageSpec) -> Configuration:
    return make_configuration(spec)


def test_equal_configurations_have_no_difference() -> None:
    again = replace(configuration(make_spec()), number=2, applied_by="somebody else", deploy=True)

    assert differences(configuration(make_spec()), again) == []


def test_every_part_of_a_stage_shows_in_the_difference() -> None:
    before = make_spec()
    (image,), (target,) = before.images, before.targets
    changed = {
        "images.app": replace(before, images=(replace(image, selection=SemverPolicy("^1")),)),
        "deadline": replace(before, deadline=timedelta(hours=1)),
        f"targets.{target.service}": replace(
            before, targets=(TargetSpec(target.service, (("web", "app"),), Base.LATEST),)
        ),
    }

    for path, after in changed.items():
        (difference,) = differences(configuration(before), configuration(after))
        assert difference.path == f"production.{path}"
        assert str(difference).startswith(f"~ production.{path}: {difference.before} -> ")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("web", "web"),
        ("team/shop", "team/shop"),
        ("on", '"on"'),
        ("No", '"No"'),
        ("1.10", '"1.10"'),
        ("007", '"007"'),
        ("a: b", '"a: b"'),
        ("", '""'),
    ],
)
def test_text_that_yaml_would_read_as_something_else_is_quoted(text: str, written: str) -> None:
    assert scalar(text) == written


def test_things_are_counted_in_words() -> None:
    assert [count_of(number, "task") for number in (0, 1, 2)] == ["0 tasks", "1 task", "2 tasks"]
    assert count_of(2, "push", "pushes") == "2 pushes"
