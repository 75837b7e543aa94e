import base64
import json

import pytest

from longshore_local.cloud.clients import Credentials
from longshore_local.gates.function_url import Reply, needed, reply_of, url_event
from longshore_local.gates.principals import Kind, Principal
from longshore_local.gates.signatures import SignedRequest

ADA = Principal(
    Kind.USER, "ada", "arn:aws:iam::1:user/ada", "AIDA1", Credentials("AKIA1", "secret")
)


def request(body: bytes = b"{}", content_type: str = "application/json") -> SignedRequest:
    headers = {"content-type": content_type, "user-agent": "longshore/0.1.0"}
    return SignedRequest("POST", "http://127.0.0.1:1/v1/a%20b?x=1&y=", headers, body)


def test_the_event_tells_who_signed() -> None:
    event = url_event(request(), ADA, "1")

    context = event["requestContext"]
    assert isinstance(context, dict)
    assert context["authorizer"]["iam"]["userArn"] == "arn:aws:iam::1:user/ada"
    assert "secret" not in json.dumps(event)
    assert context["http"]["method"] == "POST"
    assert (event["rawPath"], event["rawQueryString"]) == ("/v1/a b", "x=1&y=")
    assert event["queryStringParameters"] == {"x": "1", "y": ""}


def test_text_goes_as_it_is_and_anything_else_in_base64() -> None:
    text = url_event(request(b'{"a":1}'), ADA, "1")
    other = url_event(request(b"\x00\x01", "application/octet-stream"), ADA, "1")

    assert (text["body"], text["isBase64Encoded"]) == ('{"a":1}', False)
    assert (other["body"], other["isBase64Encoded"]) == (
        base64.b64encode(b"\x00\x01").decode(),
        True,
    )


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("payload", "reply"),
    [
        ({"a": 1}, Reply(200, JSON, b'{"a": 1}')),
        ("text", Reply(200, JSON, b'"text"')),
        (None, Reply(200, JSON, b"null")),
        (
            {"statusCode": 202, "body": "{}", "headers": {"X-A": "b"}},
            Reply(202, {**JSON, "x-a": "b"}, b"{}"),
        ),
        (
            {"statusCode": 400, "headers": {"Content-Type": "text/plain"}, "body": "no"},
            Reply(400, {"content-type": "text/plain"}, b"no"),
        ),
        ({"statusCode": 204}, Reply(204, JSON, b"")),
        ({"statusCode": "200", "body": {"a": 1}}, Reply(200, JSON, b'{"a": 1}')),
        (
            {
                "statusCode": 200,
                "body": base64.b64encode(b"\x00").decode(),
                "isBase64Encoded": True,
            },
            Reply(200, JSON, b"\x00"),
        ),
    ],
)
def test_what_a_function_returns_becomes_a_reply(payload: object, reply: Reply) -> None:
    assert reply_of(payload) == reply


def test_a_url_needs_two_permissions() -> None:
    assert [permission.action for permission in needed("arn")] == [
        "lambda:InvokeFunctionUrl",
        "lambda:InvokeFunction",
    ]
