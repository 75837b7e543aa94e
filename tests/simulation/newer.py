"""A newer version of Longshore, as far as an older one can tell: it writes what that does not know.

While an upgrade is under way, or taken back, both work on the same ledger and the same queues. Each
has to read what the other wrote, and may lose of it what it does not know.
"""

import json
from collections.abc import Mapping
from typing import Any

from tests.simulation.cloud.api import Api, Output, Params

UNKNOWN = {"later": {"kept": [1, 2], "why": "a newer version has use for it"}}


class NewerWriter:
    """An API as a newer version calls it: bodies that are JSON say more."""

    def __init__(self, inner: Api) -> None:
        self._inner = inner

    def call(self, operation: str, parameters: Params) -> Output:
        return self._inner.call(operation, _WRITES.get(operation, _same)(parameters))


def _same(parameters: Params) -> Params:
    return parameters


def _transaction(parameters: Params) -> Params:
    writes: Any = parameters["TransactItems"]
    return {**parameters, "TransactItems": [_write(write) for write in writes]}


def _write(write: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"Put": _put(write["Put"])} if "Put" in write else write


def _put(put: Mapping[str, Any]) -> Mapping[str, Any]:
    item = put["Item"]
    if "body" not in item:
        return put
    return {**put, "Item": {**item, "body": {"S": _more(item["body"]["S"])}}}


def _message(parameters: Params) -> Params:
    return {**parameters, "MessageBody": _more_inside(str(parameters["MessageBody"]))}


def _messages(parameters: Params) -> Params:
    entries: Any = parameters["Entries"]
    more = [{**each, "MessageBody": _more_inside(each["MessageBody"])} for each in entries]
    return {**parameters, "Entries": more}


def _more(text: str) -> str:
    document = json.loads(text)
    return json.dumps({**document, **UNKNOWN}) if isinstance(document, dict) else text


def _more_inside(text: str) -> str:
    """A message has one key, which says what it is; what is new comes inside, but for a beat."""
    ((kind, content),) = json.loads(text).items()
    return json.dumps({kind: {**content, **UNKNOWN} if isinstance(content, dict) else content})


_WRITES = {
    "PutItem": _put,
    "SendMessage": _message,
    "SendMessageBatch": _messages,
    "TransactWriteItems": _transaction,
}
