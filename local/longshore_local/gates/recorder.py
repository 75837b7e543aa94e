"""Keeps what was asked of IAM on the way to a stand-in, so that tests can see who called what."""

import time
from dataclasses import dataclass, field

from longshore_local.awsjson import AccessDenied, Authorize, Permission


@dataclass(frozen=True, slots=True)
class Asked:
    """One permission that a call needed: by whom (an access key), when, and whether it was given.

    `at` is in seconds since the epoch.
    """

    access_key: str
    permission: Permission
    at: float
    given: bool


@dataclass(slots=True)
class Recorder:
    """Asks `authorize` and keeps the question."""

    authorize: Authorize
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, access_key: str, permission: Permission) -> AccessDenied | None:
        """Decide as `authorize` does."""
        denied = self.authorize(access_key, permission)
        self.asked.append(Asked(access_key, permission, time.time(), denied is None))
        return denied
