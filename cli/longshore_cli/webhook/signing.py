"""Sign a delivery as a Git host does; nothing here says what the secret is. Pure."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from hmac import digest

from longshore.events.git.signatures import SIGNING_TOKEN, shared_key, signing_key
from longshore_cli.webhook.deliveries import GitHost


def signature(
    host: GitHost, secret: str, body: bytes, delivery: str, now: datetime
) -> Mapping[str, str]:
    """Return the headers by which a host shows that it knows the secret.

    - GitHub and Bitbucket: HMAC-SHA256 of the body, each in a header of its own.
    - GitLab: with a signing token, one over id, time and body; any other token is sent as it is.

    Raises ValueError for a secret that cannot be valid.
    """
    key = shared_key(secret)
    match host:
        case GitHost.GITHUB:
            return {"X-Hub-Signature-256": _hub(key, body), "X-GitHub-Delivery": delivery}
        case GitHost.BITBUCKET:
            return {"X-Hub-Signature": _hub(key, body), "X-Request-UUID": delivery}
        case GitHost.GITLAB if secret.startswith(SIGNING_TOKEN):
            return _signed(signing_key(secret), body, delivery, now)
        case GitHost.GITLAB:
            return {"X-Gitlab-Token": secret, "X-Gitlab-Event-UUID": delivery}


def _hub(key: bytes, body: bytes) -> str:
    return f"sha256={digest(key, body, 'sha256').hex()}"


def _signed(key: bytes, body: bytes, delivery: str, now: datetime) -> Mapping[str, str]:
    moment = str(int(now.timestamp()))
    signed = b".".join((delivery.encode(), moment.encode(), body))
    return {
        "webhook-id": delivery,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{b64encode(digest(key, signed, 'sha256')).decode()}",
    }
