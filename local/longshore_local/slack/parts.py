"""What people see of a message, one part under the other, whoever draws it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longshore_local.slack.mrkdwn import Spans


@dataclass(frozen=True, slots=True)
class Heading:
    """A header block."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text; `kind` is text, quote, item (of a list) or small (of a context block)."""

    spans: Spans
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Text whose lines and spaces stay as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The fields of a section, two side by side."""

    cells: Sequence[Spans]


@dataclass(frozen=True, slots=True)
class Rule:
    """A divider."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button; `style` is primary, danger or empty."""

    label: str
    url: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons side by side."""

    buttons: Sequence[Button]


@dataclass(frozen=True, slots=True)
class Attached:
    """A legacy attachment: what stands beside a bar of a colour."""

    colour: str
    parts: Sequence["Part"]


Part = Heading | Paragraph | Preformatted | Columns | Rule | Buttons | Attached
Document = Mapping[str, object]
