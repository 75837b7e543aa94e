"""Where the secret of a Git host comes from; it is in no message, whatever goes wrong."""

import os
from typing import TYPE_CHECKING, cast

from longshore.aws.clients import READS
from longshore.domain.errors import Refused
from longshore.events.documents import parse_document
from longshore_cli.access import Access
from longshore_cli.errors import CommandError, UsageError
from longshore_cli.webhook.deliveries import GitHost
from longshore_cli.webhook.signing import SIGNING_TOKEN

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_BYTE_ORDER_MARK = "\ufeff"
_PLAIN = "gitlab-token"
_NOT_THERE = "ResourceNotFoundException"


def secret_of_environment(variable: str) -> str:
    """Return the secret that stands in a variable; raise UsageError where none does."""
    secret = os.environ.get(variable, "")
    if not secret:
        raise UsageError(
            f"the variable {variable} is not set, or empty",
            next_step=f"set {variable} to the webhook's secret, then repeat the command",
        )
    return secret


def secret_of_aws(access: Access, arn: str, host: GitHost) -> str:
    """Return the newest secret of a host; raise CommandError where there is none.

    What is kept is a JSON object: {"github": "…"}, or a list while a secret is being rotated, the
    new one first. Of GitLab the signing token is taken, or else the plain one of "gitlab-token".
    """
    client = cast(
        "SecretsManagerClient",
        access.session.create_client(
            "secretsmanager", region_name=_region(arn) or access.region, config=READS
        ),
    )
    try:
        text = access.gate.call(client.get_secret_value, SecretId=arn).get("SecretString", "")
    except Refused as error:
        if error.code != _NOT_THERE:
            raise
        raise CommandError(
            f"there is no secret {arn}", next_step="name another one with --secret-from"
        ) from None
    return _first(text, arn, host)


def _first(text: str, arn: str, host: GitHost) -> str:
    try:
        values = parse_document(text.removeprefix(_BYTE_ORDER_MARK))
    except ValueError:  # its text quotes the secret
        raise _unusable(arn, "is no JSON object", host) from None
    found = _newest(values.get(host))
    if host is GitHost.GITLAB:
        if found and not found.startswith(SIGNING_TOKEN):
            why = f'holds for gitlab what is no signing token: others stand under "{_PLAIN}"'
            raise _unusable(arn, why, host)
        found = found or _newest(values.get(_PLAIN))
    if not found:
        raise _unusable(arn, f"holds nothing for {host}", host)
    return found


def _newest(value: object) -> str:
    """Return the first of the secrets that are valid, empty where there is none."""
    listed = value if isinstance(value, list) else [value]
    return next((each for each in listed if isinstance(each, str) and each), "")


def _unusable(arn: str, why: str, host: GitHost) -> CommandError:
    form = f"{SIGNING_TOKEN}..." if host is GitHost.GITLAB else "the secret of the webhook"
    return CommandError(
        f"the secret {arn} {why}",
        next_step=f'put {{"{host}": "{form}"}} into it',
    )


def _region(arn: str) -> str:
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 else ""  # noqa: PLR2004  # arn:partition:service:region
