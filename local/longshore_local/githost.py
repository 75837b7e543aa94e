"""The Git host beside the embedded AWS: the secret that it signs with, and what names it."""

import json
from collections.abc import Iterable, Mapping

from longshore_local.cloud.clients import Cloud

SECRET = "longshore-git"  # noqa: S105 - the secret's name


def git_parameters(cloud: Cloud, secret: str, startable: Iterable[str]) -> Mapping[str, str]:
    """Store a secret as somebody does who sets up a webhook; return the template's parameters."""
    stored = cloud.secrets.create_secret(Name=SECRET, SecretString=json.dumps({"github": secret}))
    return {"GitSecretArn": stored["ARN"], "StartableArns": ",".join(startable)}
