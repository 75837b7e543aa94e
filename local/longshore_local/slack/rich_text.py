"""The rich_text block: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block."""

from longshore_local.slack import limits
from longshore_local.slack.schema import array, boolean, choice, integer, record, text, typed

MANY = 1_000
"""More elements than a message of the allowed length has."""
NAME = 255

_TEXT = text(limits.TEXT)
_STYLE = record(optional=dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
_SPOKEN_STYLE = record(
    optional=dict.fromkeys(
        ("bold", "italic", "strike", "highlight", "client_highlight", "unlink"), boolean
    )
)
_PLAIN = {
    "text": record({"text": _TEXT}, {"style": _STYLE}),
    "link": record(
        {"url": text(limits.BUTTON_URL)}, {"text": _TEXT, "unsafe": boolean, "style": _STYLE}
    ),
}
_SPOKEN = {
    "emoji": record({"name": text(NAME)}, {"unicode": text(NAME), "skin_tone": integer}),
    "user": record({"user_id": text(NAME)}, {"style": _SPOKEN_STYLE}),
    "usergroup": record({"usergroup_id": text(NAME)}, {"style": _SPOKEN_STYLE}),
    "channel": record({"channel_id": text(NAME)}, {"style": _SPOKEN_STYLE}),
    "broadcast": record({"range": choice("here", "channel", "everyone")}, {"style": _STYLE}),
    "color": record({"value": text(NAME)}, {"style": _STYLE}),
    "date": record(
        {"timestamp": integer, "format": text(NAME)},
        {"url": text(limits.BUTTON_URL), "fallback": text(NAME), "style": _STYLE},
    ),
}
_INLINE = array(typed({**_PLAIN, **_SPOKEN}), MANY, least=0)
_BORDER = choice(0, 1)
_SECTION = record({"elements": _INLINE})

RICH_TEXT = array(
    typed(
        {
            "rich_text_section": _SECTION,
            "rich_text_preformatted": record(
                {"elements": array(typed(_PLAIN), MANY, least=0)},
                {"border": _BORDER, "language": text(NAME)},
            ),
            "rich_text_quote": record({"elements": _INLINE}, {"border": _BORDER}),
            "rich_text_list": record(
                {
                    "style": choice("bullet", "ordered"),
                    "elements": array(typed({"rich_text_section": _SECTION}), MANY),
                },
                {"indent": integer, "offset": integer, "border": _BORDER},
            ),
        }
    ),
    MANY,
    least=0,
)
