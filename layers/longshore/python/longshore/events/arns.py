"""Amazon resource names, as far as events need them, and the partition a region lies in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

ACCOUNT = re.compile(r"[0-9]{12}")
REGION = re.compile(r"[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}")

_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]{0,20}):(?P<service>[a-z0-9-]{1,60}):(?P<region>[a-z0-9-]{0,30})"
    r":(?P<account>[0-9]{12}|):(?P<resource>[!-~]{1,1000})"
)

_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)


def partition_of(region: str) -> str:
    """Return the partition of a region, as the region's name tells it."""
    found = (partition for prefix, partition in _PARTITIONS if region.startswith(prefix))
    return next(found, "aws")


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of an ARN; region and account are empty where a service has none."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        """Return the whole ARN."""
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    def names(self, kind: str) -> tuple[str, ...]:
        """Return what follows `kind/`, split at slashes; nothing where the kind is another."""
        head, slash, rest = self.resource.partition("/")
        return tuple(rest.split("/")) if slash and head == kind else ()


def parse_arn(text: object) -> Arn | None:
    """Read an ARN, None for anything else; never raises."""
    match = _ARN.fullmatch(text) if isinstance(text, str) else None
    return Arn(**match.groupdict()) if match else None


def first_arn(candidates: object, service: str, kind: str) -> Arn | None:
    """Return the first ARN of a service's kind of resource in an event's `resources`."""
    listed: Iterable[object] = candidates if isinstance(candidates, list) else ()
    arns = (parse_arn(candidate) for candidate in listed)
    return next((a for a in arns if a and a.service == service and a.names(kind)), None)
