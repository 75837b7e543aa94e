"""What the events of CodePipeline, CodeBuild, CodeDeploy and CodeCommit have in common.

Their samples in AWS's own guides leave out or mistype more than those of ECR and ECS do: an account
that is a number or a placeholder, no `resources`, numbers that are text. What identifies the thing
is read strictly; what only describes it is taken where it is what it should be.
"""

import json
import re
from collections.abc import Iterable

from longshore.domain.places import Home
from longshore.events.arns import ACCOUNT, REGION, Arn, parse_arn, partition_of
from longshore.events.documents import Fields, printable

LONGEST_URL = 1000
_URL = re.compile(r"https?://[!-~]+")
_DIGITS = re.compile(r"[0-9]{1,6}")


class Homeless(ValueError):
    """An event that does not say in which account and region it happened: it concerns nobody."""


def arns_of(event: Fields, service: str) -> tuple[Arn, ...]:
    """Return the ARNs of a service in an event's `resources`, in whatever order they come."""
    listed = event.values.get("resources")
    arns = (parse_arn(each) for each in listed) if isinstance(listed, list) else ()
    return tuple(arn for arn in arns if arn is not None and arn.service == service)


def engine_home(event: Fields, arns: Iterable[Arn]) -> Home:
    """Return where an event comes from; ARNs fill in what its envelope does not rightly say.

    Raises:
        Homeless: neither says it.
    """
    arns = tuple(arns)
    account = _matching(event, "account", ACCOUNT, (arn.account for arn in arns))
    region = _matching(event, "region", REGION, (arn.region for arn in arns))
    return Home(partition_of(region), account, region)


def _matching(event: Fields, key: str, pattern: re.Pattern[str], others: Iterable[str]) -> str:
    for candidate in (event.values.get(key), *others):
        if isinstance(candidate, str) and pattern.fullmatch(candidate):
            return candidate
    raise Homeless(f"the event does not say which {key} it is of, so it is nobody's")


def loose_fields(fields: Fields, key: str) -> Fields:
    """Return an object that is nice to have, an empty one where it is something else."""
    value = fields.values.get(key)
    return Fields(key, value if isinstance(value, dict) else {})


def loose_whole(fields: Fields, key: str) -> int | None:
    """Return a whole number however it is written (7, 7.0, "7"), None for anything else."""
    value = fields.values.get(key)
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) else None


def address(text: object) -> str | None:
    """Return the address of a page, None for what is none or too long for anybody to keep."""
    if isinstance(text, str) and len(text) <= LONGEST_URL and _URL.fullmatch(text):
        return text
    return None


def plain_summary(text: str) -> str:
    """Return the first line of a summary; a source's may be JSON with the commit's message inside.

    Of a commit's message the first line is its title; a line break would be printed as a mark.
    """
    try:
        document = json.loads(text) if text.startswith("{") else None
    except (ValueError, RecursionError):
        document = None
    message = document.get("CommitMessage") if isinstance(document, dict) else None
    said = message if isinstance(message, str) else text
    return printable(said.strip().partition("\n")[0].rstrip())
