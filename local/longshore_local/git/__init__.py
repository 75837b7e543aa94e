"""A Git host on this machine: bare repositories whose pushes are told of as GitHub does."""

from longshore_local.git.commands import GitError
from longshore_local.git.delivery import Delivered, deliver, signature
from longshore_local.git.payload import RefUpdate, push_payload
from longshore_local.git.repository import BareRepository, Commit
from longshore_local.git.webhook import Webhook

__all__ = [
    "BareRepository",
    "Commit",
    "Delivered",
    "GitError",
    "RefUpdate",
    "Webhook",
    "deliver",
    "push_payload",
    "signature",
]
