"""A delivery of a Git host is verified, read, kept once, and queued until it is known as done."""

from dataclasses import dataclass
from hashlib import sha256

from longshore.domain.errors import LongshoreError
from longshore.domain.pushes import Ignored, Ping, Provider, Push, PushRecord
from longshore.events.git.deliveries import parse_delivery
from longshore.events.git.messages import fitted
from longshore.events.git.signatures import Headers, why_unverified
from longshore.usecases.push_ports import ReceivePorts


class NotAcceptedError(LongshoreError):
    """A delivery is refused; the text is for the operator, never for who sent it."""


class UnverifiedError(NotAcceptedError):
    """Nobody who knows the secret sent these bytes now."""


class MalformedError(NotAcceptedError):
    """It is verified, and no delivery of this host."""


class TooLongError(NotAcceptedError):
    """It is verified, and names more than can be queued."""


class UnknownRepositoryError(NotAcceptedError):
    """No configuration in force has anything to start for it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came: headers by names in small letters, and the very bytes."""

    provider: Provider
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """A push that will start something; `sent` is False where it was known to be done."""

    hash: str
    push: Push
    new: bool
    sent: bool


Received = Accepted | Ping | Ignored


def receive_push(delivery: Delivery, ports: ReceivePorts) -> Received:
    """Take a delivery.

    Raises:
        UnverifiedError, MalformedError, TooLongError, UnknownRepositoryError: it is refused;
            nothing was done.
        NotPermitted: the secret cannot be read, or a permission is missing.
        Throttled: AWS was busy; the same delivery can be sent again.
    """
    _verify(delivery, ports)
    match _read(delivery):
        case Push() as push:
            name = sha256(delivery.body).hexdigest()
            return _accept(name, _fitted(name, push), ports)
        case told:
            return told


def _verify(delivery: Delivery, ports: ReceivePorts) -> None:
    """Look once more where the secret may have been changed since it was read."""
    reason = _why_unverified(delivery, ports)
    if reason is not None and ports.keys.renew():
        reason = _why_unverified(delivery, ports)
    if reason is not None:
        raise UnverifiedError(reason)


def _why_unverified(delivery: Delivery, ports: ReceivePorts) -> str | None:
    keys = ports.keys.of(delivery.provider)
    return why_unverified(
        delivery.provider, delivery.headers, delivery.body, keys, ports.clock.now()
    )


def _read(delivery: Delivery) -> Push | Ping | Ignored:
    try:
        return parse_delivery(delivery.provider, delivery.headers, delivery.body)
    except ValueError as error:
        raise MalformedError(str(error)) from error


def _fitted(name: str, push: Push) -> Push:
    try:
        return fitted(name, push)
    except ValueError as error:
        raise TooLongError(str(error)) from error


def _accept(name: str, push: Push, ports: ReceivePorts) -> Accepted:
    """Keep it first: who is queued but not kept could be queued again for ever."""
    if not ports.followers.are_there(push.repository):
        message = f"no configuration in force starts anything for {push.repository}"
        raise UnknownRepositoryError(message)
    record = PushRecord(name, push.repository, push.pusher, ports.clock.now())
    known = ports.records.put_new(record)
    done = known is not None and known.done
    if not done:
        ports.queue.put(name, push)
    return Accepted(name, push, new=known is None, sent=not done)
