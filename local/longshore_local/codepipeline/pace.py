"""How fast pipelines move."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The time each step takes, and how long CodePipeline waits for somebody.

    `continuing` is the pause before a job with a continuation token is given out again. A job that
    nobody answers fails after `job_timeout`, and its action, however often it is continued, after
    `action_timeout`; an approval after `approval_timeout` ("Quotas in CodePipeline").
    """

    stepping: timedelta = timedelta(seconds=1)
    fetching: timedelta = timedelta(seconds=5)
    looking: timedelta = timedelta(seconds=10)
    continuing: timedelta = timedelta(seconds=30)
    job_timeout: timedelta = timedelta(minutes=20)
    action_timeout: timedelta = timedelta(hours=24)
    approval_timeout: timedelta = timedelta(days=7)


QUICK = Pace(
    stepping=timedelta(seconds=0.1),
    fetching=timedelta(seconds=0.2),
    looking=timedelta(seconds=0.2),
    continuing=timedelta(seconds=1),
)
"""The same in fast motion, for somebody who watches."""
