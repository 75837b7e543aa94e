"""What Slack refuses, sorted by what must happen next, in words for who has to do it.

The codes are those of chat.postMessage and chat.update
(https://docs.slack.dev/reference/methods/chat.postMessage).
"""

from collections.abc import Mapping

from longshore.domain.errors import LongshoreError, NotPermitted, Throttled
from longshore.events.documents import printable
from longshore.usecases.chat_ports import NotTaken

GONE = frozenset(
    {
        "cannot_reply_to_message",
        "cant_update_message",
        "edit_window_closed",
        "message_not_found",
        "thread_not_found",
    }
)
"""The message can be edited no more, or has no thread: another takes its place."""

_CONTENT = frozenset(
    {
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_payload",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
    }
)
"""What is said of the message itself, so that it is said again however long it waits."""

_NOT_OURS = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
"""The token is not accepted."""

_BUSY = frozenset(
    {
        "fatal_error",
        "internal_error",
        "ratelimited",
        "rate_limited",
        "request_timeout",
        "service_unavailable",
        "message_limit_exceeded",
        "team_added_to_org",
    }
)

_NEW_TOKEN = "install the app again and put its token into the secret of SlackSecretArn"  # noqa: S105  no token
_LOOK_UP = "look it up at https://docs.slack.dev/reference/methods/chat.postMessage#errors"
"""For codes that are not known here: what waits can be told later, what is given up cannot."""

_NEXT: Mapping[str, str] = {
    **dict.fromkeys(_NOT_OURS, _NEW_TOKEN),
    "not_allowed_token_type": "put the token of the bot, which begins with xoxb-, into the secret",
    "missing_scope": "give the app the scope chat:write and install it again",
    "no_permission": "give the app the scope chat:write and install it again",
    "channel_not_found": "correct the channel under notify in longshore.yaml and apply it, or, if "
    "it is private, invite the bot there: /invite @longshore",
    "not_in_channel": "invite the bot there: /invite @longshore",
    "is_archived": "unarchive the channel, or name another one under notify in longshore.yaml",
    "is_inactive": "unarchive the channel, or name another one under notify in longshore.yaml",
    "channel_is_archived": "unarchive the channel, or make a webhook for another one",
    "restricted_action": "let the bot post there, or name another channel in longshore.yaml",
    "no_service": "the webhook was removed: make a new one and put it into the secret",
    "no_active_hooks": "the webhook is disabled: make a new one and put it into the secret",
    "invalid_token": "the webhook is not valid: make a new one and put it into the secret",
    "team_disabled": "the workspace is disabled: name another one's token in the secret",
    "action_prohibited": "a workspace setting forbids the webhook: ask its administrator",
    "posting_to_general_channel_denied": "name another channel, or ask an administrator",
}


def refusal(code: str, channel: str) -> LongshoreError:
    """Return the error of a code that Slack answered with, about a channel."""
    said = printable(code, 100)
    if code in _BUSY:
        return Throttled(f"Slack is busy: {said}")
    if code in _CONTENT:
        return NotTaken(f"Slack does not take a message to {channel}: {said}", said)
    return NotPermitted(
        f"Slack does not let {channel} be told: {said}; {_NEXT.get(code, _LOOK_UP)}"
    )
