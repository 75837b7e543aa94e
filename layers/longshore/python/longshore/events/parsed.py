"""What parsing an event can end in: a fact, an event that tells us nothing, or no event at all."""

from dataclasses import dataclass

from longshore.domain.facts import Fact


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every EventBridge event says of itself; only source and type are always there."""

    source: str
    detail_type: str
    account: str | None
    region: str | None
    event_id: str | None
    time: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """An event that tells a fact."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Unknown:
    """A well-formed event of a kind that Longshore does not read."""

    envelope: Envelope
    reason: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """Something that is no EventBridge event, or one that lacks what its kind must have."""

    reason: str


Parsed = Known | Unknown | Malformed
