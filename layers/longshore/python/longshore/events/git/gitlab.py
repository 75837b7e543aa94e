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
    TOO_MANY_PATHS,
    change_of,
    changed_paths,
    full_ref,
    head_of,
    is_nothing,
    pushed,
    split_ref,
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
            url=project.loose_text("web_url") or "",
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
    paths, unknown = _paths(payload, change, commits)
    last = commits[-1] if commits else Fields("", {})
    author = last.fields("author") if last.values.get("author") is not None else last
    return replace(
        change,
        paths=paths,
        unknown=unknown,
        author=author.loose_text("name") or "",
        message=head_of(last),
    )


def _paths(
    payload: Fields, change: RefChange, commits: tuple[Fields, ...]
) -> tuple[tuple[str, ...] | None, str]:
    """Return the changed files, or why they are not known; a payload lists 20 commits at most."""
    total = payload.optional_whole("total_commits_count")
    if change.kind is RefKind.TAG:
        return None, "a tag says nothing of files"
    if not commits:
        return None, "no commits are listed"
    if total != len(commits):
        return None, f"{len(commits)} commits are listed of {total or 'an unknown number'}"
    if any("modified" not in commit.values for commit in commits):
        return None, "a commit does not say what it changed"
    paths = changed_paths(commits)
    return paths, "" if paths is not None else TOO_MANY_PATHS
