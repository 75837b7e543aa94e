"""What a check found, and the turning of what AWS refuses into a finding."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import BotoCoreError

from longshore.aws.errors import TRIED_AGAIN
from longshore.domain.errors import LongshoreError, NotPermitted, Throttled
from longshore.events.documents import printable

_BY_HAND = "look at it by hand: docs/cli.md says what is read"


class Status(StrEnum):
    """How bad it is; the values are part of the JSON output."""

    OK = "ok"
    WARNING = "warning"
    """Works today, and fails when something else happens."""
    PROBLEM = "problem"
    """A deployment, a rollback or a notice would fail, or fails already."""
    UNCHECKED = "unchecked"
    """Nothing is known: the message says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement on one thing; `next_step` is a command or a change, empty where all is well."""

    check: str
    subject: str
    status: Status
    message: str
    next_step: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the finding for programs."""
        return {
            "check": self.check,
            "subject": self.subject,
            "status": self.status.value,
            "message": self.message,
            "next": self.next_step or None,
        }


@dataclass(frozen=True, slots=True)
class Check:
    """A check of one thing: makes the findings about it."""

    id: str
    subject: str

    def ok(self, message: str) -> Finding:
        """Find nothing to complain about."""
        return Finding(self.id, self.subject, Status.OK, message)

    def warning(self, message: str, next_step: str) -> Finding:
        """Find what fails when something else happens."""
        return Finding(self.id, self.subject, Status.WARNING, message, next_step)

    def problem(self, message: str, next_step: str) -> Finding:
        """Find what fails, or would fail with the next deployment or rollback."""
        return Finding(self.id, self.subject, Status.PROBLEM, message, next_step)

    def unchecked(self, why: str, next_step: str) -> Finding:
        """Find out nothing."""
        message = f"could not be checked: {why}"
        return Finding(self.id, self.subject, Status.UNCHECKED, message, next_step)


def attempt(check: Check, judge: Callable[[], Iterable[Finding]]) -> Sequence[Finding]:
    """Return the findings of a check that reads; what AWS refuses to it is its only finding.

    Credentials that AWS does not accept end the command before: it cannot find the installation.
    What botocore refuses is of the thing itself, such as a region that is none.
    """
    try:
        return list(judge())
    except NotPermitted as error:
        why, _, _ = str(error).partition(": allow it there")
        allow = "have it allowed (docs/iam.md has the policy for doctor), then repeat"
        return [check.unchecked(why, allow)]
    except Throttled as error:
        why = str(error).removesuffix(TRIED_AGAIN)
        return [check.unchecked(why, "repeat the command in a moment")]
    except LongshoreError as error:
        return [check.unchecked(str(error), _BY_HAND)]
    except BotoCoreError as error:
        return [check.unchecked(f"failed to call AWS: {printable(str(error))}", _BY_HAND)]


def counts(findings: Iterable[Finding]) -> Mapping[str, int]:
    """Return how many findings there are of each status, those without one included."""
    found = [finding.status for finding in findings]
    return {status.value: found.count(status) for status in Status}
