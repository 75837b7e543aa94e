"""Pushes on their way to who starts what they are for: to JSON and back, strictly."""

from dataclasses import replace
from hashlib import sha256

from longshore.domain.errors import UnknownSchema
from longshore.domain.pushes import GitRepository, Provider, Push, RefChange, RefKind
from longshore.events.documents import parse_document
from longshore.events.git.changes import TOO_MANY_PATHS, without_paths
from longshore.events.strict import Strict, encode_document

SCHEMA = 1
PUSH = "push"
"""The one key of a message that is a push."""
LONGEST_WITH_PATHS = 200 * 1024
"""Bytes up to which a message carries the files that changed: they are gone through at its end."""
LONGEST = 1_000_000
"""Bytes of a message; SQS takes 1,048,576 with all that goes with it."""
_LONGEST_GROUP = 128
"""What SQS takes for the id of a message group."""


def encode_push(name: str, push: Push) -> str:
    """Return the body of a message that carries a push; `name` is the hash it is known by."""
    content: dict[str, object] = {
        "schema": SCHEMA,
        "hash": name,
        "provider": push.repository.provider,
        "repository": push.repository.name,
        "pusher": push.pusher,
        "refs": [_document(change) for change in push.refs],
    }
    return encode_document({PUSH: content})


def fitted(name: str, push: Push) -> Push:
    """Return a push that can be queued: without its files where they take too much room.

    It is measured as it is sent, for one character of a name may be written with twelve.

    Raises:
        ValueError: even without them it is longer than a message can be.
    """
    if _length(name, push) <= LONGEST_WITH_PATHS:
        return push
    refs = tuple(_without_paths(change) for change in push.refs)
    bare = replace(push, refs=refs)
    length = _length(name, bare)
    if length > LONGEST:
        raise ValueError(
            f"the push has {len(refs)} refs with names so long that it takes {length} bytes, and "
            f"what can be queued has at most {LONGEST}: push fewer at once"
        )
    return bare


def parse_push(body: str) -> tuple[str, Push]:
    """Read a message body that carries a push; return its hash beside it.

    Raises:
        ValueError: it is not JSON or no push; the text says where it differs.
        UnknownSchema: a newer version sent it.
    """
    fields = Strict("", parse_document(body)).object_at(PUSH)
    if fields.whole("schema", least=1) > SCHEMA:
        message = "a newer version of Longshore sent this push: finish the upgrade, then redrive it"
        raise UnknownSchema(message)
    repository = GitRepository(Provider(fields.text("provider")), fields.text("repository"))
    refs = tuple(_change(each) for each in fields.objects("refs"))
    return fields.text("hash"), Push(repository, refs, fields.text("pusher"))


def group_of(repository: GitRepository) -> str:
    """Return the message group of a repository's pushes: they are looked at in their order."""
    group = str(repository)
    return group if len(group) <= _LONGEST_GROUP else sha256(group.encode()).hexdigest()


def _length(name: str, push: Push) -> int:
    return len(encode_push(name, push))  # it is ASCII: characters are bytes


def _without_paths(change: RefChange) -> RefChange:
    return change if change.paths is None else without_paths(change, TOO_MANY_PATHS)


def _document(change: RefChange) -> dict[str, object]:
    return {
        "kind": change.kind,
        "name": change.name,
        "before": change.before,
        "after": change.after,
        "paths": None if change.paths is None else list(change.paths),
        "unknown": change.unknown,
    }


def _change(fields: Strict) -> RefChange:
    listed = fields.values.get("paths")
    return RefChange(
        kind=RefKind(fields.text("kind")),
        name=fields.text("name"),
        before=fields.optional_text("before"),
        after=fields.optional_text("after"),
        paths=None if listed is None else fields.texts("paths"),
        unknown=fields.text("unknown"),
    )
