import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from longshore.chatops.cards import Card, compose_card, compose_step
from longshore.chatops.slack import SlackBot
from longshore.domain.chat import LastLines, Telling
from longshore.domain.outcomes import EventName
from longshore.domain.projects import ProjectId
from longshore_local.slack.standin import SlackStandIn
from tests.support.builders import make_pipeline_announcement
from tests.support.tellings import BACK, FOUND, HOSTILE, LONG, STARTED, telling, worst


def words(card: Card) -> str:
    return json.dumps([block.to_dict() for block in card.blocks], ensure_ascii=False)


def test_a_card_says_what_changes_why_and_what_to_type_next() -> None:
    said = words(compose_card(STARTED))

    for expected in (
        ":rocket: deploying checkout/production",
        "1.0.0 (000000000000) -&gt; 1.1.0 (111111111111)",
        "push",
        "1.1.0 is newer",
        "`longshore status`",
        "checkout/production#1",
    ):
        assert expected in said
    assert compose_card(STARTED).text == "deploying checkout/production: 1.0.0 -&gt; 1.1.0"


def test_a_failure_card_has_the_cause_the_last_lines_and_what_was_done() -> None:
    said = words(compose_card(FOUND))

    for expected in (
        ":x: FAILED, rolling back checkout/production",
        "*Cause*\\nstaging/web did not come up: tasks failed to start.",
        "listening\\npanic: no database",
        "*Then*\\nThe stage is being returned to its stable release.",
        "<https://github.com/shop/checkout/commit/abcdef12|abcdef123456>",
        "To try again: `longshore retry checkout/production",
        "<!subteam^S0123ABCDE> <!here>",
    ):
        assert expected in said


def test_the_end_says_how_long_it_took() -> None:
    assert "1 min 35 s" in words(compose_card(BACK))
    assert "after 1 min 35 s" in words(compose_step(BACK))


def test_a_step_of_a_failure_calls_people_and_shows_the_lines() -> None:
    step = compose_step(FOUND)

    assert step.text.startswith("<!subteam^S0123ABCDE> <!here> FAILED")
    assert "panic: no database" in words(step)
    assert "panic" not in words(compose_step(replace(BACK, last_lines=FOUND.last_lines)))


def test_where_there_are_no_lines_the_card_says_why() -> None:
    none = replace(FOUND, last_lines=LastLines("web", absence="it logs to <fluentd>"))

    assert "No log lines of web: it logs to &lt;fluentd&gt;" in words(compose_card(none))


def test_commits_that_are_the_same_are_shown_once() -> None:
    commit = FOUND.commits["app"]
    twice = replace(FOUND, commits={"app": commit, "job": commit})

    assert words(compose_card(twice)).count("abcdef123456") == 1


@pytest.mark.parametrize("name", EventName)
def test_every_event_has_a_card_that_slack_takes(
    name: EventName, slack: SlackStandIn, bot: SlackBot
) -> None:
    bot.open("#checkout", telling(name))

    assert [call.outcome for call in slack.calls] == ["ok"]


@pytest.mark.parametrize(
    "text", [HOSTILE, LONG, "x" * 100_000, "\ud800", "", "\n" * 5000, "`" * 999]
)
def test_slack_takes_whatever_others_wrote_and_obeys_none_of_it(
    text: str, slack: SlackStandIn, bot: SlackBot
) -> None:
    told: Telling = replace(worst(text), mention=())

    message = bot.open("#checkout", told)
    bot.edit(message, told)
    bot.add_step(message, told, broadcast=True)

    assert [call.outcome for call in slack.calls] == ["ok"] * 3
    assert slack.mentions == []
    assert {link.target for link in slack.links} <= {
        commit.url for commit in told.commits.values() if commit.url
    }


def test_who_is_to_be_called_is_called(slack: SlackStandIn, bot: SlackBot) -> None:
    bot.open("#checkout", worst("x"))

    assert slack.mentions != []


@pytest.mark.parametrize("compose", [compose_card, compose_step])
def test_slack_makes_no_mention_of_words_that_look_like_one(
    compose: Callable[[Telling], Card],
) -> None:
    blocks = [block.to_dict() for block in compose(worst("@channel #general")).blocks]

    assert {each.get("verbatim") for each in marked(blocks)} == {True}


def marked(part: object) -> Iterator[Mapping[str, object]]:
    """Every text in Slack's markup, wherever it stands."""
    if isinstance(part, Mapping):
        if part.get("type") == "mrkdwn":
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from marked(each)


def test_a_card_of_a_pipeline_says_whose_push_failed_and_leads_to_the_log() -> None:
    card = compose_card(Telling(make_pipeline_announcement(), mention=("S0123ABCDE",)))
    said = words(card)

    for expected in (
        ":x: FAILED pipeline checkout: f4d05743bf2b: Show tax",
        "<https://git.example/f4d0|f4d05743bf2b: Show tax>",
        "*Cause*\\nBuild/Image failed",
        "<https://log.example/1|What the build wrote>",
        '`longshore pipelines retry checkout --reason \\"...\\"`',
        "<!subteam^S0123ABCDE>",
        "faca57ab",
    ):
        assert expected in said
    assert card.text.startswith("<!subteam^S0123ABCDE> FAILED pipeline checkout")


def test_a_commit_without_a_page_stands_there_as_text() -> None:
    announcement = make_pipeline_announcement()
    detail = {**announcement.detail, "commit": {"id": "v-7", "summary": None, "url": None}}

    assert "*Commit*\\nv-7" in words(compose_card(Telling(replace(announcement, detail=detail))))


def test_a_step_of_a_pipeline_says_what_came_of_it() -> None:
    mended = make_pipeline_announcement(2, EventName.PIPELINE_SUCCEEDED)

    assert "mended pipeline checkout" in words(compose_step(Telling(mended)))


def test_a_build_by_itself_is_told_with_its_push_and_its_log() -> None:
    announcement = make_pipeline_announcement()
    push = {"ref": "refs/tags/v1", "pusher": "ada"}
    failed = replace(
        announcement,
        name=EventName.BUILD_FAILED,
        pipeline=None,
        project=ProjectId("checkout", "checkout-image"),
        detail={**announcement.detail, "push": push},
    )

    said = words(compose_card(Telling(failed)))

    for expected in (
        ":x: FAILED build checkout-image: f4d05743bf2b: Show tax",
        "*Trigger*\\npush of tag v1 by ada",
        "<https://log.example/1|What the build wrote>",
        "`longshore status`",
    ):
        assert expected in said
