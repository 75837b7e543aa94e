from collections.abc import Callable

import pytest

from longshore.chatops.slack import SlackBot
from longshore.domain.chat import Posted
from longshore.domain.errors import LongshoreError, NotPermitted, Throttled, UnknownReply
from longshore.usecases.chat_ports import MessageGone, NotTaken
from longshore_local.slack.faults import Down, Fault, LostReply, ServerError, Slow, TooMany
from longshore_local.slack.faults import Refused as SlackRefuses
from longshore_local.slack.standin import SlackStandIn
from tests.support.tellings import BACK, FOUND, STARTED

CHANNEL = "#checkout"


def test_a_message_is_edited_in_place_and_has_its_steps_beneath_it(
    slack: SlackStandIn, bot: SlackBot
) -> None:
    message = bot.open(CHANNEL, STARTED)
    bot.edit(message, BACK)
    bot.add_step(message, FOUND, broadcast=False)
    bot.add_step(message, BACK, broadcast=True)

    assert message.channel == slack.channel(CHANNEL).id
    assert [text.partition(" ")[0] for text in slack.texts(CHANNEL)[message.ts]] == [
        "deploying",
        "ROLLED",
    ]
    assert len(slack.replies(CHANNEL, message.ts)) == 2
    assert len(slack.top(CHANNEL)) == 2


@pytest.mark.parametrize("fault", [ServerError(503), Down()])
def test_an_edit_is_done_again_at_once(slack: SlackStandIn, bot: SlackBot, fault: Fault) -> None:
    message = bot.open(CHANNEL, STARTED)
    slack.inflict(fault, calls=1)

    bot.edit(message, BACK)

    assert len(slack.texts(CHANNEL)[message.ts]) == 2


def test_a_post_waits_its_turn_when_that_is_short(slack: SlackStandIn, bot: SlackBot) -> None:
    slack.inflict(TooMany(0), calls=1)

    bot.open(CHANNEL, STARTED)

    assert len(slack.messages(CHANNEL)) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "posted"),
    [
        (TooMany(30), Throttled, 0),
        (SlackRefuses("ratelimited"), Throttled, 0),
        (SlackRefuses("internal_error"), Throttled, 0),
        (Down(), UnknownReply, 0),
        (ServerError(500), UnknownReply, 0),
        (LostReply(), UnknownReply, 1),
    ],
)
def test_a_post_is_never_repeated_when_it_may_stand_there(
    slack: SlackStandIn, bot: SlackBot, fault: Fault, kind: type[LongshoreError], posted: int
) -> None:
    slack.inflict(fault)

    with pytest.raises(kind):
        bot.open(CHANNEL, STARTED)

    assert len(slack.messages(CHANNEL)) == posted
    assert len(slack.calls) == 1


def test_an_edit_whose_answers_are_lost_comes_again_later(
    slack: SlackStandIn, bot: SlackBot
) -> None:
    message = bot.open(CHANNEL, STARTED)
    slack.inflict(LostReply())

    with pytest.raises(Throttled):
        bot.edit(message, BACK)


def test_a_slack_that_is_too_slow_is_waited_for_no_longer(
    slack: SlackStandIn, bot: SlackBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = bot.open(CHANNEL, STARTED)
    monkeypatch.setattr("longshore.chatops.slack.TIMEOUT", 0.1)
    monkeypatch.setattr("longshore.chatops.slack.TIMEOUT_OF_A_POST", 0.1)
    slack.inflict(Slow(0.5))

    with pytest.raises(UnknownReply):
        bot.open(CHANNEL, STARTED)
    with pytest.raises(Throttled):
        bot.edit(message, BACK)


def test_where_nobody_answers_nothing_took_effect(slack: SlackStandIn, bot: SlackBot) -> None:
    with slack.unreachable(), pytest.raises(Throttled, match="cannot be reached"):
        bot.open(CHANNEL, STARTED)


def test_a_name_that_is_not_known_is_no_answer_either() -> None:
    with pytest.raises(Throttled, match="cannot be reached"):
        SlackBot("xoxb-1", "http://slack.invalid/api/").open(CHANNEL, STARTED)


def archive(slack: SlackStandIn) -> None:
    slack.set_archived(CHANNEL, archived=True)


def leave(slack: SlackStandIn) -> None:
    slack.set_member(CHANNEL, member=False)


@pytest.mark.parametrize(
    ("befall", "says"),
    [
        (SlackStandIn.revoke_token, "token_revoked; install the app again"),
        (lambda slack: slack.revoke_token("account_inactive"), "account_inactive; install the app"),
        (archive, "is_archived; unarchive the channel"),
        (leave, "not_in_channel; invite the bot there: /invite @longshore"),
        (lambda slack: slack.inflict(SlackRefuses("missing_scope")), "the scope chat:write"),
        (lambda slack: slack.inflict(SlackRefuses("not_allowed_token_type")), "begins with xoxb-"),
        (lambda slack: slack.inflict(SlackRefuses("ekm_access_denied")), "look it up at https://"),
        (lambda slack: slack.inflict(SlackRefuses("a_code_of_tomorrow")), "look it up at https://"),
    ],
)
def test_what_a_person_has_to_mend_is_said_with_how(
    slack: SlackStandIn, bot: SlackBot, befall: Callable[[SlackStandIn], object], says: str
) -> None:
    befall(slack)

    with pytest.raises(NotPermitted) as caught:
        bot.open(CHANNEL, STARTED)

    assert CHANNEL in str(caught.value)
    assert says in str(caught.value)


def test_an_unknown_channel_is_said_with_how(bot: SlackBot) -> None:
    with pytest.raises(NotPermitted, match="#nowhere be told: channel_not_found; correct"):
        bot.open("#nowhere", STARTED)


def test_a_message_that_was_deleted_is_gone(slack: SlackStandIn, bot: SlackBot) -> None:
    message = bot.open(CHANNEL, STARTED)
    slack.delete(CHANNEL, message.ts)

    with pytest.raises(MessageGone):
        bot.edit(message, BACK)


def test_blocks_that_slack_does_not_take_go_as_text(slack: SlackStandIn, bot: SlackBot) -> None:
    slack.inflict(SlackRefuses("invalid_blocks"), calls=1)

    message = bot.open(CHANNEL, STARTED)

    assert slack.texts(CHANNEL)[message.ts][0].startswith("deploying")


def test_what_slack_takes_in_no_form_is_refused(slack: SlackStandIn, bot: SlackBot) -> None:
    slack.inflict(SlackRefuses("invalid_arguments"))

    with pytest.raises(NotTaken) as caught:
        bot.edit(Posted("C0123ABCDE", "1.000"), BACK)

    assert caught.value.code == "invalid_arguments"
