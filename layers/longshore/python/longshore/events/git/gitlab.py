"""Deliveries of GitLab: https://docs.gitlab.com/user/project/integrations/webhook_events/."""

from dataclasses import replace

from longshore.domain.pushes import (
    Delivered,
    GitRepository,
    Ignored,
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
    full_ref,
    is_nothing,
    pushed,
    split_ref,
    why_unknown,
)

_KINDS = {"push": RefKind.BRANCH, "tag_push": RefKind.TAG}


def parse_gitlab(body: bytes) -> Delivered:
    """Return what a verified delivery tells; its kind is read from the body, which is signed.

    Raises:
        ValueError: it is malformed; the text says where.
    """
    payload = Fields("", parse_document(body))
    kind = payload.text("object_kind")
    if kind not in _KINDS:
        return Ignored(f"the event {shown(kind)} starts nothing: have only pushes and tags sent")
    named = split_ref(full_ref(payload, "ref"))
    if named is None or named[0] is not _KINDS[kind]:
        raise ValueError(f"the ref of a {kind} is of another kind")
    project = payload.fields("project")
    return pushed(
        Push(
            repository=GitRepository(
                Provider.GITLAB, project.text("path_with_namespace", REPOSITORY)
            ),
            refs=(_change(payload, *named),),
            pusher=payload.loose_text("user_username") or "",  # user_name is of one's own choice
        )
    )


def _change(payload: Fields, kind: RefKind, name: str) -> RefChange:
    change = change_of(kind, name, payload.text("before"), payload.text("after"))
    if change.after in {None, change.before}:
        return change
    commit = payload.optional_text("checkout_sha")
    if not is_nothing(commit):  # an annotated tag is an object of its own
        change = replace(change, after=change_of(kind, name, None, commit).after)
    commits = payload.each("commits")
    total = payload.optional_whole("total_commits_count")
    unknown = why_unknown(change, commits) or _why_cut(total, len(commits))
    return changed(change, commits, unknown)


def _why_cut(total: int | None, listed: int) -> str:
    """Return why commits may be missing: a payload lists 20 at most.

    That a push was forced stands in no payload of GitLab's: what it took away cannot be known.
    """
    if total == listed:
        return ""
    return f"{listed} commits are listed of {total or 'an unknown number'}"
