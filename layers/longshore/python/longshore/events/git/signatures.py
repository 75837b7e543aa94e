"""Whether a delivery comes from who knows the secret, over the very bytes that arrived.

Every comparison takes the same time wherever texts differ. Reasons are for the operator's log: they
name headers and never hold anything of a secret, a token or a signature.

- GitHub: `X-Hub-Signature-256: sha256=<hex>`, HMAC-SHA256 of the body.
- Bitbucket: the same in `X-Hub-Signature`.
- GitLab: a signing token `whsec_<base64 of the key>` as in Standard Webhooks,
  `webhook-signature: v1,<base64>` over `id.timestamp.body`; or a token that is merely sent along.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64Error
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest, digest

from longshore.domain.pushes import Provider

Headers = Mapping[str, str]
"""By names in small letters; values of one name that came twice are joined by a comma."""

SHORTEST_SECRET = 16
"""Characters, or bytes of a signing token's key; what is shorter can be guessed."""

SIGNING_TOKEN = "whsec_"  # noqa: S105  how every signing token of GitLab begins

TOLERANCE = timedelta(minutes=5)
"""How far the time of a signed delivery may be from ours, either way."""

_HEX = re.compile(r"sha256=([0-9a-f]{64})")
_SECONDS = re.compile(r"[0-9]{1,12}")
_MOST_SIGNATURES = 10


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets that are valid at present; `tokens` are those that GitLab merely sends along."""

    signing: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()


def shared_key(secret: str) -> bytes:
    """Return what a secret signs with; raise ValueError, which says nothing of it, if too short."""
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"it has fewer than {SHORTEST_SECRET} characters, which is never valid")
    return secret.encode(errors="replace")


def signing_key(token: str) -> bytes:
    """Return the key that a signing token holds; raise ValueError, which says nothing of it."""
    encoded = token.removeprefix(SIGNING_TOKEN)
    if encoded == token:
        raise ValueError(f"it is no signing token, which begins with {SIGNING_TOKEN}")
    try:
        key = b64decode(encoded, validate=True)
    except (NotBase64Error, ValueError):
        raise ValueError(f"it begins with {SIGNING_TOKEN} and goes on with no base64") from None
    if len(key) < SHORTEST_SECRET:
        raise ValueError(f"its key has fewer than {SHORTEST_SECRET} bytes, which is never valid")
    return key


def count_valid(provider: Provider, keys: Keys) -> int:
    """Return with how many of the keys deliveries of a host can be verified."""
    if provider is Provider.GITLAB:
        return len(_valid(keys.signing, signing_key)) + len(_valid(keys.tokens, shared_key))
    return len(_valid(keys.signing, shared_key))


def why_unverified(
    provider: Provider, headers: Headers, body: bytes, keys: Keys, now: datetime
) -> str | None:
    """Return why a delivery is not to be believed, None where it is verified; never raises."""
    if provider is Provider.GITLAB:
        return _gitlab(headers, body, keys, now)
    header = "x-hub-signature-256" if provider is Provider.GITHUB else "x-hub-signature"
    return _hub(header, headers.get(header), body, keys)


def _hub(header: str, given: str | None, body: bytes, keys: Keys) -> str | None:
    secrets = _valid(keys.signing, shared_key)
    if not secrets:
        return _no_secret()
    if given is None:
        return f"there is no header {header}: the webhook has no secret"
    match = _HEX.fullmatch(given)
    if match is None:
        return f"the header {header} is no sha256=<64 hexadecimal digits>"
    expected = [digest(secret, body, "sha256").hex().encode() for secret in secrets]
    if _is_one_of(match[1].encode(), expected):
        return None
    return f"the signature in {header} was not made with a valid secret over these bytes"


def _gitlab(headers: Headers, body: bytes, keys: Keys, now: datetime) -> str | None:
    ways: Sequence[Callable[[], str | None]] = [lambda: _signed(headers, body, keys, now)]
    if keys.tokens:
        ways = [*ways, lambda: _token(headers, keys)]
    reasons = [way() for way in ways]
    return None if None in reasons else "; ".join(filter(None, reasons))


def _signed(headers: Headers, body: bytes, keys: Keys, now: datetime) -> str | None:
    signing = _valid(keys.signing, signing_key)
    if not signing:
        return _no_secret()
    given = [headers.get(f"webhook-{part}") for part in ("id", "timestamp", "signature")]
    name, moment, signatures = given
    if name is None or moment is None or signatures is None:
        return "a header is missing of webhook-id, webhook-timestamp and webhook-signature"
    late = _out_of_time(moment, now)
    if late is not None:
        return late
    signed = b".".join((name.encode("utf-8", "replace"), moment.encode(), body))
    expected = [b64encode(digest(key, signed, "sha256")) for key in signing]
    if any(_is_one_of(each, expected) for each in _of_version_1(signatures)):
        return None
    return "no signature in webhook-signature was made with a valid signing token over these bytes"


def _of_version_1(signatures: str) -> Iterator[bytes]:
    """Yield the signatures that a header names, of the one version there is."""
    for each in signatures.split(" ")[:_MOST_SIGNATURES]:
        version, _, signature = each.partition(",")
        if version == "v1":
            yield signature.encode("utf-8", "replace")


def _out_of_time(moment: str, now: datetime) -> str | None:
    if _SECONDS.fullmatch(moment) is None:
        return "webhook-timestamp is no time in seconds"
    off = abs(int(moment) - now.timestamp())
    if off > TOLERANCE.total_seconds():
        return (
            f"webhook-timestamp is {off:.0f} s from now: it is an old delivery, or a clock is off"
        )
    return None


def _token(headers: Headers, keys: Keys) -> str | None:
    given, tokens = headers.get("x-gitlab-token"), _valid(keys.tokens, shared_key)
    if given is None:
        return "there is no header x-gitlab-token"
    if tokens and _is_one_of(given.encode("utf-8", "replace"), tokens):
        return None
    return "x-gitlab-token is no valid token"


def _valid(secrets: Sequence[str], key_of: Callable[[str], bytes]) -> Sequence[bytes]:
    """Return the keys of those secrets that are valid."""
    found = []
    for each in secrets:
        with suppress(ValueError):
            found.append(key_of(each))
    return found


def _is_one_of(given: bytes, expected: Sequence[bytes]) -> bool:
    """Compare with each, whatever the first comparisons say."""
    return sum(compare_digest(given, each) for each in expected) > 0


def _no_secret() -> str:
    return (
        f"the secret of GitSecretArn holds nothing valid for this host: {SHORTEST_SECRET} "
        f"characters at least, for GitLab a signing token {SIGNING_TOKEN}..."
    )
