"""Reads what a client sent: https://docs.slack.dev/apis/web-api#posting."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from longshore_local.slack.errors import Refusal

Arguments = Mapping[str, object]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BEARER = "bearer "


def read_call(headers: Mapping[str, str], body: bytes) -> tuple[str, Arguments]:
    """Return the token, empty where there is none, and the arguments of a Web API call.

    Raises:
        Refusal: The body is not what its content type says.
    """
    arguments = _arguments(headers.get("content-type", ""), body)
    given = headers.get("authorization", "")
    token = given[len(BEARER) :].strip() if given.lower().startswith(BEARER) else ""
    if not token and headers.get("content-type", "").startswith(FORM):
        token = str(arguments.get("token") or "")
    return token, {name: value for name, value in arguments.items() if name != "token"}


def _arguments(kind: str, body: bytes) -> Arguments:
    if not body:
        return {}
    if kind.startswith(FORM):
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    if kind.startswith(JSON):
        return json_object(body, "invalid_json", "json_not_object")
    raise Refusal("invalid_post_type" if kind else "missing_post_type")


def json_object(body: bytes | str, malformed: str, other: str) -> Arguments:
    """Read a JSON object; refuse anything else by one of two codes."""
    try:
        document = json.loads(body)
    except ValueError:
        raise Refusal(malformed) from None
    if not isinstance(document, dict):
        raise Refusal(other)
    return document


def text_of(arguments: Arguments, name: str) -> str:
    """Return an argument as text, empty where it is missing."""
    value = arguments.get(name)
    return "" if value is None else str(value)


def flag_of(arguments: Arguments, name: str) -> bool:
    """Return whether an argument says yes, in one of the ways that Slack takes."""
    return text_of(arguments, name).lower() in {"1", "true"}


def required(arguments: Arguments, name: str) -> str:
    """Return an argument as text.

    Raises:
        Refusal: It is missing.
    """
    value = text_of(arguments, name)
    if not value:
        raise Refusal("invalid_arguments", [f"missing required field: {name}"])
    return value
