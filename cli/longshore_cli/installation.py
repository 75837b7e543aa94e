"""Find an installation: the one thing the command must know before it can ask anything."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from longshore.domain.errors import Refused
from longshore.domain.places import Home
from longshore.events.arns import parse_arn
from longshore_cli.access import Access
from longshore_cli.errors import CommandError, UsageError

SCHEMA = 1
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
"""That of a stack, which is an installation's name where it has none of its own."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What the installation's SSM parameter says; `stack` is empty where an older one wrote it.

    `webhook_url` and `git_secret_arn` are empty where it has no webhook for Git hosts.
    """

    name: str
    version: str
    home: Home
    table: str
    control_url: str
    slack: bool = False
    stack: str = ""
    webhook_url: str = ""
    git_secret_arn: str = ""


def parameter_name(installation: str) -> str:
    """Return the SSM parameter in which a stack leaves what the command must know."""
    return f"/longshore/{installation}"


def find_installation(access: Access) -> Installation:
    """Return the installation that was named; raise CommandError where there is none."""
    name = access.place.installation
    if _NAME.fullmatch(name) is None:
        raise UsageError(
            f"{name!r} is no name of an installation: it begins with a letter and holds letters, "
            "digits and '-'",
            next_step="correct --installation or LONGSHORE_INSTALLATION",
        )
    parameter = parameter_name(name)
    try:
        answer = access.gate.call(access.ssm.get_parameter, Name=parameter)
    except Refused as error:
        if error.code != "ParameterNotFound":
            raise
        raise CommandError(
            f"there is no installation {name!r} in {access.region}: no parameter {parameter}",
            next_step="name another one with --installation or --region, or install: sam deploy",
        ) from None
    return parse_installation(name, answer["Parameter"].get("Value", ""))


def parse_installation(name: str, text: str) -> Installation:
    """Read the parameter's value; raise CommandError when it is not one of this version's."""
    values = _object(name, text)
    schema = values.get("schema")
    if schema != SCHEMA:
        raise CommandError(
            f"installation {name!r} speaks schema {schema!r}, this command {SCHEMA}",
            next_step="bring the command and the installation to the same version",
        )
    return Installation(
        name=name,
        version=_text(name, values, "version"),
        home=_home(name, _text(name, values, "topic_arn")),
        table=_text(name, values, "table"),
        control_url=_text(name, values, "control_url"),
        slack=values.get("slack") is True,
        stack=str(values.get("stack", "")),
        webhook_url=str(values.get("webhook_url") or ""),
        git_secret_arn=str(values.get("git_secret_arn") or ""),
    )


def _object(name: str, text: str) -> Mapping[str, object]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise _damaged(name, "it is no JSON object")
    return values


def _text(name: str, values: Mapping[str, object], key: str) -> str:
    value = values.get(key)
    if not isinstance(value, str) or not value:
        raise _damaged(name, f"{key} is missing")
    return value


def _home(name: str, topic: str) -> Home:
    """An installation lies where its topic lies: the topic's ARN says it without another call."""
    arn = parse_arn(topic)
    if arn is None:
        raise _damaged(name, "topic_arn is no ARN")
    return Home(arn.partition, arn.account, arn.region)


def _damaged(name: str, why: str) -> CommandError:
    return CommandError(
        f"the parameter {parameter_name(name)} cannot be read: {why}",
        next_step="deploy the installation again; its stack writes the parameter",
    )
