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
    REPOSITORY,
    change_of,
    is_ref,
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
        )
    )


def _cloud_change(change: Fields) -> RefChange | None:
    """Return a change of a branch or tag; there are other things, of Mercurial once.

    One that is called what cannot be shown is left, and the others of its push are not.
    """
    new, old = (_optional(change, key) for key in ("new", "old"))
    side = new or old
    kind = _CLOUD_KINDS.get(side.text("type")) if side else None
    if side is None or kind is None:
        return None
    name = _name(side, "name")
    if not is_ref(f"{kind.prefix}{name}"):
        return None
    commits = [_target(each).text("hash") if each else None for each in (old, new)]
    return replace(change_of(kind, name, *commits), unknown=_NO_PATHS)


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
    ref = _name(change, "refId")
    named = split_ref(ref) if is_ref(ref) else None
    if named is None:
        return None
    found = change_of(*named, change.text("fromHash"), change.text("toHash"))
    return replace(found, unknown=_NO_PATHS)


# ── both ──────────────────────────────────────────────────────────────────────────────────────


def _name(fields: Fields, key: str) -> str:
    """Return a name letter by letter, whatever letters; raise ValueError where it is no text."""
    name = fields.values.get(key)
    if not isinstance(name, str) or not name:
        raise ValueError(f"{fields.path}.{key} is no name of a branch or tag")
    return name


def _actor(payload: Fields, key: str) -> str:
    actor = _optional(payload, "actor")
    return (actor.loose_text(key) or "") if actor else ""


def _optional(fields: Fields, key: str) -> Fields | None:
    return fields.fields(key) if fields.values.get(key) is not None else None
