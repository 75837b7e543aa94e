"""Sends a payload as GitHub does: JSON, with the signature of the very bytes that are sent.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from uuid import uuid4

from longshore_local.errors import LocalCloudError
from longshore_local.git.webhook import Webhook

PATIENCE = 10.0
"""Seconds that GitHub waits for an answer."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a webhook answered."""

    status: int
    body: str

    @property
    def taken(self) -> bool:
        """Whether the host would count it as delivered."""
        return 200 <= self.status < 300  # noqa: PLR2004 - as HTTP has them

    @property
    def outcome(self) -> str:
        """What the answer says came of it, in a word where it has one."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return self.body.strip()
        told = said.get("outcome") or said.get("error") if isinstance(said, dict) else None
        return str(told or self.body.strip())


def signature(secret: str, body: bytes) -> str:
    """Return the value of X-Hub-Signature-256."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def deliver(
    webhook: Webhook, event: str, payload: Mapping[str, object], delivery: str = ""
) -> Delivered:
    """Send an event; raise LocalCloudError where nobody answers in time."""
    body = json.dumps(payload, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/local",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery or str(uuid4()),
        "X-GitHub-Hook-ID": "1",
        "X-Hub-Signature-256": signature(webhook.secret, body),
    }
    request = Request(webhook.url, body, headers, method="POST")  # noqa: S310 - our own loopback address
    try:
        with urlopen(request, timeout=PATIENCE) as reply:  # noqa: S310 - our own loopback address
            return Delivered(reply.status, reply.read().decode(errors="replace"))
    except HTTPError as error:
        return Delivered(error.code, error.read().decode(errors="replace"))
    except (URLError, TimeoutError) as error:
        raise LocalCloudError(f"the webhook {webhook.url} does not answer: {error}") from error
