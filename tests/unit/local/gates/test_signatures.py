from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from longshore_local.cloud.clients import Credentials
from longshore_local.gates.principals import Kind, Principal
from longshore_local.gates.signatures import SignatureError, SignedRequest, verified

URL = "http://127.0.0.1:8080/v1/intents?b=2&a=1%20x"
BODY = b'{"stage":"shop/live"}'
ADA = Principal(Kind.USER, "ada", "arn:aws:iam::1:user/ada", "AIDA", Credentials("AKIA1", "secret"))
SESSION = Principal(
    Kind.ROLE, "r", "arn:aws:sts::1:assumed-role/r/f", "r:f", Credentials("ASIA1", "s"), "token"
)


def find(key: str) -> Principal | None:
    return {"AKIA1": ADA, "ASIA1": SESSION}.get(key)


def signed(
    key: str = "AKIA1", secret: str = ADA.credentials.secret, token: str | None = None
) -> SignedRequest:
    request = AWSRequest("POST", URL, data=BODY, headers={"Content-Type": "application/json"})
    credentials = BotocoreCredentials(key, secret, token)
    SigV4Auth(credentials, "lambda", "eu-west-1").add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return SignedRequest("POST", URL, {**headers, "host": "127.0.0.1:8080"}, BODY)


def changed(
    request: SignedRequest,
    *,
    method: str = "POST",
    url: str = URL,
    body: bytes = BODY,
    **headers: str,
) -> SignedRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SignedRequest(method, url, {**request.headers, **named}, body)


def test_whoever_signed_is_found() -> None:
    assert verified(signed(), find) is ADA
    assert verified(signed("ASIA1", "s", "token"), find) is SESSION


@pytest.mark.parametrize(
    "make",
    [
        lambda: changed(signed(), method="GET"),
        lambda: changed(signed(), url=URL.replace("a=1", "a=2")),
        lambda: changed(signed(), body=b"{}"),
        lambda: changed(signed(), content_type="text/plain"),
        lambda: signed(secret="another"),
    ],
)
def test_what_was_changed_after_signing_is_refused(make: Callable[[], SignedRequest]) -> None:
    """Signed when the test runs: a signature holds for five minutes."""
    with pytest.raises(SignatureError, match="does not match"):
        verified(make(), find)


@pytest.mark.parametrize(
    "request_",
    [signed("AKIA2"), signed("ASIA1", "s", "another token"), signed("ASIA1", "s")],
)
def test_keys_and_tokens_that_nobody_gave_out_are_refused(request_: SignedRequest) -> None:
    with pytest.raises(SignatureError, match="security token"):
        verified(request_, find)


@pytest.mark.parametrize("authorization", ["", "Bearer x", "AWS4-HMAC-SHA256 Credential=x"])
def test_a_request_that_is_not_signed_is_refused(authorization: str) -> None:
    with pytest.raises(SignatureError, match="Missing Authentication Token"):
        verified(changed(signed(), authorization=authorization), find)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_signature_holds_for_five_minutes(minutes: int) -> None:
    now = datetime.now(UTC)

    assert verified(signed(), find, now + timedelta(minutes=4)) is ADA
    with pytest.raises(SignatureError, match="expired"):
        verified(signed(), find, now + timedelta(minutes=minutes))


def test_a_signature_needs_a_date() -> None:
    with pytest.raises(SignatureError, match="X-Amz-Date"):
        verified(changed(signed(), x_amz_date="yesterday"), find)
