"""Sign a delivery as a Git host does; nothing here says what the secret is. Pure."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64Error
from collections.abc import Mapping
from datetime import datetime
from hmac import digest

from longshore_cli.webhook.deliveries import GitHost

SHORTEST_SECRET = 16
"""Characters, or bytes of a signing token's key; the webhook takes nothing shorter for a secret."""

SIGNING_TOKEN = "whsec_"  # noqa: S105  how every signing token of GitLab begins


def signature(
    host: GitHost, secret: str, body: bytes, delivery: str, now: datetime
) -> Mapping[str, str]:
    """Return the headers by which a host shows that it knows the secret.

    - GitHub and Bitbucket: HMAC-SHA256 of the body, each in a header of its own.
    - GitLab: with a signing token, one over id, time and body; any other token is sent as it is.

    Raises ValueError for a secret that cannot be valid.
    """
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"it has fewer than {SHORTEST_SECRET} characters, which is never valid")
    match host:
        case GitHost.GITHUB:
            return {"X-Hub-Signature-256": _hub(secret, body), "X-GitHub-Delivery": delivery}
        case GitHost.BITBUCKET:
            return {"X-Hub-Signature": _hub(secret, body), "X-Request-UUID": delivery}
        case GitHost.GITLAB if secret.startswith(SIGNING_TOKEN):
            return _signed(secret, body, delivery, now)
        case GitHost.GITLAB:
            return {"X-Gitlab-Token": secret, "X-Gitlab-Event-UUID": delivery}


def _hub(secret: str, body: bytes) -> str:
    return f"sha256={digest(secret.encode(), body, 'sha256').hex()}"


def _signed(token: str, body: bytes, delivery: str, now: datetime) -> Mapping[str, str]:
    try:
        key = b64decode(token.removeprefix(SIGNING_TOKEN), validate=True)
    except (NotBase64Error, ValueError):
        raise ValueError(f"it begins with {SIGNING_TOKEN} and goes on with no base64") from None
    if len(key) < SHORTEST_SECRET:
        raise ValueError(f"its key has fewer than {SHORTEST_SECRET} bytes, which is never valid")
    moment = str(int(now.timestamp()))
    signed = b".".join((delivery.encode(), moment.encode(), body))
    return {
        "webhook-id": delivery,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{b64encode(digest(key, signed, 'sha256')).decode()}",
    }
