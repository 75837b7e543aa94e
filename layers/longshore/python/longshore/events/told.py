"""What an announcement says, in words: for notices and for chats alike.

Nothing here fails for what is missing or strange in a detail: that is empty text.
"""

from collections.abc import Callable, Iterable, Mapping

from longshore.domain.actors import name_actor
from longshore.domain.origins import SHORT_COMMIT, Origin
from longshore.domain.pushes import RefKind
from longshore.domain.releases import short_digest

_Naming = Callable[[Mapping[str, object]], str]
"""How one image of a release is called."""


class Told:
    """The detail of an announcement in words."""

    def __init__(self, detail: Mapping[str, object]) -> None:
        """Read `detail`, as `longshore.events.outbound` wrote it."""
        self._detail = detail

    def text(self, key: str) -> str:
        """Return a text of the detail."""
        return text_of(self._detail, key)

    def failure(self, key: str) -> str:
        """Return a text of what failed."""
        return text_of(object_of(self._detail, "failure"), key)

    @property
    def change(self) -> str:
        """The release by its tags alone, as short as a subject must be."""
        return ", ".join(self._changes(_tag))

    @property
    def releases(self) -> str:
        """The release by tags and short digests: what ran before and what was to run."""
        return ", ".join(self._changes(_image))

    @property
    def images(self) -> Mapping[str, Mapping[str, object]]:
        """The images of the release by alias."""
        release = object_of(self._detail, "release")
        return {alias: object_of(release, alias) for alias in sorted(release)}

    @property
    def commit(self) -> str:
        """The commit that an execution runs for: its short id and what it is about."""
        commit = object_of(self._detail, "commit")
        parts = (text_of(commit, "id")[:SHORT_COMMIT], text_of(commit, "summary"))
        return ": ".join(part for part in parts if part)

    @property
    def commit_url(self) -> str:
        """The page that shows that commit."""
        return text_of(object_of(self._detail, "commit"), "url")

    @property
    def trigger(self) -> str:
        """What made it begin, and who."""
        if push := object_of(self._detail, "push"):
            return _pushed(push)
        trigger = object_of(self._detail, "trigger")
        origin = object_of(trigger, "origin")
        if pipeline := text_of(origin, "pipeline"):
            return Origin(pipeline=pipeline, commit=text_of(origin, "commit")).told
        kind, actor = text_of(trigger, "kind"), text_of(trigger, "actor")
        return f"{kind} by {name_actor(actor)}" if kind and actor else kind

    @property
    def duration(self) -> str:
        """How long it took; empty before its end."""
        seconds = self._detail.get("seconds")
        return _duration(seconds) if isinstance(seconds, int) else ""

    @property
    def cause(self) -> str:
        """Why it failed."""
        return self.failure("summary")

    @property
    def consequence(self) -> str:
        """What Longshore did: the reason without the cause, which has a line of its own."""
        return self.text("reason").removeprefix(self.cause).strip()

    def _changes(self, name: _Naming) -> Iterable[str]:
        after, before = object_of(self._detail, "release"), object_of(self._detail, "before")
        for alias in sorted(after):
            change = _change(object_of(before, alias), object_of(after, alias), name)
            yield f"{alias} {change}" if len(after) > 1 else change


def object_of(values: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Return an object, an empty one where there is none."""
    value = values.get(key)
    return value if isinstance(value, Mapping) else {}


def text_of(values: Mapping[str, object], key: str) -> str:
    """Return a text, an empty one where there is none."""
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _pushed(push: Mapping[str, object]) -> str:
    """Say what was pushed as people call it, and by whom."""
    ref, pusher = text_of(push, "ref"), text_of(push, "pusher")
    tag = ref.removeprefix(RefKind.TAG.prefix)
    what = ref.removeprefix(RefKind.BRANCH.prefix) if tag == ref else f"tag {tag}"
    return f"push of {what} by {pusher}" if pusher else f"push of {what}"


def _change(old: Mapping[str, object], new: Mapping[str, object], name: _Naming) -> str:
    """Return `old -> new`; a tag that only moved is told by its digests, whatever was asked for."""
    if not old or text_of(old, "digest") == text_of(new, "digest"):
        return name(new)
    named = name if name(old) != name(new) else _image
    return f"{named(old)} -> {named(new)}"


def _tag(image: Mapping[str, object]) -> str:
    return text_of(image, "tag") or short_digest(text_of(image, "digest"))


def _image(image: Mapping[str, object]) -> str:
    digest = short_digest(text_of(image, "digest"))
    return f"{text_of(image, 'tag') or 'untagged'} ({digest})" if digest else ""


def _duration(seconds: int) -> str:
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{value} {unit}" for value, unit in parts if value) or "0 s"
