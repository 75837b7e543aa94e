"""Logs and metrics: one structured line for each decision and outcome, counters beside them.

Metrics have no dimension per stage or service: each combination would be a metric to pay for, and
what happened in one stage is in the logs, the ledger and the events. Reasons stand in the metric's
own log line as properties, where `stats sum(...) by reason` of CloudWatch Logs Insights counts
them.
"""

from functools import cache

from aws_lambda_powertools.logging.logger import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from longshore.runtime import cold_start
from longshore.runtime.clock import Invocation

SWEEP_COMPLETED = "SweepCompleted"
"""The heartbeat: an alarm rings when it stays out."""
MESSAGES_IGNORED = "MessagesIgnored"
MESSAGES_REJECTED = "MessagesRejected"
"""Malformed messages; they end, since no retry would mend them."""
WORK_FAILED = "WorkFailed"
"""Messages that nobody expected to fail; they are tried again and end as dead letters."""
JOBS_FAILED = "JobsFailed"
"""Deploy actions of pipelines that ended as failed; each says why in its pipeline."""
WEBHOOKS_REFUSED = "WebhooksRefused"
"""Deliveries that were not accepted, each with its reason; who sent them is told none."""
STARTS_REFUSED = "StartsRefused"
"""Pipelines and builds that AWS does not start for a push; a person has to mend something."""
STARTS_WAITING = "StartsWaiting"
"""Pushes whose pipelines are busy, or AWS is; they come again."""
ANNOUNCEMENTS_UNSENT = "AnnouncementsUnsent"
CHAT_WAITING = "ChatWaiting"
"""Messages for a channel that was away or busy; they are told when it is back."""
CHAT_REFUSED = "ChatRefused"
"""Messages for a channel that a person has to mend; an alarm rings, and they are told after it."""
CHAT_REPLIES_LOST = "ChatRepliesLost"
"""Messages that may stand in a channel twice: Slack's answer was lost."""
CHAT_LOST = "ChatLost"
"""Messages that a channel does not take, whatever the hour: a defect of theirs."""


class Journal:
    """What a function says of its work."""

    def __init__(self, logger: Logger) -> None:
        """Write lines to `logger`; counters carry its service name as their only dimension."""
        self._logger = logger

    def begin(self, invocation: Invocation) -> "Journal":
        """Put the id of the invocation into every line from here on."""
        self._logger.append_keys(request_id=invocation.aws_request_id)
        return self

    def note(self, what: str, **fields: object) -> None:
        """Write what was decided or came about, with everything it is about."""
        self._logger.info(what, extra=fields)

    def warn(self, what: str, **fields: object) -> None:
        """Write what a person may have to look at."""
        self._logger.warning(what, extra=fields)

    def fail(self, what: str, error: Exception, **fields: object) -> None:
        """Write a defect or an outage, with its traceback."""
        self._logger.error(what, exc_info=error, extra=fields)

    def count(self, metric: str, value: int = 1, **properties: str) -> None:
        """Count something; `properties` are written beside the metric and make no new one."""
        service = {"service": str(self._logger.service)}
        with single_metric(metric, MetricUnit.Count, value, default_dimensions=service) as counted:
            for name, text in properties.items():
                counted.add_metadata(name, text)


@cache
def _journal() -> Journal:
    cold_start.is_over()
    return Journal(Logger(location=None))  # every line is written by the journal itself


def make_journal(invocation: Invocation) -> Journal:
    """Return the function's journal for one invocation.

    Its service name and level come from Powertools' own variables.
    """
    return _journal().begin(invocation)
