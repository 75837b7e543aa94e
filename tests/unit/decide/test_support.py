"""Services that cannot be deployed to are refused in words."""

from dataclasses import replace

import pytest

from longshore.decide.support import refusal_of
from longshore.domain.observations import EcsService

SERVICE = EcsService("ACTIVE", "ECS", "ROLLING", 1, "arn:x/web:1")


@pytest.mark.parametrize(
    ("service", "word"),
    [
        (replace(SERVICE, status="DRAINING"), "DRAINING"),
        (replace(SERVICE, controller="CODE_DEPLOY"), "CODE_DEPLOY"),
        (replace(SERVICE, strategy="BLUE_GREEN"), "BLUE_GREEN"),
    ],
)
def test_a_refusal_names_what_stands_in_the_way(service: EcsService, word: str) -> None:
    assert word in refusal_of(service)


def test_a_rolling_service_of_the_ecs_controller_is_not_refused() -> None:
    assert refusal_of(SERVICE) == ""
