"""What the hosts' payloads have in common: refs, commits, and the files that commits changed."""

import re
from collections.abc import Sequence
from dataclasses import replace

from longshore.domain.pushes import Ignored, Push, RefChange, RefKind
from longshore.events.documents import Fields, printable

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
SEGMENT = r"[A-Za-z0-9~._-]{1,128}"
REPOSITORY = re.compile(rf"{SEGMENT}(?:/{SEGMENT}){{1,14}}")
"""A repository's full path; with all of it, the ledger's keys stay within their bounds."""
REF = re.compile(r"refs/[^\x00-\x20\x7f~^:?*\[\\]{1,300}")
"""A full ref, of the characters that Git allows in one."""
MOST_REFS = 1000
"""Refs of one push; a mirror that is filled is no reason to start a thousand pipelines."""

_MOST_PATHS = 5000
_MOST_PATH_BYTES = 96 * 1024
_LONGEST_MESSAGE = 200


def is_nothing(commit: str | None) -> bool:
    """Whether a host's id of a commit stands for none: zeros, or nothing at all."""
    return not commit or not commit.strip("0")


def change_of(kind: RefKind, name: str, before: str | None, after: str | None) -> RefChange:
    """Return a change of which nothing further is known; raise ValueError for no commit ids."""
    return RefChange(kind, name, _commit("before", before), _commit("after", after))


def split_ref(ref: str) -> tuple[RefKind, str] | None:
    """Return kind and name of a full ref, None where it is neither branch nor tag."""
    for kind in RefKind:
        if ref.startswith(kind.prefix):
            return kind, ref.removeprefix(kind.prefix)
    return None


def full_ref(fields: Fields, key: str) -> str:
    """Return a ref as it is; raise ValueError where no ref can be called so."""
    ref = fields.text(key, REF)
    if not ref.isprintable():
        raise ValueError(f"{key} holds what cannot be shown")
    return ref


def pushed(push: Push) -> Push | Ignored:
    """Return the push of what points to a new commit now, or why there is nothing of it."""
    if len(push.refs) > MOST_REFS:
        raise ValueError(f"{len(push.refs)} refs in one push: at most {MOST_REFS} are looked at")
    left = tuple(change for change in push.refs if change.after not in {None, change.before})
    if left:
        return replace(push, refs=left)
    gone = any(change.after is None for change in push.refs)
    return Ignored("a ref was deleted" if gone else "the push brings nothing new")


def head_of(commit: Fields) -> str:
    """Return the first line of a commit's message."""
    message = commit.values.get("message")
    lines = message.strip().splitlines() if isinstance(message, str) else ()
    return printable(lines[0], _LONGEST_MESSAGE) if lines else ""


def changed_paths(commits: Sequence[Fields]) -> tuple[str, ...] | None:
    """Return every file that commits touched, None where that is too much to be carried along."""
    found: set[str] = set()
    for commit in commits:
        for key in ("added", "modified", "removed"):
            found |= _texts(commit, key)
    if len(found) > _MOST_PATHS or sum(map(len, found)) > _MOST_PATH_BYTES:
        return None
    return tuple(sorted(found))


TOO_MANY_PATHS = "more files changed than are looked through"


def _texts(commit: Fields, key: str) -> set[str]:
    value = commit.values.get(key)
    if value is None:
        return set()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"{commit.path}.{key} is no list of texts")
    return {each.encode("utf-8", "replace").decode() for each in value}


def _commit(what: str, commit: str | None) -> str | None:
    if is_nothing(commit):
        return None
    if commit is None or COMMIT.fullmatch(commit) is None:
        raise ValueError(f"the commit {what} the push is no commit id")
    return commit
