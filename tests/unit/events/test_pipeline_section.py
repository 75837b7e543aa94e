from datetime import timedelta

import pytest

from longshore.domain.pipelines import MOST_PIPELINES, PipelineRef, PipelineSpec
from longshore.events.pipeline_section import parse_pipelines
from longshore.events.sections import ConfigurationError, Section
from tests.support.builders import HOME


def pipelines(value: object) -> tuple[PipelineSpec, ...]:
    return parse_pipelines(Section.of({"pipelines": value}, ""), HOME)


def refusal(value: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        pipelines(value)
    return str(caught.value)


def test_without_the_section_there_are_none() -> None:
    assert parse_pipelines(Section.of({}, ""), HOME) == ()


def test_a_pipeline_is_named_alone_or_with_its_limit() -> None:
    assert pipelines(["checkout", {"name": "images"}, {"name": "tests", "limit": "1d"}]) == (
        PipelineSpec(PipelineRef(HOME, "checkout"), timedelta(hours=2)),
        PipelineSpec(PipelineRef(HOME, "images"), timedelta(hours=2)),
        PipelineSpec(PipelineRef(HOME, "tests"), timedelta(days=1)),
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "pipelines: expected a list with at least one pipeline, found an empty list"),
        ("a", "pipelines: expected a list with at least one pipeline, found text"),
        (["a b"], 'pipelines[0]: "a b" is no pipeline of CodePipeline: write its name'),
        ([None], "pipelines[0]: expected an object, found null"),
        ([{}], "pipelines[0]: the key 'name' is missing"),
        ([{"name": "a", "limits": "1h"}], "pipelines[0].limits: unknown key"),
        ([{"name": "a", "limit": "9m"}], "pipelines[0].limit: 9m is out of bounds: use 10m to 7d"),
        (["a", {"name": "a"}], "pipelines[1]: a is named twice: once is enough"),
    ],
)
def test_what_is_wrong_is_named(value: object, message: str) -> None:
    assert message in refusal(value)


def test_there_are_not_too_many() -> None:
    names = [f"p{number}" for number in range(MOST_PIPELINES + 1)]

    assert len(pipelines(names[1:])) == MOST_PIPELINES
    assert "21 pipelines are too many: an application names at most 20" in refusal(names)
