from dataclasses import replace

import pytest

from longshore.aws.codec import encode
from longshore.domain.outcomes import EventName
from longshore.domain.routes import MOST_ROUTES, Route
from longshore.events.routes import EVENT_WORDS, parse_routes
from longshore.events.sections import ConfigurationError, Section
from tests.support.builders import make_announcement, make_pipeline_announcement

STAGES = {"staging", "production"}


def routes(*entries: object) -> tuple[Route, ...]:
    return parse_routes(Section.of({"notify": list(entries)}, ""), STAGES)


def refusal(*entries: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        routes(*entries)
    return str(caught.value)


def test_without_notify_there_are_no_routes() -> None:
    assert parse_routes(Section.of({}, ""), STAGES) == ()


def test_a_channel_alone_is_told_of_everything() -> None:
    assert routes({"slack": "#checkout"}) == (Route("#checkout"),)


def test_a_route_says_what_where_and_whom() -> None:
    (route,) = routes(
        {
            "slack": "C0123ABCDE",
            "on": ["failed", "rolled-back"],
            "stages": ["production"],
            "mention": ["S0123ABCDE", "here"],
        }
    )

    assert route == Route(
        "C0123ABCDE",
        (EventName.DEPLOYMENT_FAILED, EventName.DEPLOYMENT_ROLLED_BACK),
        ("production",),
        ("S0123ABCDE", "here"),
    )


def test_every_event_has_its_word() -> None:
    assert set(EVENT_WORDS.values()) == set(EventName)
    assert {"started", "rolled-back", "held", "resumed"} <= EVENT_WORDS.keys()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({}, "notify[0]: the key 'slack' is missing"),
        ({"slack": "checkout"}, 'notify[0].slack: "checkout" is no Slack channel'),
        ({"slack": "#a b"}, "is no Slack channel"),
        ({"slack": "#Checkout"}, "in small letters"),
        ({"slack": "#<!channel>"}, "is no Slack channel"),
        ({"slack": "#a\x1b[31m"}, "is no Slack channel"),
        ({"slack": "#a\u202eb"}, "is no Slack channel"),
        ({"slack": "#a", "to": "#b"}, "notify[0].to: unknown key"),
        ({"slack": "#a", "on": "failed"}, "notify[0].on: expected a list of texts, found text"),
        ({"slack": "#a", "on": []}, "notify[0].on: expected a list of texts, found an empty list"),
        ({"slack": "#a", "on": [1]}, "notify[0].on[0]: expected text, found a number"),
        ({"slack": "#a", "on": [""]}, "notify[0].on[0]: expected text, found an empty one"),
        ({"slack": "#a", "on": ["fail"]}, "did you mean 'failed'?"),
        ({"slack": "#a", "on": ["approval-required"]}, "does not act on 'approval-required' yet"),
        ({"slack": "#a", "stages": ["prod"]}, 'no stage is called "prod"'),
        ({"slack": "#a", "mention": ["@ada"]}, 'notify[0].mention: "@ada" is nobody in Slack'),
        ("#a", "notify[0]: expected an object, found text"),
    ],
)
def test_what_is_wrong_with_a_route_is_named(entry: object, message: str) -> None:
    assert message in refusal(entry)


def test_one_channel_has_one_route_a_stage() -> None:
    assert "#a is told of staging by 2 routes" in refusal(
        {"slack": "#a", "stages": ["staging"]}, {"slack": "#a"}
    )
    assert len(routes(*({"slack": "#a", "stages": [stage]} for stage in sorted(STAGES)))) == 2


def test_there_are_not_more_routes_than_can_be_kept_true() -> None:
    entries = [{"slack": f"#c{number}"} for number in range(MOST_ROUTES + 1)]

    assert len(routes(*entries[1:])) == MOST_ROUTES
    assert f"{MOST_ROUTES + 1} routes are too many" in refusal(*entries)


def test_a_route_for_some_stages_is_told_of_pipelines_only_by_name() -> None:
    told = make_pipeline_announcement()

    assert Route("#a").covers(told)
    assert not Route("#a", stages=("staging",)).covers(told)
    assert Route("#a", (told.name,), ("staging",)).covers(told)


def test_a_route_covers_its_stages_and_opens_on_its_events() -> None:
    announcement = make_announcement(1)
    assert announcement.stage is not None
    here = announcement.stage.stage

    assert Route("#a").covers(announcement)
    assert Route("#a", stages=(here,)).covers(announcement)
    assert not Route("#a", stages=("elsewhere",)).covers(announcement)
    assert Route("#a", (announcement.name,)).opens(announcement)
    assert not Route("#a", (EventName.STAGE_HELD,)).opens(announcement)


def test_a_channel_that_is_told_of_everything_names_no_event_that_another_version_lacks() -> None:
    (route,) = routes({"slack": "#checkout"})

    assert all(name.value not in encode(route) for name in EventName)
    assert all(route.opens(replace(make_announcement(), name=name)) for name in EventName)


@pytest.mark.parametrize("name", ["#checkout", "#team-1_ops", "#m\u00fcnchen", "#\u958b\u767a"])
def test_a_channel_may_be_called_in_any_language(name: str) -> None:
    assert routes({"slack": name}) == (Route(name),)
