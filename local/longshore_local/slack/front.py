"""One request and its answer, without a socket: faults first, then Slack's own judgement."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from longshore_local.slack.arguments import read_call
from longshore_local.slack.errors import RateLimited, Refusal
from longshore_local.slack.faults import (
    Down,
    Fault,
    Faults,
    LostReply,
    Refused,
    ServerError,
    Slow,
    TooMany,
)
from longshore_local.slack.methods import perform
from longshore_local.slack.page import channel_page, index_page
from longshore_local.slack.webhooks import STATUSES, WEBHOOK, deliver, read_hook
from longshore_local.slack.workspace import Call, Workspace

API, HOOKS, CHANNELS = "/api/", "/services/", "/channels/"
JSON, TEXT, HTML = "application/json; charset=utf-8", "text/plain", "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back; `after` is the seconds that it is held back first."""

    status: int
    body: str
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0


@dataclass(slots=True)
class Front:
    """Answers requests one at a time; hold `lock` to use the workspace beside the server."""

    workspace: Workspace
    faults: Faults = field(default_factory=Faults)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def get(self, path: str) -> Reply:
        """Return a page for people."""
        with self.lock:
            if path == "/":
                return Reply(200, index_page(self.workspace), HTML)
            name = unquote(path.removeprefix(CHANNELS))
            try:
                channel = self.workspace.find(name)
            except Refusal:
                return Reply(404, "there is no such channel\n", TEXT)
            return Reply(200, channel_page(channel), HTML)

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply | None:
        """Answer a call, None when the connection breaks; `headers` has lower-case names."""
        if not path.startswith((API, HOOKS)):
            return Reply(404, "there is nothing here\n", TEXT)
        asked = _Asked(path, headers, body)
        with self.lock:
            call = Call(asked.method, self.workspace.clock())
            self.workspace.calls.append(call)
            fault = self.faults.deal(call.method)
            reply = _befallen(fault, call) or self._judged(asked, call, fault)
            if isinstance(fault, Slow):
                return replace(reply, after=fault.seconds)
            if isinstance(fault, Down | LostReply):
                call.answered = False
                return None
            return reply

    def _judged(self, asked: "_Asked", call: Call, fault: Fault | None) -> Reply:
        try:
            asked.read(call)
            _refuse(fault)
            result = asked.perform(self.workspace, call)
        except Refusal as refusal:
            call.outcome = refusal.code
            scopes = self.workspace.scopes
            return _of_hook(refusal) if asked.is_hook else _of_api(_refusal(refusal), scopes)
        except RateLimited as limited:
            call.outcome = "ratelimited"
            return _too_many(limited.retry_after, hook=asked.is_hook)
        call.outcome = "ok"
        return _of_hook() if asked.is_hook else _of_api(result, self.workspace.scopes)


@dataclass(slots=True)
class _Asked:
    """A request to the API or to a webhook."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    token: str = ""

    @property
    def is_hook(self) -> bool:
        return self.path.startswith(HOOKS)

    @property
    def method(self) -> str:
        return WEBHOOK if self.is_hook else self.path.removeprefix(API)

    def read(self, call: Call) -> None:
        """Keep the arguments in a call, and where it says it goes."""
        if self.is_hook:
            call.arguments = dict(read_hook(self.headers, self.body))
        else:
            self.token, arguments = read_call(self.headers, self.body)
            call.arguments = dict(arguments)
        call.channel = str(call.arguments.get("channel") or "")

    def perform(self, workspace: Workspace, call: Call) -> dict[str, object]:
        """Do it and return what the API answers, nothing for a webhook."""
        if not self.is_hook:
            return perform(workspace, call, self.token)
        deliver(workspace, call, self.path.removeprefix(HOOKS))
        return {}


def _befallen(fault: Fault | None, call: Call) -> Reply | None:
    """Return what a fault answers before anything is done, None when it lets the call through."""
    match fault:
        case Down():
            call.outcome = "down"
            return Reply(0, "")
        case ServerError(status, body):
            call.outcome = f"http {status}"
            return Reply(status, body, "text/html")
        case TooMany(retry_after):
            call.outcome = "ratelimited"
            return _too_many(retry_after, hook=call.method == WEBHOOK)
        case _:
            return None


def _refuse(fault: Fault | None) -> None:
    if isinstance(fault, Refused):
        raise Refusal(fault.code)


def _too_many(retry_after: int, *, hook: bool) -> Reply:
    headers = {"Retry-After": str(retry_after)}
    if hook:
        return Reply(429, "rate_limited", TEXT, headers)
    return Reply(429, json.dumps({"ok": False, "error": "ratelimited"}), JSON, headers)


def _of_hook(refusal: Refusal | None = None) -> Reply:
    if refusal is None:
        return Reply(200, "ok", TEXT)
    return Reply(STATUSES.get(refusal.code, 400), refusal.code, TEXT)


def _of_api(document: Mapping[str, object], scopes: Sequence[str]) -> Reply:
    return Reply(200, json.dumps(document), JSON, {"X-OAuth-Scopes": ",".join(scopes)})


def _refusal(refusal: Refusal) -> dict[str, object]:
    document: dict[str, object] = {"ok": False, "error": refusal.code, **refusal.extra}
    if refusal.details:
        document["errors"] = list(refusal.details)
        messages = [f"[ERROR] {each}" for each in refusal.details]
        document["response_metadata"] = {"messages": messages}
    return document
