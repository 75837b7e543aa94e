"""What Slack's messages say: the card of a deployment, and the steps beneath it.

Limits are Slack's own (https://docs.slack.dev/reference/block-kit/blocks): whatever an
announcement holds, a card has room for it or cuts it. State is said in words beside its emoji.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    RichTextPreformattedElement,
    SectionBlock,
)
from slack_sdk.models.blocks.block_elements import RichTextElementParts

from longshore.chatops.mrkdwn import code, escaped, link, mention
from longshore.domain.chat import Commit, LastLines, Telling
from longshore.domain.deployments import Phase
from longshore.domain.outcomes import EventName
from longshore.events.documents import printable
from longshore.events.notices import KINDS, called, next_step
from longshore.events.told import Told

LONGEST_HEADER = 150
LONGEST_VALUE = 800
"""Characters of a field. Slack takes 2,000, but no more than about 10,000 of all blocks together
(`msg_blocks_too_long`, which its documentation does not have)."""
LONGEST_CAUSE = 1500
LONGEST_LOG = 2400
LONGEST_LOG_LINE = 300
LONGEST_TEXT = 1000
"""Characters of the text beside the blocks, which notifications and screen readers take."""
_LONGEST_NAME = 80
MOST_COMMITS = 5
MOST_MENTIONED = 20

_EMOJI: Mapping[EventName, str] = {
    EventName.DEPLOYMENT_STARTED: ":rocket:",
    EventName.DEPLOYMENT_SUCCEEDED: ":white_check_mark:",
    EventName.DEPLOYMENT_FAILED: ":x:",
    EventName.DEPLOYMENT_ROLLED_BACK: ":leftwards_arrow_with_hook:",
    EventName.DEPLOYMENT_SUPERSEDED: ":fast_forward:",
    EventName.DEPLOYMENT_ABORTED: ":no_entry_sign:",
    EventName.STAGE_ADOPTED: ":anchor:",
    EventName.STAGE_HELD: ":raised_hand:",
    EventName.STAGE_PAUSED: ":double_vertical_bar:",
    EventName.STAGE_RESUMED: ":arrow_forward:",
    EventName.STAGE_PINNED: ":pushpin:",
    EventName.STAGE_UNPINNED: ":arrow_forward:",
    EventName.STAGE_VETOED: ":no_entry:",
    EventName.STAGE_UNVETOED: ":arrow_forward:",
    EventName.STAGE_WOULD_DEPLOY: ":eyes:",
    EventName.PIPELINE_FAILED: ":x:",
    EventName.PIPELINE_SUCCEEDED: ":white_check_mark:",
    EventName.PIPELINE_SUPERSEDED: ":fast_forward:",
    EventName.PIPELINE_STOPPED: ":no_entry_sign:",
    EventName.PIPELINE_STUCK: ":hourglass:",
    EventName.BUILD_FAILED: ":x:",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A message: blocks, and the text that stands for them where blocks are not shown."""

    text: str
    blocks: tuple[Block, ...] = ()


def compose_card(telling: Telling) -> Card:
    """Return the message of a deployment, or of what came about in a stage, as it is now."""
    return Card(_text(telling), tuple(_blocks(telling)))


def compose_step(telling: Telling) -> Card:
    """Return what the thread of a deployment is told: the new state, and what it means."""
    told = Told(telling.announcement.detail)
    parts = [_called(telling), f"{_emoji(telling)} *{escaped(_title(telling), LONGEST_HEADER)}*"]
    if told.duration:
        parts.append(f"after {told.duration}")
    head = " ".join(part for part in parts if part)
    body = told.cause if _way_back_begins(told) else _outcome(telling, told)
    text = f"{head}\n{escaped(body, LONGEST_CAUSE)}"
    blocks: list[Block] = [SectionBlock(text=_marked(text))]
    if telling.last_lines and telling.announcement.name is EventName.DEPLOYMENT_FAILED:
        blocks += _log(telling.last_lines)
    return Card(_text(telling), tuple(blocks))


def _outcome(telling: Telling, told: Told) -> str:
    """Return what came of a deployment; the thread has had the cause of what was rolled back."""
    rolled_back = telling.announcement.name is EventName.DEPLOYMENT_ROLLED_BACK
    return (told.consequence if rolled_back else "") or told.text("reason")


def _marked(text: str) -> MarkdownTextObject:
    """Return text in Slack's markup; `@channel` and `#name` that others wrote stay plain words."""
    return MarkdownTextObject(text=text, verbatim=True)


def _text(telling: Telling) -> str:
    headline = escaped(_titled_change(telling), LONGEST_TEXT)
    return f"{_called(telling)} {headline}".strip()


