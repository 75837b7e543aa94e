"""Inbound events: AWS's JSON to facts. Total: whatever comes in, one answer goes out."""

from collections.abc import Callable, Mapping

from longshore.domain.facts import Fact
from longshore.events.codebuild import read_codebuild_event
from longshore.events.codecommit import read_codecommit_event
from longshore.events.codedeploy import read_codedeploy_event
from longshore.events.codepipeline import read_codepipeline_event
from longshore.events.documents import Fields, kind_of
from longshore.events.ecr import read_ecr_event
from longshore.events.ecs import read_ecs_event
from longshore.events.engines import Homeless
from longshore.events.envelope import read_envelope
from longshore.events.parsed import Envelope, Known, Malformed, Parsed, Unknown
from longshore.events.strangers import what_it_looks_like, why_not_read

_SOURCES: Mapping[str, Callable[[Fields, str], Fact | None]] = {
    "aws.codebuild": read_codebuild_event,
    "aws.codecommit": read_codecommit_event,
    "aws.codedeploy": read_codedeploy_event,
    "aws.codepipeline": read_codepipeline_event,
    "aws.ecr": read_ecr_event,
    "aws.ecs": read_ecs_event,
}


def parse_event(body: object) -> Parsed:
    """Read an event that is JSON already; never raises for anything that JSON can hold."""
    if not isinstance(body, dict):
        return Malformed(f"{kind_of(body)} where a JSON object is expected")
    event = Fields("", body)
    try:
        envelope = read_envelope(event)
    except ValueError as error:
        return Malformed(_no_event(body, str(error)))
    try:
        return _parse(event, envelope)
    except Homeless as error:
        return Unknown(envelope, str(error))
    except ValueError as error:
        return Malformed(f"{envelope.detail_type}: {error}")


def _parse(event: Fields, envelope: Envelope) -> Parsed:
    read = _SOURCES.get(envelope.source)
    fact = read(event, envelope.detail_type) if read else None
    if fact is not None:
        return Known(fact)
    return Unknown(envelope, why_not_read(envelope, event.fields("detail")))


def _no_event(body: Mapping[str, object], complaint: str) -> str:
    looks_like = what_it_looks_like(body)
    hint = f"; it looks like {looks_like}" if looks_like else ""
    return f"no EventBridge event: {complaint}{hint}"
