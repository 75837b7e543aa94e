"""Deliveries of Git hosts: bodies of the samples, signed as the hosts sign them."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from typing import Any
from urllib.parse import urlencode

from longshore.domain.pushes import Provider
from longshore.events.git.signatures import Keys
from tests.support.fakes import NOON
from tests.support.samples import EVENTS

SECRET = "it is a secret to everybody"
SIGNING_TOKEN = "whsec_" + b64encode(b"thirty-two bytes of a signing key").decode()
PLAIN_TOKEN = "a token that is merely sent along"
BEFORE = "5b0c1f0a1d7f4f6c9e2b8d3a7c6e5f4a3b2c1d0e"
AFTER = "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432"

SECRETS = {
    "github": SECRET,
    "gitlab": SIGNING_TOKEN,
    "gitlab-token": PLAIN_TOKEN,
    "bitbucket": SECRET,
}
"""What the secret of an installation holds."""

KEYS = {
    Provider.GITHUB: Keys((SECRET,)),
    Provider.GITLAB: Keys((SIGNING_TOKEN,)),
    Provider.BITBUCKET: Keys((SECRET,)),
}


@dataclass(frozen=True)
class Sent:
    """A request on its way: to whom, headers as HTTP APIs have them, and the bytes."""

    provider: Provider
    headers: Mapping[str, str]
    body: bytes
    base64: bool = field(default=False)

    def having(self, **headers: str | None) -> "Sent":
        """Return the request with other headers; None takes one away."""
        changed = dict(self.headers)
        for name, value in headers.items():
            changed.pop(name.replace("_", "-"), None)
            if value is not None:
                changed[name.replace("_", "-")] = value
        return replace(self, headers=changed)


def sample(name: str, **changes: object) -> Any:  # noqa: ANN401  # JSON
    """Return a sample of events/git with some of its top-level keys changed."""
    return json.loads((EVENTS / f"git/{name}.json").read_text()) | changes


def github(payload: object, event: str = "push", *, form: bool = False) -> Sent:
    """Return what GitHub sends of a payload, as JSON or as a form."""
    text = json.dumps(payload)
    body = urlencode({"payload": text}).encode() if form else text.encode()
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    headers = {
        "content-type": kind,
        "x-github-event": event,
        "x-github-delivery": "0b989ba4-242f-11e5-81e1-c7b6966d2516",
        "x-hub-signature-256": hub_signature(body),
    }
    return Sent(Provider.GITHUB, headers, body)


def bitbucket(payload: object, event: str = "repo:push") -> Sent:
    """Return what Bitbucket sends of a payload."""
    body = json.dumps(payload).encode()
    headers = {
        "content-type": "application/json",
        "x-event-key": event,
        "x-hub-signature": hub_signature(body),
    }
    return Sent(Provider.BITBUCKET, headers, body)


def endless() -> Sent:
    """Return a push of fewer bytes than are taken, and of more than can be queued."""
    changes = [
        {"new": {"type": "tag", "name": f"{n}{'é' * 250}", "target": {"hash": AFTER}}}
        for n in range(1000)
    ]
    payload = sample("bitbucket_cloud_push", push={"changes": changes})
    body = json.dumps(payload, ensure_ascii=False).encode()
    return replace(bitbucket(payload), body=body).having(x_hub_signature=hub_signature(body))


def gitlab(payload: object, at: datetime = NOON) -> Sent:
    """Return what GitLab sends of a payload, signed with a signing token."""
    body = json.dumps(payload).encode()
    moment = str(int(at.timestamp()))
    headers = {
        "content-type": "application/json",
        "x-gitlab-event": "Push Hook",
        "webhook-id": "f5e5f430-f57b-4e6e-9fac-d9128cd7232f",
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{gitlab_signature(body, moment)}",
    }
    return Sent(Provider.GITLAB, headers, body)


def gitlab_plain(payload: object) -> Sent:
    """Return what GitLab sends of a payload with a token that is merely sent along."""
    headers = {"content-type": "application/json", "x-gitlab-token": PLAIN_TOKEN}
    return Sent(Provider.GITLAB, headers, json.dumps(payload).encode())


def hub_signature(body: bytes, secret: str = SECRET) -> str:
    return f"sha256={digest(secret.encode(), body, sha256).hex()}"


def gitlab_signature(
    body: bytes,
    moment: str,
    name: str = "f5e5f430-f57b-4e6e-9fac-d9128cd7232f",
    token: str = SIGNING_TOKEN,
) -> str:
    key = b64decode(token.removeprefix("whsec_"))
    return b64encode(digest(key, f"{name}.{moment}.".encode() + body, sha256)).decode()


SIGNED: Mapping[str, Callable[[], Sent]] = {
    "github": lambda: github(sample("github_push")),
    "github-form": lambda: github(sample("github_push"), form=True),
    "gitlab": lambda: gitlab(sample("gitlab_push")),
    "bitbucket": lambda: bitbucket(sample("bitbucket_cloud_push")),
    "bitbucket-data-center": lambda: bitbucket(
        sample("bitbucket_data_center_push"), "repo:refs_changed"
    ),
}
"""One good delivery of each kind that is signed."""


def http_event(sent: Sent) -> dict[str, Any]:
    """Return a request as an HTTP API passes it on (payload version 2.0)."""
    path = f"/v1/git/{sent.provider}"
    return {
        "version": "2.0",
        "routeKey": "POST /v1/git/{provider}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"accept": "*/*", "host": "x.execute-api.eu-central-1.amazonaws.com"}
        | dict(sent.headers),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "x",
            "domainName": "x.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "x",
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "GitHub-Hookshot/044aadd",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "POST /v1/git/{provider}",
            "stage": "$default",
            "time": "23/Nov/2026:12:00:00 +0000",
            "timeEpoch": int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp() * 1000),
        },
        "pathParameters": {"provider": str(sent.provider)},
        "body": b64encode(sent.body).decode() if sent.base64 else sent.body.decode(),
        "isBase64Encoded": sent.base64,
    }