def _titled_change(telling: Telling) -> str:
    told = Told(telling.announcement.detail)
    change = told.change or told.commit
    title = _title(telling)
    return f"{title}: {change}" if change else title


def _called(telling: Telling) -> str:
    return " ".join(mention(each) for each in telling.mention[:MOST_MENTIONED])


def _way_back_begins(told: Told) -> bool:
    return told.text("phase") == Phase.ROLLING_BACK


def _title(telling: Telling) -> str:
    announcement = telling.announcement
    headline = KINDS[announcement.name].headline
    if _way_back_begins(Told(announcement.detail)):
        headline = f"{headline}, rolling back"
    return f"{headline} {called(announcement)}"


def _emoji(telling: Telling) -> str:
    return _EMOJI.get(telling.announcement.name, ":information_source:")


def _blocks(telling: Telling) -> Iterator[Block]:
    announcement = telling.announcement
    told = Told(announcement.detail)
    title = printable(f"{_emoji(telling)} {_titled_change(telling)}", LONGEST_HEADER)
    yield HeaderBlock(text=PlainTextObject(text=title, emoji=True))
    if telling.mention:
        yield SectionBlock(text=_marked(_called(telling)))
    fields = [_marked(text) for text in _fields(telling, told)]
    if fields:
        yield SectionBlock(fields=fields)
    if told.cause:
        yield _labelled("Cause", told.cause)
    if told.failure("log"):
        yield SectionBlock(text=_marked(_linked(told.failure("log"), "What the build wrote")))
    if telling.last_lines:
        yield from _log(telling.last_lines)
    if told.consequence:
        yield _labelled("Then" if told.cause else "Reason", told.consequence)
    yield SectionBlock(text=_marked(_next(telling)))
    yield ContextBlock(elements=[_marked(_context(telling, told))])


def _fields(telling: Telling, told: Told) -> Iterator[str]:
    labelled = (("Release", told.releases), ("Trigger", told.trigger), ("Took", told.duration))
    for label, value in labelled:
        if value:
            yield f"*{label}*\n{escaped(value, LONGEST_VALUE)}"
    if telling.commits:
        yield f"*Commit*\n{_commits(telling.commits)}"
    elif told.commit:
        yield f"*Commit*\n{_pushed(told)}"


def _pushed(told: Told) -> str:
    """Return what an execution runs for, as a link where there is a page about it."""
    return _linked(told.commit_url, told.commit)


def _linked(url: str, text: str) -> str:
    """Return a link; the text alone where there is no page, or one that a link would cut off."""
    if not 0 < len(url) <= LONGEST_VALUE:
        return escaped(text, LONGEST_VALUE)
    return link(url, text, LONGEST_VALUE)


def _commits(commits: Mapping[str, Commit]) -> str:
    """Return the commits, each once: images of one application are mostly built from one."""
    shown: dict[Commit, None] = dict.fromkeys(commits.values())
    texts = [_commit(commit) for commit in [*shown][:MOST_COMMITS]]
    return ", ".join(texts)


def _commit(commit: Commit) -> str:
    short = commit.revision[:12]
    if commit.url is None or len(commit.url) > _LONGEST_NAME * 2:
        return code(short, _LONGEST_NAME)
    return link(commit.url, short, _LONGEST_NAME * 2)


def _next(telling: Telling) -> str:
    hint, command = next_step(telling.announcement)
    return f"*Next*  {hint}{code(command, LONGEST_VALUE)}"


def _labelled(label: str, text: str) -> Block:
    body = f"*{label}*\n{escaped(text, LONGEST_CAUSE)}"
    return SectionBlock(text=_marked(body))


def _log(last: LastLines) -> Iterator[Block]:
    """Show lines as they are: in a preformatted element Slack obeys nothing."""
    if not last.lines:
        text = f"No log lines of {last.container}: {last.absence}"
        yield ContextBlock(elements=[_marked(escaped(text, LONGEST_VALUE))])
        return
    lines = "\n".join(printable(line, LONGEST_LOG_LINE) for line in last.lines)
    shown = RichTextPreformattedElement(
        elements=[RichTextElementParts.Text(text=lines[-LONGEST_LOG:])]
    )
    yield RichTextBlock(elements=[shown])


def _context(telling: Telling, told: Told) -> str:
    announcement = telling.announcement
    about = told.text("deployment") or told.text("execution") or called(announcement)
    when = announcement.at.strftime("%Y-%m-%d %H:%M UTC")
    moment = f"<!date^{int(announcement.at.timestamp())}^{{date_short_pretty}} {{time}}|{when}>"
    return f"{escaped(about, _LONGEST_NAME * 2)}  ·  {moment}"
