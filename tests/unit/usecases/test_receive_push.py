"""A delivery is verified, then read; kept, then queued; and queued again until it is done."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from longshore.domain.errors import LongshoreError, Throttled
from longshore.domain.pushes import GitRepository, Ignored, Ping, Provider
from longshore.events.git.messages import parse_push
from longshore.events.git.signatures import Keys
from longshore.usecases.receive_push import (
    Accepted,
    Delivery,
    MalformedError,
    Received,
    TooLongError,
    UnknownRepositoryError,
    UnverifiedError,
    receive_push,
)
from tests.support.deliveries import KEYS, Sent, endless, github, gitlab, sample
from tests.support.fakes import NOON
from tests.support.push_fakes import SHOP, PushWorld


@pytest.fixture
def world() -> PushWorld:
    return PushWorld()


def receive(world: PushWorld, sent: Sent) -> Received:
    return receive_push(Delivery(sent.provider, sent.headers, sent.body), world.receiving)


def nothing_happened(world: PushWorld) -> bool:
    return not world.records.records and not world.queue.messages


def test_a_push_is_kept_under_the_hash_of_its_body_and_queued(world: PushWorld) -> None:
    sent = github(sample("github_push"))
    name = sha256(sent.body).hexdigest()

    received = receive(world, sent)

    assert isinstance(received, Accepted)
    assert (received.hash, received.new, received.sent) == (name, True, True)
    record = world.records.records[name]
    assert (record.repository, record.pusher, record.received_at) == (SHOP, "ada", NOON)
    assert (record.done, record.starts) == (False, ())
    ((dedup, body),) = world.queue.take()
    assert (dedup, parse_push(body)) == (name, (name, received.push))


def test_a_delivery_that_comes_again_is_queued_until_it_is_known_as_done(world: PushWorld) -> None:
    sent = github(sample("github_push"))
    receive(world, sent)

    again = receive(world, sent)

    assert isinstance(again, Accepted)
    assert (again.new, again.sent) == (False, True)
    (record,) = world.records.records.values()
    world.records.keep(replace(record, done=True))
    world.queue.take()
    last = receive(world, sent)
    assert isinstance(last, Accepted)
    assert (last.new, last.sent) == (False, False)
    assert world.queue.messages == []


def test_what_was_kept_and_could_not_be_queued_is_queued_when_it_comes_again(
    world: PushWorld,
) -> None:
    sent = github(sample("github_push"))
    world.queue.failure = Throttled("SQS was slowed down")
    with pytest.raises(Throttled):
        receive(world, sent)
    world.queue.failure = None

    assert isinstance(receive(world, sent), Accepted)
    assert len(world.queue.messages) == 1


def test_a_new_secret_is_looked_for_before_anybody_is_refused(world: PushWorld) -> None:
    world.keys.keys = {each: Keys() for each in Provider}
    world.keys.later = KEYS

    assert isinstance(receive(world, github(sample("github_push"))), Accepted)
    assert world.keys.renewed == 1


@pytest.mark.parametrize(
    ("sent", "error", "told"),
    [
        (
            github(sample("github_push")).having(x_hub_signature_256=None),
            UnverifiedError,
            "no header x-hub-signature-256",
        ),
        (github(sample("github_push", ref=7)), MalformedError, "ref is a number, not text"),
        (
            github(sample("github_push", repository={"full_name": "acme/checkouts"})),
            UnknownRepositoryError,
            "starts anything for github:acme/checkouts",
        ),
        (gitlab(sample("gitlab_push")), UnknownRepositoryError, "gitlab:acme/shop/web"),
    ],
)
def test_what_is_refused_has_no_effect(
    world: PushWorld, sent: Sent, error: type[LongshoreError], told: str
) -> None:
    with pytest.raises(error, match=told):
        receive(world, sent)
    assert nothing_happened(world)


def test_nothing_is_read_of_what_is_not_verified(world: PushWorld) -> None:
    """Whoever can make the reader stumble must know the secret."""
    sent = github(sample("github_push"))
    hostile = replace(sent, body=b"[" * 100_000)

    with pytest.raises(UnverifiedError):
        receive(world, hostile)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (lambda: github(sample("github_ping"), "ping"), Ping()),
        (lambda: github(sample("github_branch_deleted")), Ignored("a ref was deleted")),
    ],
)
def test_what_starts_nothing_costs_nothing(
    world: PushWorld, sent: Callable[[], Sent], expected: Received
) -> None:
    assert receive(world, sent()) == expected
    assert nothing_happened(world)


def test_one_repository_at_two_hosts_is_two(world: PushWorld) -> None:
    world.followers.found = [
        replace(each, repository=GitRepository(Provider.GITLAB, "acme/checkout"))
        for each in world.followers.found
    ]

    with pytest.raises(UnknownRepositoryError):
        receive(world, github(sample("github_push")))


def test_files_that_take_too_much_room_count_as_not_known(world: PushWorld) -> None:
    paths = [f"{number}/" + "é" * 900 for number in range(99)]
    commit = sample("github_push")["commits"][0] | {"added": paths}

    received = receive(world, github(sample("github_push", commits=[commit])))

    assert isinstance(received, Accepted)
    ((_, body),) = world.queue.take()
    assert len(body) < 1000
    (change,) = parse_push(body)[1].refs
    assert change.paths is None
    assert (change,) == received.push.refs


def test_a_push_that_no_message_can_hold_is_refused_before_it_is_kept(world: PushWorld) -> None:
    world.followers.all_known = True

    with pytest.raises(TooLongError, match="1000 refs with names so long that it takes 16"):
        receive(world, endless())
    assert nothing_happened(world)
