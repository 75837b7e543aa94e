"""Incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.

The statuses: https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks.
A webhook belongs to one channel, posts whether or not the bot is in it, and cannot edit.
"""

from collections.abc import Mapping
from urllib.parse import parse_qs

from longshore_local.slack.arguments import FORM, Arguments, flag_of, json_object, text_of
from longshore_local.slack.content import read_content
from longshore_local.slack.errors import Refusal
from longshore_local.slack.messages import BOT, TEAM, Channel
from longshore_local.slack.workspace import Call, Workspace

WEBHOOK = "incoming-webhook"

STATUSES: Mapping[str, int] = {
    "action_prohibited": 403,
    "channel_is_archived": 410,
    "channel_not_found": 404,
    "invalid_token": 403,
    "no_service": 404,
    "no_team": 404,
    "rollup_error": 500,
}
"""Any other refusal has status 400."""


def read_hook(headers: Mapping[str, str], body: bytes) -> Arguments:
    """Read what was sent to a webhook: JSON, or JSON in the form's field `payload`.

    Raises:
        Refusal: It is neither.
    """
    given: bytes | str = body
    if headers.get("content-type", "").startswith(FORM):
        given = parse_qs(body.decode(errors="replace")).get("payload", [""])[0]
    return json_object(given, "invalid_payload", "invalid_payload")


def deliver(workspace: Workspace, call: Call, path: str) -> None:
    """Post what was sent to a webhook, whose `path` follows `/services/`.

    Raises:
        Refusal: Slack would refuse it.
        RateLimited: It came too early.
    """
    channel = _channel_of(workspace, path)
    call.channel = channel.id
    if channel.archived:
        raise Refusal("channel_is_archived")
    content = read_content(call.arguments)
    workspace.buckets.post(channel.id)
    message = workspace.post(
        channel,
        # A message of a webhook is not the bot's own: chat.update cannot change it.
        f"{BOT}-webhook",
        content,
        thread_ts=text_of(call.arguments, "thread_ts") or None,
        broadcast=flag_of(call.arguments, "reply_broadcast"),
    )
    call.ts = message.ts
    workspace.note(message, WEBHOOK)


def _channel_of(workspace: Workspace, path: str) -> Channel:
    team, _, rest = path.partition("/")
    if team != TEAM:
        raise Refusal("no_team")
    hook = rest.partition("/")[0]
    for channel in workspace.channels.values():
        if channel.hook.split("/")[1] == hook and channel.hooked:
            if channel.hook != path:
                raise Refusal("invalid_token")
            return channel
    raise Refusal("no_service")
