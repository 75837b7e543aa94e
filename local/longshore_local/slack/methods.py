"""The methods of the Web API that a bot with chat:write has use for.

https://docs.slack.dev/reference/methods/chat.postMessage, …/chat.update, …/auth.test and
…/conversations.info. A call is judged in the order: method, token, scope, rate, arguments.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from longshore_local.slack import limits
from longshore_local.slack.arguments import Arguments, flag_of, required, text_of
from longshore_local.slack.content import read_content
from longshore_local.slack.errors import Refusal
from longshore_local.slack.messages import BOT, BOT_USER, TEAM, Channel, Message
from longshore_local.slack.workspace import ACTIVE, Call, Workspace

Result = dict[str, object]
Method = Callable[[Workspace, Arguments, Call], Result]

POST, UPDATE = "chat.postMessage", "chat.update"
TS = re.compile(r"\d+\.\d+")
TEAM_NAME, BOT_NAME = "longshore", "longshore"


@dataclass(frozen=True, slots=True)
class Known:
    """A method and the scopes of which it needs one, none for no scope."""

    method: Method
    scopes: tuple[str, ...] = ()


def perform(workspace: Workspace, call: Call, token: str) -> Result:
    """Do what a call asks and return Slack's answer.

    Raises:
        Refusal: Slack would refuse it.
        RateLimited: It came too early.
    """
    known = METHODS.get(call.method)
    if known is None:
        raise Refusal("unknown_method", extra={"req_method": call.method})
    authenticate(workspace, token)
    if known.scopes and workspace.lacks(known.scopes):
        needed, provided = known.scopes[0], ",".join(workspace.scopes)
        raise Refusal("missing_scope", extra={"needed": needed, "provided": provided})
    workspace.buckets.call(call.method)
    return known.method(workspace, call.arguments, call)


def authenticate(workspace: Workspace, token: str) -> None:
    """Refuse a token that is missing, unknown, or not active any more."""
    if not token:
        raise Refusal("not_authed")
    if token != workspace.token:
        raise Refusal("invalid_auth")
    if workspace.standing != ACTIVE:
        raise Refusal(workspace.standing)


def post_message(workspace: Workspace, arguments: Arguments, call: Call) -> Result:
    """chat.postMessage: post to a channel or beneath one of its messages."""
    channel = workspace.find(required(arguments, "channel"))
    call.channel = channel.id
    _may_post(workspace, channel)
    content = read_content(arguments)
    thread_ts = _thread(arguments)
    workspace.buckets.post(channel.id)
    message = workspace.post(
        channel,
        BOT,
        content,
        thread_ts=thread_ts,
        broadcast=flag_of(arguments, "reply_broadcast"),
    )
    call.ts = message.ts
    workspace.note(message, POST, link_names=_links_names(arguments))
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": shown(message)}


def update_message(workspace: Workspace, arguments: Arguments, call: Call) -> Result:
    """chat.update: change a message of the bot's own. Takes a channel by its ID alone."""
    channel = workspace.find(required(arguments, "channel"), by_name=False)
    call.channel = channel.id
    call.ts = required(arguments, "ts")
    message = channel.messages.get(call.ts)
    if message is None:
        raise Refusal("message_not_found")
    if message.author != BOT:
        raise Refusal("cant_update_message")
    if channel.archived:
        raise Refusal("is_inactive")
    if flag_of(arguments, "reply_broadcast") and not message.broadcast:
        _broadcast_later(message, arguments)
    else:
        _edit(workspace, message, arguments)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": shown(message),
    }


def tell_identity(*_: object) -> Result:
    """auth.test: tell whose token it is."""
    return {
        "ok": True,
        "url": f"https://{TEAM_NAME}.slack.com/",
        "team": TEAM_NAME,
        "user": BOT_NAME,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


def channel_info(workspace: Workspace, arguments: Arguments, call: Call) -> Result:
    """conversations.info: describe a channel, named by its ID."""
    channel = workspace.find(required(arguments, "channel"), by_name=False)
    call.channel = channel.id
    return {
        "ok": True,
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "is_channel": True,
            "is_private": channel.private,
            "is_archived": channel.archived,
            "is_member": channel.member,
        },
    }


METHODS: Mapping[str, Known] = {
    POST: Known(post_message, ("chat:write",)),
    UPDATE: Known(update_message, ("chat:write",)),
    "auth.test": Known(tell_identity),
    "conversations.info": Known(channel_info, ("channels:read",)),
}


def shown(message: Message) -> Result:
    """Return a message as answers contain it; a reply that lost its thread has no thread_ts."""
    content = message.content
    parts: Result = {
        "type": "message",
        "user": BOT_USER,
        "bot_id": message.author,
        "ts": message.ts,
        "text": content.text,
        "team": TEAM,
    }
    if content.blocks:
        parts["blocks"] = list(content.blocks)
    if content.attachments:
        parts["attachments"] = list(content.attachments)
    if content.metadata:
        parts["metadata"] = content.metadata
    if message.thread_ts:
        parts["thread_ts"] = message.thread_ts
    if message.edited:
        parts["edited"] = {"user": BOT_USER, "ts": f"{message.versions[-1].at:.6f}"}
    return parts


def _may_post(workspace: Workspace, channel: Channel) -> None:
    if channel.archived:
        raise Refusal("is_archived")
    if not channel.member and workspace.lacks(["chat:write.public"]):
        raise Refusal("not_in_channel")


def _thread(arguments: Arguments) -> str | None:
    """Return what is replied to; one that is in no message's form is refused.

    A number instead of text is taken, as Slack does; without its last zeros it finds no message:
    https://github.com/slackapi/python-slack-sdk/issues/840.
    """
    given = arguments.get("thread_ts")
    if given is None:
        return None
    if not TS.fullmatch(str(given)):
        raise Refusal("invalid_thread_ts", [f"{given} is not a valid thread_ts"])
    return str(given)


def _edit(workspace: Workspace, message: Message, arguments: Arguments) -> None:
    content = read_content(arguments, longest=limits.EDITED_TEXT, before=message.content)
    workspace.edit(message, content)
    workspace.note(message, UPDATE, link_names=_links_names(arguments))


def _broadcast_later(message: Message, arguments: Arguments) -> None:
    if message.thread_ts is None:
        raise Refusal("cant_broadcast_message")
    if text_of(arguments, "text") or arguments.get("blocks") or arguments.get("attachments"):
        raise Refusal("no_dual_broadcast_content_update")
    message.broadcast = True


def _links_names(arguments: Arguments) -> bool:
    return flag_of(arguments, "link_names") or text_of(arguments, "parse") == "full"
