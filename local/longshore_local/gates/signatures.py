"""Checks AWS Signature Version 4, as every AWS service does before it looks at a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from longshore_local.gates.principals import Principal

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/"
    r"(?P<service>[^/]+)/aws4_request, ?SignedHeaders=(?P<headers>[^,]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
MOST_SKEW = timedelta(minutes=5)
STAMP = "%Y%m%dT%H%M%SZ"

Find = Callable[[str], Principal | None]


class SignatureError(Exception):
    """The request is not signed, or not by whom it says; the text is AWS's answer."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it arrived; `headers` has lower-case names."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def verified(request: SignedRequest, find: Find, now: datetime | None = None) -> Principal:
    """Return who signed a request.

    Raises:
        SignatureError: Nobody did, the key is unknown, the signature is another one, or too old.
    """
    claim = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if claim is None:
        raise SignatureError("Missing Authentication Token")
    principal = find(claim["key"])
    if principal is None or request.headers.get("x-amz-security-token") != principal.session_token:
        raise SignatureError("The security token included in the request is invalid.")
    _check_age(request.headers.get("x-amz-date", ""), now or datetime.now(UTC))
    if not hmac.compare_digest(_signature(request, claim, principal), claim["signature"]):
        raise SignatureError(
            "The request signature we calculated does not match the signature you provided."
        )
    return principal


def _check_age(stamp: str, now: datetime) -> None:
    try:
        signed_at = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise SignatureError("Authorization header requires existence of X-Amz-Date") from None
    if abs(now - signed_at) > MOST_SKEW:
        raise SignatureError("Signature expired or not yet current")


def _signature(request: SignedRequest, claim: re.Match[str], principal: Principal) -> str:
    signed = {name: request.headers.get(name, "") for name in claim["headers"].split(";")}
    again = AWSRequest(request.method, request.url, headers=signed, data=request.body)
    again.context["timestamp"] = request.headers["x-amz-date"]
    credentials = BotocoreCredentials(principal.credentials.key, principal.credentials.secret)
    auth = SigV4Auth(credentials, claim["service"], claim["region"])
    text: str = auth.string_to_sign(again, auth.canonical_request(again))
    signature: str = auth.signature(text, again)
    return signature
