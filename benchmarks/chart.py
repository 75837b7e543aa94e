"""A bar chart as SVG, readable in light and dark: few lines, and no library."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, ROW, HEAD = 760, 250, 110, 34, 46
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#24292f}.title{font-weight:600}.bar{fill:#8c959f}"
    ".ours{fill:#1f6feb}@media(prefers-color-scheme:dark){text{fill:#e6edf3}}"
)

Bar = tuple[str, float, bool]
"""What, how many milliseconds, and whether it is ours."""


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Return the chart of these durations, the shortest first."""
    longest = max(value for _, value, _ in rows)
    lines = [
        _bar(place, row, longest) for place, row in enumerate(sorted(rows, key=lambda row: row[1]))
    ]
    height = HEAD + ROW * len(rows) + 10
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}"><style>{STYLE}</style>'
        f'<text class="title" x="10" y="26">{escape(title)}</text>'
    )
    return "\n".join([head, *lines, "</svg>\n"])


def _bar(place: int, row: Bar, longest: float) -> str:
    what, value, is_ours = row
    top, width = HEAD + ROW * place, max(2.0, (WIDTH - LEFT - RIGHT) * value / longest)
    kind = "ours" if is_ours else "bar"
    return (
        f'<text x="{LEFT - 10}" y="{top + 17}" text-anchor="end">{escape(what)}</text>'
        f'<rect class="{kind}" x="{LEFT}" y="{top}" width="{width:.0f}" height="22" rx="3"/>'
        f'<text x="{LEFT + width + 8:.0f}" y="{top + 17}">{value:.0f} ms</text>'
    )
