"""What people read of an announcement: one plain text for mail, pagers and chats.

A text is made of what the announcement says and never fails for what it does not say: a line that
has nothing to tell is left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from longshore.domain.actors import name_actor
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.releases import short_digest
from longshore.events.documents import printable

LONGEST_SUBJECT = 99
"""Characters. SNS wants fewer than 100, without control characters:
https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""

LONGEST_LINE = 2000
"""Characters; beyond that nobody reads, and SNS takes 256 KiB a message."""

_LABEL_WIDTH = 12

_Naming = Callable[[Mapping[str, object]], str]
"""How one image of a release is called."""


class Severity(StrEnum):
    """How urgent a notice is, for subscriptions that want only some."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """What a channel publishes; `attributes` are for subscription filters.

    The attribute `id` is the announcement's: by it a subscriber knows what it was told twice.
    """

    subject: str
    text: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How an event is told: its headline, its urgency and what a person can do then."""

    headline: str
    severity: Severity
    next_step: str


_RETRY = 'To try again: longshore retry {stage} --reason "..."'
_KINDS: Mapping[EventName, _Kind] = {
    EventName.DEPLOYMENT_STARTED: _Kind("deploying", Severity.INFO, "longshore status"),
    EventName.DEPLOYMENT_SUCCEEDED: _Kind("deployed", Severity.INFO, "longshore history {stage}"),
    EventName.DEPLOYMENT_FAILED: _Kind("FAILED", Severity.ERROR, _RETRY),
    EventName.DEPLOYMENT_ROLLED_BACK: _Kind("ROLLED BACK", Severity.ERROR, _RETRY),
    EventName.DEPLOYMENT_SUPERSEDED: _Kind(
        "superseded", Severity.INFO, "longshore history {stage}"
    ),
    EventName.DEPLOYMENT_ABORTED: _Kind("aborted", Severity.WARNING, _RETRY),
    EventName.STAGE_ADOPTED: _Kind("adopted", Severity.INFO, "longshore status"),
    EventName.STAGE_HELD: _Kind(
        "held",
        Severity.WARNING,
        'Once it may move: longshore retry {stage} --reason "..."',
    ),
    EventName.STAGE_PAUSED: _Kind(
        "paused",
        Severity.WARNING,
        'To let it move by itself again: longshore resume {stage} --reason "..."',
    ),
    EventName.STAGE_RESUMED: _Kind("resumed", Severity.INFO, "longshore status {stage}"),
}


def compose_notice(announcement: Announcement) -> Notice:
    """Return what people are told of an announcement."""
    kind, stage = _KINDS[announcement.name], announcement.stage
    told = _Told(announcement.detail)
    headline = f"{kind.headline} {stage}"
    attributes = {
        "application": stage.application,
        "stage": stage.stage,
        "event": announcement.name.value,
        "deployment": printable(told.text("deployment")),
        "severity": kind.severity.value,
        "id": announcement.id,
    }
    return Notice(
        subject=_ascii(f"{headline}: {told.change}" if told.change else headline)[:LONGEST_SUBJECT],
        text="\n".join(_lines(announcement, kind, told)) + "\n",
        attributes={name: value for name, value in attributes.items() if value},
    )


def _lines(announcement: Announcement, kind: _Kind, told: "_Told") -> Iterator[str]:
    stage = announcement.stage
    labelled = (
        ("Application", stage.application),
        ("Stage", stage.stage),
        ("Deployment", told.text("deployment")),
        ("Release", told.releases),
        ("Trigger", told.trigger),
        ("After", told.duration),
        ("Cause", told.cause),
        ("ECS says", told.failure("last_event")),
        ("Longshore" if told.cause else "Reason", told.consequence),
        ("Next", kind.next_step.format(stage=stage)),
    )
    yield printable(f"{kind.headline}: {stage}", LONGEST_LINE)
    yield ""
    for label, value in labelled:
        if value:
            yield printable(f"{label:<{_LABEL_WIDTH}}{value}", LONGEST_LINE)


class _Told:
    """The detail of an announcement in words; whatever is missing or strange is empty text."""

    def __init__(self, detail: Mapping[str, object]) -> None:
        self._detail = detail

    def text(self, key: str) -> str:
        return _text(self._detail, key)

    def failure(self, key: str) -> str:
        return _text(_object(self._detail, "failure"), key)

    @property
    def change(self) -> str:
        """The release by its tags alone, as short as a subject must be."""
        return ", ".join(self._changes(_tag))

    @property
    def releases(self) -> str:
        """The release by tags and short digests: what ran before and what was to run."""
        return ", ".join(self._changes(_image))

    @property
    def trigger(self) -> str:
        trigger = _object(self._detail, "trigger")
        kind, actor = _text(trigger, "kind"), _text(trigger, "actor")
        return f"{kind} by {name_actor(actor)}" if kind and actor else kind

    @property
    def duration(self) -> str:
        seconds = self._detail.get("seconds")
        return _duration(seconds) if isinstance(seconds, int) else ""

    @property
    def cause(self) -> str:
        return self.failure("summary")

    @property
    def consequence(self) -> str:
        """What Longshore did: the reason without the cause, which has a line of its own."""
        return self.text("reason").removeprefix(self.cause).strip()

    def _changes(self, name: _Naming) -> Iterable[str]:
        after, before = _object(self._detail, "release"), _object(self._detail, "before")
        for alias in sorted(after):
            change = _change(_object(before, alias), _object(after, alias), name)
            yield f"{alias} {change}" if len(after) > 1 else change


def _change(old: Mapping[str, object], new: Mapping[str, object], name: _Naming) -> str:
    """Return `old -> new`; a tag that only moved is told by its digests, whatever was asked for."""
    if not old or _text(old, "digest") == _text(new, "digest"):
        return name(new)
    named = name if name(old) != name(new) else _image
    return f"{named(old)} -> {named(new)}"


def _tag(image: Mapping[str, object]) -> str:
    return _text(image, "tag") or short_digest(_text(image, "digest"))


def _image(image: Mapping[str, object]) -> str:
    digest = short_digest(_text(image, "digest"))
    return f"{_text(image, 'tag') or 'untagged'} ({digest})" if digest else ""


def _object(values: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = values.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(values: Mapping[str, object], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _duration(seconds: int) -> str:
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{value} {unit}" for value, unit in parts if value) or "0 s"


def _ascii(text: str) -> str:
    return printable(text, LONGEST_LINE).encode("ascii", "replace").decode()
