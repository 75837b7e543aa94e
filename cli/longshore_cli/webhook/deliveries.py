"""Deliveries as the Git hosts send them: a ping, or a sample push. Pure.

- GitHub: https://docs.github.com/webhooks/webhook-events-and-payloads
- GitLab: https://docs.gitlab.com/user/project/integrations/webhook_events/
- Bitbucket: https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

_NOTHING = "0" * 40
"""Where something new was before."""


class GitHost(StrEnum):
    """Who sends."""

    GITHUB = "github"
    GITLAB = "gitlab"
    BITBUCKET = "bitbucket"


@dataclass(frozen=True, slots=True)
class SamplePush:
    """A push of one commit to a branch or as a tag; `paths` are the files that it changes."""

    repository: str
    commit: str
    branch: str = ""
    tag: str = ""
    paths: tuple[str, ...] = ()
    pusher: str = ""

    @property
    def ref(self) -> str:
        """The whole name of what was pushed."""
        return f"refs/tags/{self.tag}" if self.tag else f"refs/heads/{self.branch}"

    @property
    def before(self) -> str:
        """Where it was: a tag is new, a branch is not, for of a new one no files are known."""
        return (
            _NOTHING if self.tag else sha256(self.commit.encode()).hexdigest()[: len(self.commit)]
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is sent: headers that say which event it is, and the bytes that are signed."""

    headers: Mapping[str, str]
    body: bytes


_MESSAGE = "a sample push of: longshore webhook test"


def ping_of(host: GitHost) -> Delivery:
    """Return what a host sends to see whether it arrives; GitLab has no such event."""
    match host:
        case GitHost.GITHUB:
            return _delivery({"X-GitHub-Event": "ping"}, {"zen": _MESSAGE, "hook_id": 1})
        case GitHost.GITLAB:
            return _delivery({"X-Gitlab-Event": "Ping"}, {"object_kind": "ping"})
        case GitHost.BITBUCKET:
            return _delivery({"X-Event-Key": "diagnostics:ping"}, {"test": True})


def push_of(host: GitHost, push: SamplePush) -> Delivery:
    """Return what a host sends of a push; the same push is the same bytes."""
    match host:
        case GitHost.GITHUB:
            return _delivery({"X-GitHub-Event": "push"}, _github(push))
        case GitHost.GITLAB:
            kind = "Tag Push Hook" if push.tag else "Push Hook"
            return _delivery({"X-Gitlab-Event": kind}, _gitlab(push))
        case GitHost.BITBUCKET:
            return _delivery({"X-Event-Key": "repo:push"}, _bitbucket(push))


def _github(push: SamplePush) -> Mapping[str, object]:
    commit = {
        "id": push.commit,
        "message": _MESSAGE,
        "author": {"name": push.pusher, "username": push.pusher},
        **_files(push),
    }
    return {
        "ref": push.ref,
        "before": push.before,
        "after": push.commit,
        "created": bool(push.tag),
        "deleted": False,
        "forced": False,
        "repository": {"full_name": push.repository},
        "sender": {"login": push.pusher},
        "head_commit": commit,
        "commits": [] if push.tag else [commit],
    }


def _gitlab(push: SamplePush) -> Mapping[str, object]:
    commit = {
        "id": push.commit,
        "message": _MESSAGE,
        "author": {"name": push.pusher},
        **_files(push),
    }
    return {
        "object_kind": "tag_push" if push.tag else "push",
        "ref": push.ref,
        "before": push.before,
        "after": push.commit,
        "checkout_sha": push.commit,
        "user_username": push.pusher,
        "project": {"path_with_namespace": push.repository},
        "commits": [commit],
        "total_commits_count": 1,
    }


def _bitbucket(push: SamplePush) -> Mapping[str, object]:
    new = {
        "type": "tag" if push.tag else "branch",
        "name": push.tag or push.branch,
        "target": {"hash": push.commit, "message": _MESSAGE, "author": {"raw": push.pusher}},
    }
    return {
        "actor": {"account_id": push.pusher},
        "repository": {"full_name": push.repository},
        "push": {"changes": [{"old": None, "new": new}]},
    }


def _files(push: SamplePush) -> Mapping[str, object]:
    return {"added": [], "modified": list(push.paths), "removed": []}


def _delivery(headers: Mapping[str, str], payload: Mapping[str, object]) -> Delivery:
    return Delivery(
        {"Content-Type": "application/json", **headers}, json.dumps(payload, indent=1).encode()
    )
