"""Stands before a function's URL: checks the signature, asks IAM, tells the function who signed.

The emulator checks who may call, but does not tell the function who did.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

import base64
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import uuid4

from longshore_local.awsjson import Permission
from longshore_local.cloud.clients import Cloud
from longshore_local.gates.policies import Policies
from longshore_local.gates.principals import Principal, Principals
from longshore_local.gates.signatures import SignatureError, SignedRequest, verified

JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to the caller."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def refusal(cls, message: str) -> Self:
        """Return the 403 that AWS answers."""
        return cls(403, JSON, json.dumps({"Message": message}).encode())


class FunctionUrl:
    """The address of one function, on this machine alone; a context manager."""

    def __init__(self, cloud: Cloud, principals: Principals, function: str) -> None:
        self._cloud = cloud
        self._principals = principals
        self._policies = Policies(cloud, principals)
        self._function = function
        self._arn = cloud.functions.get_function_configuration(FunctionName=function)["FunctionArn"]
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def answer(self, request: SignedRequest) -> Reply:
        """Answer one request."""
        try:
            caller = verified(request, self._principals.find)
        except SignatureError as error:
            return Reply.refusal(str(error))
        for wanted in needed(self._arn):
            if self._policies.decide(caller, wanted) is not None:
                return Reply.refusal(
                    f"User: {caller.arn} is not authorized to perform: {wanted.action} "
                    f"on resource: {wanted.resource}"
                )
        return self._invoke(url_event(request, caller, self._cloud.account))

    def _invoke(self, event: Mapping[str, object]) -> Reply:
        answer = self._cloud.functions.invoke(
            FunctionName=self._function, Payload=json.dumps(event).encode()
        )
        payload: object = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError"):
            return Reply(502, JSON, b'{"Message":"Internal Server Error"}')
        return reply_of(payload)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def needed(function: str) -> list[Permission]:
    """Return what a caller of a function's URL must be allowed; `function` is its ARN.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    return [
        Permission("lambda:InvokeFunctionUrl", function, {"lambda:FunctionUrlAuthType": "AWS_IAM"}),
        Permission("lambda:InvokeFunction", function, {"lambda:InvokedViaFunctionUrl": "true"}),
    ]


def url_event(request: SignedRequest, caller: Principal, account: str) -> dict[str, object]:
    """Return the event that a function URL hands to its function, payload format 2.0."""
    parts = urlsplit(request.url)
    now = datetime.now(UTC)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": unquote(parts.path),
        "rawQueryString": parts.query,
        "headers": dict(request.headers),
        "queryStringParameters": dict(parse_qsl(parts.query, keep_blank_values=True)),
        "requestContext": {
            "accountId": account,
            "apiId": "local",
            "authentication": None,
            "authorizer": {"iam": _identity(caller, account)},
            "domainName": parts.netloc,
            "domainPrefix": "local",
            "http": {
                "method": request.method,
                "path": unquote(parts.path),
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": request.headers.get("user-agent", ""),
            },
            "requestId": str(uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": f"{now:%d/%b/%Y:%H:%M:%S} +0000",
            "timeEpoch": int(now.timestamp() * 1000),
        },
        **_body(request),
    }


def _body(request: SignedRequest) -> dict[str, object]:
    """Return the body as Lambda hands it over: text as it is, anything else in base64."""
    kind = request.headers.get("content-type", "")
    if kind.startswith(("text/", "application/json")):
        return {"body": request.body.decode(), "isBase64Encoded": False}
    return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}


def _identity(caller: Principal, account: str) -> dict[str, object]:
    return {
        "accessKey": caller.credentials.key,
        "accountId": account,
        "callerId": caller.user_id,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": caller.arn,
        "userId": caller.user_id,
    }


def reply_of(payload: object) -> Reply:
    """Read what a function returned: a response in parts, or anything else as the body itself."""
    if not isinstance(payload, Mapping) or "statusCode" not in payload:
        return Reply(200, JSON, json.dumps(payload).encode())
    body = payload.get("body") or ""
    text = body if isinstance(body, str) else json.dumps(body)
    headers = payload.get("headers")
    return Reply(
        int(payload["statusCode"]),
        {**JSON, **{name.lower(): str(value) for name, value in (headers or {}).items()}},
        base64.b64decode(text) if payload.get("isBase64Encoded") else text.encode(),
    )


def _handler(front: FunctionUrl) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _exchange(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            url = f"http://{headers.get('host', '')}{self.path}"
            reply = front.answer(SignedRequest(self.command, url, headers, body))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                if name != "content-length":
                    self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = do_DELETE = _exchange  # noqa: N815 - the names http.server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Stay silent: what is worth telling is told by whoever calls."""

    return Handler
