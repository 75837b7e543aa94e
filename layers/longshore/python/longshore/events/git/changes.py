"""What the hosts' payloads have in common: refs, commits, and the files that commits changed."""

import re
from collections.abc import Sequence
from dataclasses import replace

from longshore.domain.pushes import Ignored, Push, RefChange, RefKind
from longshore.events.documents import Fields

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
SEGMENT = r"[A-Za-z0-9~._-]{1,128}"
REPOSITORY = re.compile(rf"{SEGMENT}(?:/{SEGMENT}){{1,14}}")
"""A repository's full path; with all of it, the ledger's keys stay within their bounds."""
REF = re.compile(r"refs/(?!(?:heads|tags)/\Z)[^\x00-\x20\x7f~^:?*\[\\]{1,300}")
"""A full ref, of the characters that Git allows in one; a branch or tag has a name."""
MOST_REFS = 1000
"""Refs of one push; a mirror that is filled is no reason to start a thousand pipelines."""

TOO_MANY_PATHS = "more files changed than are looked through"
"""Why the files of a change are not known where the host tells them all."""
_MOST_PATHS = 5000
_TOUCHED = ("added", "modified", "removed")


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


def is_ref(ref: str) -> bool:
    """Whether a text is a full ref that can be carried along and shown."""
    return REF.fullmatch(ref) is not None and ref.isprintable()


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
    if not push.refs:
        return Ignored("the push names no branch or tag that can be started for")
    left = tuple(change for change in push.refs if change.after not in {None, change.before})
    if left:
        return replace(push, refs=left)
    gone = any(change.after is None for change in push.refs)
    return Ignored("a ref was deleted" if gone else "the push brings nothing new")


def why_unknown(change: RefChange, commits: Sequence[Fields]) -> str:
    """Return why commits do not say which files a change is about, empty where they may."""
    if change.kind is RefKind.TAG:
        return "a tag says nothing of files"
    if change.before is None:  # hosts list what is new to the repository, or to its default branch
        return "the branch is new, and not all of its commits are listed"
    if not commits:
        return "no commits are listed"
    if any("modified" not in commit.values for commit in commits):
        return "a commit does not say what it changed"
    return ""


def changed(change: RefChange, commits: Sequence[Fields], unknown: str) -> RefChange:
    """Return a change with every file that commits touched, or with why they are not known."""
    if unknown:
        return without_paths(change, unknown)
    paths = {path for commit in commits for path in files_of(commit)}
    if len(paths) > _MOST_PATHS:
        return without_paths(change, TOO_MANY_PATHS)
    return replace(change, paths=tuple(sorted(paths)), unknown="")


def without_paths(change: RefChange, unknown: str) -> RefChange:
    """Return a change of which it is not known which files it is about."""
    return replace(change, paths=None, unknown=unknown)


def files_of(commit: Fields) -> Sequence[str]:
    """Return the files that a commit says it touched, as often as it names them."""
    return [path for key in _TOUCHED for path in _texts(commit, key)]


def _texts(commit: Fields, key: str) -> Sequence[str]:
    value = commit.values.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"{commit.path}.{key} is no list of texts")
    return [each.encode("utf-8", "replace").decode() for each in value]


def _commit(what: str, commit: str | None) -> str | None:
    if is_nothing(commit):
        return None
    if commit is None or COMMIT.fullmatch(commit) is None:
        raise ValueError(f"the commit {what} the push is no commit id")
    return commit
