"""How long ECS may take: a time for each rollout, from the moment that ECS was asked for it.

What has not begun cannot run out, however long ECS could not be reached or a token had to be
waited for. Kubernetes counts its `progressDeadlineSeconds` from the last progress for the same
reason. Nor does a call run out whose reply never came: within a minute or so of looking it is a
rollout, or is made again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from longshore.decide.verdict import is_looked_for
from longshore.domain.deployments import Leg, LegState


def has_run_out(leg: Leg, deadline: timedelta, began: datetime, now: datetime) -> bool:
    """Whether ECS has had its time for a rollout.

    One that is not shown at its end is looked for first: perhaps it is another hand's service now.
    `began` stands for the call where an older version of Longshore did not keep its moment.
    """
    rolling = leg.state is LegState.ROLLING and not is_looked_for(leg, now)
    return rolling and now >= _end(leg, deadline, began)


def next_end(legs: Iterable[Leg], deadline: timedelta, began: datetime, now: datetime) -> datetime:
    """Return the next moment at which anything can run out.

    Where nothing is under way that is a deadline from now: what begins later ends later.
    """
    under_way = {LegState.CALLING, LegState.ROLLING}
    ends = [_end(leg, deadline, began) for leg in legs if leg.state in under_way]
    return min((end for end in ends if end > now), default=now + deadline)


def _end(leg: Leg, deadline: timedelta, began: datetime) -> datetime:
    return (leg.called_at or began) + deadline
