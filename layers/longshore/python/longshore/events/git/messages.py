"""Pushes on their way to who starts what they are for: to JSON and back, strictly."""

from hashlib import sha256

from longshore.domain.errors import UnknownSchema
from longshore.domain.pushes import GitRepository, Provider, Push, RefChange, RefKind
from longshore.events.documents import parse_document
from longshore.events.strict import Strict, encode_document

SCHEMA = 1
PUSH = "push"
"""The one key of a message that is a push."""
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
