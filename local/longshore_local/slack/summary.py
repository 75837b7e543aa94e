"""What the page and the text tell of a message in few words."""

from datetime import UTC, datetime

from longshore_local.slack.messages import BOT, Message
from longshore_local.slack.mrkdwn import spans_of

APP = "Longshore"


def is_app(message: Message) -> bool:
    """Return whether the bot or its webhook wrote a message."""
    return message.author.startswith(BOT)


def name_of(message: Message) -> str:
    """Return the name of who wrote a message."""
    return APP if is_app(message) else message.author


def clock_time(message: Message) -> str:
    """Return when it was posted, in UTC."""
    return f"{datetime.fromtimestamp(float(message.ts), UTC):%H:%M:%S}"


def first_line(message: Message) -> str:
    """Return the beginning of what a push notification would show."""
    shown = "".join(span.text for span in spans_of(message.text))
    return (shown.strip().splitlines() or ["a message"])[0]


def counted(number: int, one: str, several: str = "") -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"
