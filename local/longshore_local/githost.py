"""The Git host beside the embedded AWS: its secret, and where it tells of pushes."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from longshore_local.cloud.clients import Cloud
from longshore_local.git import Webhook

SECRET = "longshore-git"  # noqa: S105 - the secret's name


@dataclass(frozen=True, slots=True)
class GitHost:
    """A host of repositories, which shares a secret with the webhook that it tells."""

    _secret: str = field(default_factory=partial(secrets.token_hex, 32))

    def parameters(self, cloud: Cloud, startable: Sequence[str]) -> Mapping[str, str]:
        """Store the secret as who sets a webhook up does; return the template's parameters.

        Where nothing is startable there is no webhook, and no parameter for it.
        """
        if not startable:
            return {}
        value = json.dumps({"github": self._secret})
        stored = cloud.secrets.create_secret(Name=SECRET, SecretString=value)
        return {"GitSecretArn": stored["ARN"], "StartableArns": ",".join(startable)}

    def webhook(self, url: str) -> Webhook:
        """Return the webhook as a repository has it."""
        return Webhook(f"{url}/github", self._secret)

    @staticmethod
    def address(cloud: Cloud, api: str) -> str:
        """Return where the webhook's API answers.

        The emulator's own address names the API by a host that not every machine can look up.
        """
        return f"{cloud.endpoint}/_aws/execute-api/{api}/$default/v1/git"
