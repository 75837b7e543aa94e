import pytest

from longshore.domain.pipelines import ExecutionRef, PipelineId, PipelineRef
from tests.support.builders import HOME

CHECKOUT = PipelineRef(HOME, "checkout")


def test_a_pipeline_is_found_again_by_its_text() -> None:
    assert str(CHECKOUT) == "aws:123456789012:eu-central-1:checkout"
    assert PipelineRef.parse(str(CHECKOUT)) == CHECKOUT


@pytest.mark.parametrize("text", ["", "checkout", "a:b:c", "a:b:c:d e", "a:b:c:d:e"])
def test_another_text_names_no_pipeline(text: str) -> None:
    with pytest.raises(ValueError, match="names no pipeline"):
        PipelineRef.parse(text)


def test_an_execution_is_called_by_pipeline_and_id() -> None:
    assert str(ExecutionRef(CHECKOUT, "faca57ab")) == "checkout faca57ab"


@pytest.mark.parametrize("text", ["", "a/b", "a" * 65, "-a", "a b"])
def test_an_id_fits_into_keys_and_groups(text: str) -> None:
    with pytest.raises(ValueError, match="is the id of no execution"):
        ExecutionRef(CHECKOUT, text)


def test_an_application_has_a_pipeline_of_a_name() -> None:
    mine = PipelineId("shop", "shop.images")

    assert PipelineId.parse(str(mine)) == mine


@pytest.mark.parametrize("text", ["shop/staging", "shop", "Shop:a", "shop:a b", ":a"])
def test_what_names_no_pipeline_of_an_application_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        PipelineId.parse(text)
