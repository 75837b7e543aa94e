"""How fast AWS lets an account call ECS in one region.

ECS throttles each account and region by token buckets, one a class of actions: "Request throttling
for the Amazon ECS API" in its API reference
(docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html). What an account has is
a setting, since AWS raises it for some and others share it with more than Longshore.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Self

RATE_PATTERN = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3}|0\.[1-9][0-9]?|0\.0[1-9])")
"""`burst/per second`; template.yaml holds its parameters to the same."""


class ApiClass(StrEnum):
    """The calls that share a bucket, of those that Longshore makes one after another."""

    REGISTER = "register"
    """RegisterTaskDefinition."""
    UPDATE = "update"
    """UpdateService, with the other actions that change services."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: how many calls it takes at once, and the time in which one token comes back.

    The time is whole milliseconds, rounded up: never faster than AWS allows.
    """

    burst: int
    interval: timedelta

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `20/1`, a burst of 20 and 1 a second; raise ValueError when it is not of that form.

        A rate below 1 a second is written `20/0.5`.
        """
        found = RATE_PATTERN.fullmatch(text)
        if found is None:
            message = f"{text!r} is no rate: write burst/per second, such as 20/1 or 20/0.5"
            raise ValueError(message)
        hundredths = round(float(found[2]) * 100)  # exact: the form has two decimals at most
        return cls(int(found[1]), timedelta(milliseconds=-(-100_000 // hundredths)))


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one installation, by default those of a new AWS account."""

    register: Rate = Rate(20, timedelta(seconds=1))
    update: Rate = Rate(50, timedelta(milliseconds=200))

    def of(self, calls: ApiClass) -> Rate:
        """Return the rate of a class."""
        match calls:
            case ApiClass.REGISTER:
                return self.register
            case ApiClass.UPDATE:
                return self.update


PUBLISHED = Rates()
