"""What `longshore webhook test` sends is what the webhook takes."""

import pytest

from longshore.domain.pushes import Ignored, Ping, Provider, Push, RefKind
from longshore.events.git.deliveries import parse_delivery
from longshore.events.git.signatures import Keys, why_unverified
from longshore_cli.webhook.deliveries import Delivery, GitHost, SamplePush, ping_of, push_of
from longshore_cli.webhook.signing import signature
from tests.support.deliveries import PLAIN_TOKEN, SECRET, SIGNING_TOKEN
from tests.support.fakes import NOON

COMMIT = "b" * 40
SENT = [
    (GitHost.GITHUB, SECRET),
    (GitHost.GITLAB, SIGNING_TOKEN),
    (GitHost.GITLAB, PLAIN_TOKEN),
    (GitHost.BITBUCKET, SECRET),
]


def taken(host: GitHost, secret: str, delivery: Delivery) -> Push | Ping | Ignored:
    signed = signature(host, secret, delivery.body, "d-1", NOON)
    headers = {name.lower(): value for name, value in {**delivery.headers, **signed}.items()}
    provider, keys = Provider(host.value), Keys((SECRET, SIGNING_TOKEN), (PLAIN_TOKEN,))
    assert why_unverified(provider, headers, delivery.body, keys, NOON) is None
    return parse_delivery(provider, headers, delivery.body)


@pytest.mark.parametrize(("host", "secret"), SENT)
def test_a_sample_push_is_a_push(host: GitHost, secret: str) -> None:
    sample = SamplePush("acme/shop", COMMIT, branch="main", paths=("web/a.py",), pusher="ada")

    push = taken(host, secret, push_of(host, sample))

    assert isinstance(push, Push)
    (change,) = push.refs
    assert (str(push.repository), push.pusher) == (f"{host}:acme/shop", "ada")
    assert (change.ref, change.after) == ("refs/heads/main", COMMIT)
    assert change.paths in {("web/a.py",), None}
    assert (change.paths is None) == (host is GitHost.BITBUCKET)


@pytest.mark.parametrize(("host", "secret"), SENT)
def test_a_sample_tag_is_a_tag(host: GitHost, secret: str) -> None:
    push = taken(host, secret, push_of(host, SamplePush("acme/shop", COMMIT, tag="v1")))

    assert isinstance(push, Push)
    assert [(each.kind, each.name, each.after) for each in push.refs] == [
        (RefKind.TAG, "v1", COMMIT)
    ]


@pytest.mark.parametrize(("host", "secret"), SENT)
def test_a_ping_starts_nothing(host: GitHost, secret: str) -> None:
    assert isinstance(taken(host, secret, ping_of(host)), Ping | Ignored)
