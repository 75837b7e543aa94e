"""People as AWS names them, and as people do."""

import re

_ASSUMED = re.compile(r"arn:[\w-]+:sts::\d+:assumed-role/(?P<role>[^/]+)/(?P<session>.+)")
_NAMED = re.compile(r"arn:[\w-]+:iam::\d+:(?:user|role)/(?:.*/)?(?P<name>[^/]+)")


def name_actor(actor: str) -> str:
    """Return who signed, without the parts of an ARN that are the same for everybody."""
    assumed = _ASSUMED.fullmatch(actor)
    if assumed:
        return f"{assumed['session']} (role {assumed['role']})"
    named = _NAMED.fullmatch(actor)
    return named["name"] if named else actor
