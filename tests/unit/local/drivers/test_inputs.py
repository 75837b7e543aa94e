import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from longshore_local.drivers.inputs import target_input

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import TargetOutputTypeDef

EVENT = {
    "source": "aws.ecr",
    "detail": {"image-tag": 'a "quoted" tag', "numbers": [1, 2], "deep": {"er": True}},
}


def sent(**target: Any) -> str:  # noqa: ANN401 - the members of a target are many
    return target_input(cast("TargetOutputTypeDef", {"Id": "1", "Arn": "arn", **target}), EVENT)


def test_without_more_a_target_gets_the_event() -> None:
    assert json.loads(sent()) == EVENT


def test_a_constant_input_is_sent_as_it_is() -> None:
    assert sent(Input='{"clock":"tick"}') == '{"clock":"tick"}'


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", EVENT),
        ("$.detail", EVENT["detail"]),
        ("$.detail.deep.er", True),
        ("$.detail.absent", None),
        ("$.source.too.deep", None),
    ],
)
def test_a_path_sends_a_part(path: str, value: object) -> None:
    assert json.loads(sent(InputPath=path)) == value


def test_a_transformer_fills_a_template() -> None:
    transformer = {
        "InputPathsMap": {"tag": "$.detail.image-tag", "n": "$.detail.numbers"},
        "InputTemplate": '{"n": <n>, "bare": <tag>, "text": "of <n>"}',
    }

    assert sent(InputTransformer=transformer) == (
        '{"n": [1, 2], "bare": "a \\"quoted\\" tag", "text": "of [1, 2]"}'
    )
