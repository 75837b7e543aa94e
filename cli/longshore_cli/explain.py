"""`longshore explain`: what an event would cause, worked out without AWS."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from longshore.decide.concerns import Ignore, Wake, Watch, concerns
from longshore.decide.registered import Registered
from longshore.domain.delivery_facts import DeliveryFact
from longshore.domain.facts import (
    EcsDeploymentChanged,
    Fact,
    ImageFact,
    ImageOrEcsFact,
    ImagePushed,
    ImagePushFailed,
    ImageScanned,
    ImageStorageChanged,
    ReferrerChanged,
    ServiceActed,
    ServiceMention,
    TaskFact,
    TaskMoved,
    TaskStopped,
)
from longshore.events.documents import parse_document
from longshore.events.inbound import parse_event
from longshore.events.parsed import Known, Malformed, Unknown
from longshore_cli.delivery_view import delivery_particulars
from longshore_cli.documents import read_bytes
from longshore_cli.output import OutputFormat, print_json, print_line, print_warning
from longshore_cli.registrations import read_registrations
from longshore_cli.rules import rules_met

FACT_KEYS = (
    "type",
    "repository",
    "tag",
    "digest",
    "account",
    "region",
    "via",
    "service",
    "cluster",
    "ecs_deployment_id",
    "task",
    "pipeline",
    "execution",
    "pipeline_stage",
    "action",
    "build",
    "deployment",
    "reference",
    "commit",
    "state",
    "time",
    "event_id",
)


class Outcome(StrEnum):
    """What comes of an event: stages (or an execution) are looked at, nothing, or it is none."""

    WAKE = "wake"
    IGNORED = "ignored"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an event would cause, and why; `fact` is None where the event tells none."""

    rules: tuple[str, ...]
    fact: Mapping[str, str | None] | None
    outcome: Outcome
    reason: str


def run_explain(event: str, config: str | None, output: OutputFormat) -> None:
    """Print what the event in a file would cause; raise UsageError where a file cannot be read."""
    content = read_bytes(
        event, next_step="name a file with an event as JSON: --event FILE, or - for stdin"
    )
    registrations = read_registrations(config) if config is not None else None
    for warning in registrations.warnings if registrations else ():
        print_warning(warning)
    explanation = explain(content, registrations.registered if registrations else None)
    if output is OutputFormat.JSON:
        print_json(_document(explanation))
    else:
        _print_for_people(explanation)


def explain(content: bytes, registered: Registered | None) -> Explanation:
    """Return what an event would cause, for the stages registered or, with None, for any stage."""
    try:
        body = parse_document(content)
    except ValueError as error:
        return Explanation((), None, Outcome.REJECTED, str(error))
    rules = rules_met(body)
    match parse_event(body):
        case Malformed(reason):
            return Explanation(rules, None, Outcome.REJECTED, reason)
        case Unknown(_, reason):
            return Explanation(rules, None, Outcome.IGNORED, reason)
        case Known(fact):
            outcome, reason = _outcome(fact, registered)
            return Explanation(rules, fact_document(fact), outcome, reason)


def _outcome(fact: Fact, registered: Registered | None) -> tuple[Outcome, str]:
    match concerns(fact, registered):
        case Wake(_, reason) | Watch(_, _, reason):
            return Outcome.WAKE, reason
        case Ignore(reason):
            return Outcome.IGNORED, reason


def fact_document(fact: Fact) -> Mapping[str, str | None]:
    """Return a fact with the same keys for every type, None where it has nothing to say."""
    common = {
        "type": type(fact).__name__,
        "account": fact.home.account,
        "region": fact.home.region,
        "time": fact.time,
        "event_id": fact.event_id,
    }
    if isinstance(fact, DeliveryFact):
        return {**dict.fromkeys(FACT_KEYS), **common, **delivery_particulars(fact)}
    return {**dict.fromkeys(FACT_KEYS), **common, **_particulars(fact), "state": _state(fact)}


def _particulars(fact: ImageOrEcsFact) -> Mapping[str, str | None]:
    match fact:
        case ImagePushed() | ImagePushFailed():
            return {**_image(fact), "via": fact.via.value}
        case EcsDeploymentChanged():
            return {**_service(fact.service), "ecs_deployment_id": fact.ecs_deployment_id}
        case ServiceActed():
            return _service(fact.service)
        case TaskStopped():
            return {**_task(fact), "task": fact.task.task}
        case TaskMoved():
            return {**_task(fact), "task": fact.task}
        case _:
            return _image(fact)


def _image(fact: ImageFact) -> Mapping[str, str | None]:
    return {"repository": fact.repository.name, "tag": fact.tag, "digest": fact.digest}


def _service(service: ServiceMention | None) -> Mapping[str, str | None]:
    return {"service": service.name, "cluster": service.cluster} if service else {}


def _task(fact: TaskFact) -> Mapping[str, str | None]:
    return {
        **_service(fact.service),
        "cluster": fact.cluster,
        "ecs_deployment_id": fact.ecs_deployment_id,
    }


def _state(fact: ImageOrEcsFact) -> str | None:
    match fact:
        case EcsDeploymentChanged():
            return fact.state.value
        case ServiceActed() | ReferrerChanged():
            return fact.action
        case TaskStopped():
            return "STOPPED"
        case TaskMoved() | ImageScanned():
            return fact.status
        case _:
            return fact.storage_class if isinstance(fact, ImageStorageChanged) else None


def _document(explanation: Explanation) -> Mapping[str, object]:
    return {
        "rules": list(explanation.rules),
        "fact": explanation.fact,
        "outcome": explanation.outcome.value,
        "reason": explanation.reason,
    }


def _print_for_people(explanation: Explanation) -> None:
    print_line(f"{explanation.outcome.value}: {explanation.reason}")
    print_line(f"rules it meets: {', '.join(explanation.rules) or 'none'}")
    fact = explanation.fact or {}
    print_line(f"fact: {fact.get('type') or 'none'}")
    for name, value in fact.items():
        if name != "type" and value is not None:
            print_line(f"  {name:<18}{value}")
