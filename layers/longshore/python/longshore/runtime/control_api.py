"""The control function's routes: what people may ask for, and what they are answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

from longshore.domain.errors import Conflict, LongshoreError, Throttled, UnknownReply
from longshore.domain.intents import WantedImage
from longshore.domain.stop_switch import EVERYTHING
from longshore.events.outbound import freeze_detail
from longshore.events.strict import Strict
from longshore.runtime.http import (
    HttpAnswer,
    HttpError,
    Request,
    read_request,
    refuse,
    respond,
)
from longshore.runtime.observability import WORK_FAILED, Journal
from longshore.usecases.accept_configuration import ConfigurationRequest, accept_configuration
from longshore.usecases.accept_intent import IntentRequest, accept_intent
from longshore.usecases.control_ports import (
    ContradictedError,
    ControlPorts,
    InvalidError,
    RejectedError,
    UnknownStageError,
)
from longshore.usecases.turn_switch import SwitchRequest, turn_switch

_STATUS: Mapping[type[RejectedError], HTTPStatus] = {
    InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownStageError: HTTPStatus.NOT_FOUND,
    ContradictedError: HTTPStatus.CONFLICT,
}
_SEND_AGAIN = "send the same request again: what is done already stays done"
_UPDATE = "use the longshore command of this installation's version"
_LOOK = "look at the control function's log"


def answer_request(event: Mapping[str, Any], ports: ControlPorts, journal: Journal) -> HttpAnswer:
    """Answer a request; whatever goes wrong is JSON that says what failed and what comes next."""
    try:
        request = read_request(event)
        granted = _route(request)(request, ports)
    except (HttpError, LongshoreError) as error:
        refusal = _refusal(error)
        journal.note("request refused", status=int(refusal.status), reason=str(refusal))
        return refuse(refusal)
    except Exception as error:  # noqa: BLE001  Lambda's own answer, a bare 502, helps nobody
        journal.fail("request failed", error)
        journal.count(WORK_FAILED, kind=type(error).__name__)
        return refuse(HttpError(HTTPStatus.INTERNAL_SERVER_ERROR, "Longshore failed", _LOOK))
    journal.note("request granted", path=request.path, actor=request.actor, answer=granted.document)
    return respond(granted.status, granted.document)


def _refusal(error: HttpError | LongshoreError) -> HttpError:
    """Return what a person is told of an error that Longshore raises on purpose."""
    match error:
        case HttpError():
            return error
        case RejectedError():
            return HttpError(_STATUS[type(error)], str(error), error.next_step)
        case Throttled() | UnknownReply() | Conflict():
            return HttpError(HTTPStatus.SERVICE_UNAVAILABLE, str(error), _SEND_AGAIN)
        case _:
            return HttpError(HTTPStatus.INTERNAL_SERVER_ERROR, str(error), _LOOK)


@dataclass(frozen=True, slots=True)
class _Granted:
    """What a request is answered that is granted; the log has it too."""

    document: Mapping[str, object]
    status: HTTPStatus = HTTPStatus.OK


# ── routes ───────────────────────────────────────────────────────────────────────────────────


def _configurations(request: Request, ports: ControlPorts) -> _Granted:
    accepted = accept_configuration(_read(_configuration_request, request), ports)
    stages = [str(stage) for stage in accepted.stages]
    return _Granted(
        {"application": accepted.application, "number": accepted.number, "stages": stages}
    )


def _configuration_request(fields: Strict, actor: str) -> ConfigurationRequest:
    return ConfigurationRequest(
        document=fields.object_at("document").values,
        deploy=fields.truth("deploy", default=False),
        base=fields.whole("base"),
        actor=actor,
        observe=fields.truth("observe", default=False),
    )


def _intents(request: Request, ports: ControlPorts) -> _Granted:
    intent = accept_intent(_read(_intent_request, request), ports)
    document = {"id": intent.id, "stage": str(intent.stage), "kind": intent.kind.value}
    return _Granted(document, HTTPStatus.ACCEPTED)


def _intent_request(fields: Strict, actor: str) -> IntentRequest:
    return IntentRequest(
        stage=fields.text("stage"),
        kind=fields.text("kind"),
        reason=fields.text("reason"),
        id=fields.text("id"),
        actor=actor,
        images=tuple(_wanted(image) for image in _optional_list(fields, "images")),
        to=fields.optional_text("to"),
        leaving=fields.optional_text("leaving"),
        named=fields.truth("named", default=True),
        pinned=fields.optional_text("pinned"),
        number=fields.optional_whole("number"),
        until=_until(fields),
    )


def _freeze(request: Request, ports: ControlPorts) -> _Granted:
    turned = turn_switch(_read(_switch_request, request), ports)
    freeze = turned.freeze
    woken = None if freeze.on else not turned.unwoken
    more = {"changed": turned.changed, "woken": woken, "unwoken": turned.unwoken or None}
    return _Granted({**freeze_detail(freeze), **more})


def _switch_request(fields: Strict, actor: str) -> SwitchRequest:
    return SwitchRequest(
        frozen=fields.truth("frozen"),
        reason=fields.text("reason"),
        seen=fields.whole("seen"),
        actor=actor,
        scope=fields.optional_text("scope") or EVERYTHING,
        until=_until(fields),
    )


def _until(fields: Strict) -> datetime | None:
    """Return the moment at which what is asked for ends by itself, if it does."""
    return None if fields.values.get("until") is None else fields.moment("until")


def _optional_list(fields: Strict, key: str) -> tuple[Strict, ...]:
    return fields.objects(key) if key in fields.values else ()


def _wanted(image: Strict) -> WantedImage:
    return WantedImage(image.text("alias"), image.text("digest"), image.optional_text("tag"))


_Asked = TypeVar("_Asked")


def _read(read: Callable[[Strict, str], _Asked], request: Request) -> _Asked:
    try:
        return read(Strict("", request.body), request.actor)
    except ValueError as error:
        raise HttpError(
            HTTPStatus.BAD_REQUEST, str(error), "send what the longshore command sends"
        ) from error


_Answering = Callable[[Request, ControlPorts], _Granted]
_ROUTES: Mapping[str, _Answering] = {
    "/v1/configurations": _configurations,
    "/v1/intents": _intents,
    "/v1/freeze": _freeze,
}


def _route(request: Request) -> _Answering:
    answering = _ROUTES.get(request.path)
    if answering is None:
        known = ", ".join(_ROUTES)
        raise HttpError(HTTPStatus.NOT_FOUND, f"nothing is at this path: use {known}", _UPDATE)
    if request.method != "POST":
        raise HttpError(HTTPStatus.METHOD_NOT_ALLOWED, "only POST is answered here", _UPDATE)
    return answering
