"""Deliveries of GitHub: https://docs.github.com/webhooks/webhook-events-and-payloads#push."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl

from longshore.domain.pushes import (
    Delivered,
    GitRepository,
    Ignored,
    Ping,
    Provider,
    Push,
    RefChange,
    RefKind,
)
from longshore.events.documents import Fields, parse_document, shown
from longshore.events.git.changes import (
    REPOSITORY,
    change_of,
    changed,
    files_of,
    full_ref,
    pushed,
    split_ref,
    why_unknown,
)
from longshore.events.git.signatures import Headers

FULL_LISTS = frozenset({20, 2048})
"""So many commits a payload lists at most, in old and in present versions: some may be missing."""
MOST_FILES = 3000
"""So many files of one commit a payload lists at most, and does not say that there are more."""

_FORM = "application/x-www-form-urlencoded"
_FIELD = b"payload="


def parse_github(headers: Headers, body: bytes) -> Delivered:
    """Return what a verified delivery tells.

    Raises:
        ValueError: it is malformed; the text says where.
    """
    event = headers.get("x-github-event", "")
    payload = Fields("", parse_document(_json(headers, body)))
    match event:
        case "push":
            return _push(payload)
        case "ping":
            return Ping()
        case "create" | "delete":
            return Ignored(f"what the event {event!r} tells comes as a push too")
        case _:
            return Ignored(f"the event {shown(event)} starts nothing: have only pushes sent")


def _json(headers: Headers, body: bytes) -> bytes:
    """Return the JSON of a body.

    The header is not signed. A form is read only from a body that is one field and begins with its
    name: signed JSON begins otherwise, so no text inside of it can pass for a form.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return body
    if kind != _FORM:
        raise ValueError(f"the content type {shown(kind)} is neither JSON nor a form")
    try:
        ((_, value),) = parse_qsl(body.decode("ascii"), strict_parsing=True, errors="strict")
    except ValueError:
        raise ValueError("the body is no form with one field") from None
    if not body.startswith(_FIELD):
        raise ValueError("the body is no form with the field payload")
    return value.encode()


def _push(payload: Fields) -> Push | Ignored:
    ref = full_ref(payload, "ref")
    named = split_ref(ref)
    if named is None:
        return Ignored("the ref is neither a branch nor a tag")
    repository = payload.fields("repository").text("full_name", REPOSITORY)
    return pushed(
        Push(
            repository=GitRepository(Provider.GITHUB, repository),
            refs=(_change(payload, *named),),
            pusher=_optional(payload, "sender").loose_text("login") or "",
        )
    )


def _change(payload: Fields, kind: RefKind, name: str) -> RefChange:
    change = change_of(kind, name, payload.text("before"), payload.text("after"))
    if change.after in {None, change.before}:
        return change
    head = _optional(payload, "head_commit")
    if kind is RefKind.TAG and head.values:  # an annotated tag is an object of its own
        change = replace(change, after=change_of(kind, name, None, head.text("id")).after)
    commits = payload.each("commits")
    unknown = why_unknown(change, commits) or _why_cut(payload, commits)
    return changed(change, commits, unknown)


def _why_cut(payload: Fields, commits: Sequence[Fields]) -> str:
    """Return why commits or files may be missing, empty where none is."""
    if payload.values.get("forced") is not False:
        return "the push was forced"
    if len(commits) in FULL_LISTS or len(commits) > max(FULL_LISTS):
        return f"{len(commits)} commits are listed, and there may be more"
    if any(len(files_of(commit)) >= MOST_FILES for commit in commits):
        return f"a commit lists {MOST_FILES} files or more, and there may be others"
    return ""


def _optional(fields: Fields, key: str) -> Fields:
    return fields.fields(key) if fields.values.get(key) is not None else Fields(key, {})
