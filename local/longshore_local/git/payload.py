"""The payload of a push, as GitHub sends it.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longshore_local.git.commands import git
from longshore_local.git.repository import BareRepository, Commit

NOTHING = "0" * 40
MOST_COMMITS = 2048
HEADS, TAGS = "refs/heads/", "refs/tags/"
HOST = "https://github.com"

Payload = dict[str, object]


@dataclass(frozen=True, slots=True)
class RefUpdate:
    """What a push did to one ref; an id of zeros stands for nothing."""

    before: str
    after: str
    ref: str

    @property
    def created(self) -> bool:
        """Whether the ref is new."""
        return self.before == NOTHING

    @property
    def deleted(self) -> bool:
        """Whether the ref is gone."""
        return self.after == NOTHING


def push_payload(repository: BareRepository, update: RefUpdate, pusher: str) -> Payload:
    """Return the payload of a push by somebody, after the ref was moved."""
    head = None if update.deleted else repository.commit(update.after)
    listed = _commits(repository, update)
    return {
        "ref": update.ref,
        "before": update.before,
        "after": update.after,
        "repository": _repository(repository),
        "pusher": {"name": pusher, "email": f"{pusher}@users.noreply.github.com"},
        "sender": _sender(pusher),
        "created": update.created,
        "deleted": update.deleted,
        "forced": _forced(repository, update),
        "base_ref": _base(repository, update),
        "compare": _compare(repository, update),
        "commits": [_entry(repository, repository.commit(one)) for one in listed[:MOST_COMMITS]],
        "head_commit": _entry(repository, head) if head else None,
    }


def _commits(repository: BareRepository, update: RefUpdate) -> Sequence[str]:
    """Return the commits that are new: for a new branch those that no other branch has."""
    if update.deleted or update.ref.startswith(TAGS):
        return []
    if update.created:
        this = update.ref.removeprefix(HEADS)
        return repository.between(update.after, "--not", f"--exclude={this}", "--branches")
    return repository.between(f"{update.before}..{update.after}")


def _forced(repository: BareRepository, update: RefUpdate) -> bool:
    if update.created or update.deleted:
        return False
    return not repository.is_ancestor(update.before, update.after)


def _base(repository: BareRepository, update: RefUpdate) -> str | None:
    """Return the branch that a new ref was made from, where there is one at its commit."""
    if not update.created or update.deleted:
        return None
    commit = repository.resolve(update.after)
    listed = git(repository.path, "for-each-ref", f"--points-at={commit}", "--format=%(refname)")
    branches = [ref for ref in listed.splitlines() if ref.startswith(HEADS) and ref != update.ref]
    return branches[0] if branches else None


def _compare(repository: BareRepository, update: RefUpdate) -> str:
    address = f"{HOST}/{repository.full_name}"
    if update.created:
        name = update.ref.removeprefix(HEADS).removeprefix(TAGS)
        return f"{address}/compare/{name}"
    return f"{address}/compare/{update.before[:12]}...{update.after[:12]}"


def _entry(repository: BareRepository, commit: Commit) -> Mapping[str, object]:
    changes = repository.changes(commit)
    return {
        "id": commit.id,
        "tree_id": commit.tree,
        "distinct": True,
        "message": commit.message,
        "timestamp": commit.committed_at,
        "url": f"{HOST}/{repository.full_name}/commit/{commit.id}",
        "author": _person(commit.author, commit.author_email),
        "committer": _person(commit.committer, commit.committer_email),
        "added": list(changes.added),
        "removed": list(changes.removed),
        "modified": list(changes.modified),
    }


def _person(name: str, email: str) -> Mapping[str, str]:
    """Return a person; the login is taken from the address, where GitHub looks it up."""
    return {"name": name, "email": email, "username": email.partition("@")[0]}


def _repository(repository: BareRepository) -> Mapping[str, object]:
    owner, _, name = repository.full_name.rpartition("/")
    address = f"{HOST}/{repository.full_name}"
    return {
        "id": 1,
        "name": name,
        "full_name": repository.full_name,
        "private": True,
        "owner": {"name": owner, "login": owner, "type": "Organization"},
        "html_url": address,
        "url": address,
        "clone_url": f"{address}.git",
        "ssh_url": f"git@github.com:{repository.full_name}.git",
        "default_branch": repository.default_branch,
        "master_branch": repository.default_branch,
    }


def _sender(login: str) -> Mapping[str, object]:
    return {"login": login, "id": 1, "type": "User", "site_admin": False}
