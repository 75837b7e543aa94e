"""The alarms of a stage, read strictly; the command judges the same files alike."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from longshore.domain.alarms import MOST_ALARMS, NO_GUARD, GuardSpec, OnNoData
from longshore.domain.configuration import StageSpec
from longshore.events.configuration import parse_configuration
from longshore.events.sections import ConfigurationError
from longshore_cli.configuration.reading import check
from tests.support.builders import HOME

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def document(**stage: object) -> dict[str, Any]:
    return {
        "apiVersion": "longshore/v1",
        "application": "shop",
        "images": {"app": {"repository": "shop", "select": {"tag": "main"}}},
        "stages": {"prod": {"targets": [{"service": "prod/web"}], **stage}},
    }


def parse(**stage: object) -> StageSpec:
    (spec,) = parse_configuration(
        document(**stage), home=HOME, number=1, applied_by="a", applied_at=NOON, deploy=False
    ).stages
    return spec


def as_file(**stage: object) -> bytes:
    return json.dumps(document(**stage)).encode()


def test_a_stage_watches_nothing_by_default() -> None:
    assert (parse().bake, parse().guard) == (timedelta(), NO_GUARD)


def test_what_is_left_out_has_a_default() -> None:
    spec = parse(bake="10m", alarms={"watch": ["shop-5xx"]})

    assert spec.bake == timedelta(minutes=10)
    assert spec.guard == GuardSpec(("shop-5xx",), OnNoData.WAIT, timedelta(minutes=5))


def test_everything_can_be_said() -> None:
    alarms = {"watch": ["a", "b c"], "onNoData": "fail", "cooldown": "30s"}

    guard = parse(alarms=alarms).guard

    assert guard == GuardSpec(("a", "b c"), OnNoData.FAIL, timedelta(seconds=30))
    assert check(as_file(alarms=alarms))[1] == []


@pytest.mark.parametrize(
    ("stage", "path", "message"),
    [
        ({"bake": "5s"}, "bake", "out of bounds"),
        ({"bake": "2d"}, "bake", "out of bounds"),
        ({"bake": 10}, "bake", "expected text"),
        ({"alarms": None}, "alarms", "expected an object"),
        ({"alarms": {}}, "alarms", "is empty"),
        ({"alarms": {"onNoData": "pass"}}, "alarms.watch", "name an alarm at least"),
        ({"alarms": {"watch": []}}, "alarms.watch", "expected a list"),
        ({"alarms": {"watch": ["a", "a"]}}, "alarms.watch", "named 2 times"),
        (
            {"alarms": {"watch": ["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a"]}},
            "alarms.watch",
            "not its ARN",
        ),
        ({"alarms": {"watch": ["a\n"]}}, "alarms.watch", "no alarm's name"),
        ({"alarms": {"watch": ["a" * 256]}}, "alarms.watch", "no alarm's name"),
        (
            {"alarms": {"watch": [str(n) for n in range(MOST_ALARMS + 1)]}},
            "alarms.watch",
            "51 alarms are too many",
        ),
        ({"alarms": {"watch": ["a"], "onNoData": "ok"}}, "alarms.onNoData", "none of"),
        ({"alarms": {"watch": ["a"], "cooldown": "2d"}}, "alarms.cooldown", "out of bounds"),
        ({"alarms": {"watch": ["a"], "wach": ["b"]}}, "alarms.wach", "unknown key"),
    ],
)
def test_what_is_wrong_is_named_and_the_command_refuses_it_too(
    stage: dict[str, Any], path: str, message: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        parse(**stage)

    assert raised.value.path.startswith(f"stages.prod.{path}")
    assert message in raised.value.message
    assert check(as_file(**stage))[1] != []
