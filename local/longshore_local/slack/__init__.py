"""A stand-in for Slack: the Web API that a bot posts by, incoming webhooks, and the channel to see.

Every call is held to what Slack publishes; sources stand in the modules. `limits` names the three
figures that are not published.
"""

from longshore_local.slack.faults import (
    Down,
    Fault,
    LostReply,
    Refused,
    ServerError,
    Slow,
    TooMany,
)
from longshore_local.slack.mentions import Mention
from longshore_local.slack.messages import Channel, Content, Message, Version
from longshore_local.slack.rates import PUBLISHED, STRICT, RateLimits
from longshore_local.slack.standin import SlackStandIn
from longshore_local.slack.workspace import Call

__all__ = [
    "PUBLISHED",
    "STRICT",
    "Call",
    "Channel",
    "Content",
    "Down",
    "Fault",
    "LostReply",
    "Mention",
    "Message",
    "RateLimits",
    "Refused",
    "ServerError",
    "SlackStandIn",
    "Slow",
    "TooMany",
    "Version",
]
