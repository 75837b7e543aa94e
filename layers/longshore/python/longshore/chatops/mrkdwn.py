"""Text in Slack's markup, in which nothing that others wrote is obeyed.

Slack reads `&`, `<` and `>` as its own: everything that mentions or links stands in angle brackets
(https://docs.slack.dev/messaging/formatting-message-text). Escaped, a tag called `<!channel>` calls
nobody.
"""

from longshore.events.documents import printable

_CUT = "..."


def escaped(text: str, limit: int) -> str:
    """Return text that shows as it is, cut so that its escaped form has at most `limit` characters.

    The cut never leaves half of an escaped character.
    """
    whole = _escape(printable(text, limit))
    if len(whole) <= limit:
        return whole
    room, kept = limit - len(_CUT), 0
    parts = [_escape(character) for character in printable(text, limit)]
    for count, part in enumerate(parts):
        kept += len(part)
        if kept > room:
            return "".join(parts[:count]) + _CUT
    return whole


def code(text: str, limit: int) -> str:
    """Return text as code; a backtick of its own would end it."""
    return f"`{escaped(text.replace('`', chr(0x2019)), limit - 2)}`"


def link(url: str, text: str, limit: int) -> str:
    """Return a link; a `|` would end its address."""
    address = _escape(printable(url, limit)).replace("|", "%7C")
    return f"<{address}|{escaped(text, limit)}>"


def mention(name: str) -> str:
    """Return what calls somebody: a user, a user group, `here` or `channel`."""
    if name in {"here", "channel"}:
        return f"<!{name}>"
    return f"<!subteam^{name}>" if name.startswith("S") else f"<@{name}>"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
