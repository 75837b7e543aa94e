"""Where the secret of a Git host comes from; it is in no message, whatever goes wrong."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from longshore.aws.clients import READS
from longshore.aws.pushes import keys_under
from longshore.aws.secrets import parse_secret, texts_under
from longshore.domain.errors import Refused
from longshore.domain.pushes import Provider
from longshore.events.arns import parse_arn
from longshore.events.git.signatures import (
    SHORTEST_SECRET,
    SIGNING_TOKEN,
    Keys,
    shared_key,
    signing_key,
)
from longshore_cli.access import Access
from longshore_cli.errors import CommandError, UsageError
from longshore_cli.webhook.deliveries import GitHost

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

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
    """Return the newest secret of a host that is valid; raise CommandError where there is none.

    What is kept is a JSON object: {"github": "…"}, or a list while a secret is being rotated, the
    new one first. Of GitLab a signing token is taken, or else a plain one of "gitlab-token".
    """
    client = cast(
        "SecretsManagerClient",
        access.session.create_client(
            "secretsmanager", region_name=region_of(arn) or access.region, config=READS
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
    return _newest(text, arn, host)


def region_of(arn: str) -> str:
    """Return the region that an ARN names, empty where it is none."""
    found = parse_arn(arn)
    return found.region if found else ""


def _newest(text: str, arn: str, host: GitHost) -> str:
    """Return the first secret that the webhook takes, out of those that it looks at."""
    try:
        texts = partial(texts_under, parse_secret(text))
    except ValueError:  # its text quotes the secret
        raise _unusable(arn, "is no JSON object", host) from None
    keys, whys = keys_under(Provider(host), texts, plain_tokens=True), []
    for secret, key_of in _in_order(host, keys):
        try:
            key_of(secret)
        except ValueError as error:
            whys.append(str(error))
        else:
            return secret
    why = f"nothing valid for {host}: {whys[0]}" if whys else f"nothing for {host}"
    raise _unusable(arn, f"holds {why}", host)


def _in_order(host: GitHost, keys: Keys) -> Iterator[tuple[str, Callable[[str], bytes]]]:
    """Yield the secrets, each with what makes a key of it where it is valid."""
    signs = signing_key if host is GitHost.GITLAB else shared_key
    yield from ((each, signs) for each in keys.signing)
    yield from ((each, shared_key) for each in keys.tokens)


def _unusable(arn: str, why: str, host: GitHost) -> CommandError:
    if host is GitHost.GITLAB:
        put = f'{{"{host}": "{SIGNING_TOKEN}..."}} into it, a plain token under "{host}-token"'
    else:
        put = f'{{"{host}": "..."}} into it, {SHORTEST_SECRET} characters at least'
    return CommandError(f"the secret {arn} {why}", next_step=f"put {put}")
