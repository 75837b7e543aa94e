"""Deliveries of Bitbucket, Cloud and Data Center.

https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/#Push and
https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html. Neither says which
files changed.
"""

from dataclasses import replace

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
    REF,
    REPOSITORY,
    change_of,
    full_ref,
    head_of,
    pushed,
    split_ref,
)
from longshore.events.git.signatures import Headers

_NO_PATHS = "Bitbucket does not say which files changed"
_CLOUD_KINDS = {"branch": RefKind.BRANCH, "tag": RefKind.TAG}


def parse_bitbucket(headers: Headers, body: bytes) -> Delivered:
    """Return what a verified delivery tells.

    Raises:
        ValueError: it is malformed; the text says where.
    """
    event = headers.get("x-event-key", "")
    payload = Fields("", parse_document(body))
    told = payload.optional_text("eventKey")
    if told is not None and told != event:  # the header is not signed, the body is
        raise ValueError(f"x-event-key is {shown(event)}, and eventKey is {shown(told)}")
    match event:
        case "repo:push":
            return _cloud(payload)
        case "repo:refs_changed":
            return _data_center(payload)
        case "diagnostics:ping":
            return Ping()
        case _:
            return Ignored(f"the event {shown(event)} starts nothing: have only pushes sent")


# ── Cloud ─────────────────────────────────────────────────────────────────────────────────────


def _cloud(payload: Fields) -> Push | Ignored:
    repository = payload.fields("repository")
    changes = [_cloud_change(each) for each in payload.fields("push").each("changes")]
    return pushed(
        Push(
            repository=GitRepository(Provider.BITBUCKET, repository.text("full_name", REPOSITORY)),
            refs=tuple(filter(None, changes)),
            pusher=_actor(payload, "account_id"),  # a nickname is of one's own choice
            url=_link(repository),
        )
    )


def _cloud_change(change: Fields) -> RefChange | None:
    """Return a change of a branch or tag; there are other things, of Mercurial once."""
    new, old = (_optional(change, key) for key in ("new", "old"))
    side = new or old
    kind = _CLOUD_KINDS.get(side.text("type")) if side else None
    if side is None or kind is None:
        return None
    name = _name(kind, side)
    commits = [_target(each).text("hash") if each else None for each in (old, new)]
    found = replace(change_of(kind, name, *commits), unknown=_NO_PATHS)
    if new is None:
        return found
    target = _target(new)
    return replace(
        found,
        author=_optional_text(target, "author", "raw"),
        message=head_of(target),
    )


def _name(kind: RefKind, side: Fields) -> str:
    ref = f"{kind.prefix}{side.values.get('name')}"
    if REF.fullmatch(ref) is None or not ref.isprintable():
        raise ValueError(f"{side.path}.name is no name of a {kind}")
    return ref.removeprefix(kind.prefix)


def _target(side: Fields) -> Fields:
    return side.fields("target")


# ── Data Center ───────────────────────────────────────────────────────────────────────────────


def _data_center(payload: Fields) -> Push | Ignored:
    repository = payload.fields("repository")
    name = f"{repository.fields('project').text('key')}/{repository.text('slug')}"
    if REPOSITORY.fullmatch(name) is None:
        raise ValueError(f"the repository {shown(name)} cannot be called so")
    changes = [_data_center_change(each) for each in payload.each("changes")]
    return pushed(
        Push(
            repository=GitRepository(Provider.BITBUCKET, name),
            refs=tuple(filter(None, changes)),
            pusher=_actor(payload, "name"),
        )
    )


def _data_center_change(change: Fields) -> RefChange | None:
    named = split_ref(full_ref(change, "refId"))
    if named is None:
        return None
    found = change_of(*named, change.text("fromHash"), change.text("toHash"))
    return replace(found, unknown=_NO_PATHS)


# ── both ──────────────────────────────────────────────────────────────────────────────────────


def _actor(payload: Fields, key: str) -> str:
    return _optional_text(payload, "actor", key)


def _link(repository: Fields) -> str:
    links = _optional(repository, "links")
    return _optional_text(links, "html", "href") if links else ""


def _optional_text(fields: Fields, outer: str, inner: str) -> str:
    found = _optional(fields, outer)
    return (found.loose_text(inner) or "") if found else ""


def _optional(fields: Fields, key: str) -> Fields | None:
    return fields.fields(key) if fields.values.get(key) is not None else None
