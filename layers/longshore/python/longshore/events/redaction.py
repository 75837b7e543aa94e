"""Take secrets out of text that programs wrote, before people see it.

Where it cannot be told whether something is a secret, it counts as one: a word too few in a log
line costs less than a password in a chat. Nothing here is known to be complete; what a program
prints under a name of its own stays. Every expression runs in linear time, whatever it is given.
"""

import re
from collections.abc import Callable

REDACTED = "[redacted]"

_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r".*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
"""A private key, to the end of the text where its own end is cut off."""

_PEM_BODY = re.compile(r"^[A-Za-z0-9+/]{60,76}={0,2}$", re.MULTILINE)
"""A line of a private key whose first line is elsewhere: log drivers tell lines one by one."""

_USERINFO = re.compile(r"""(?<=://)(?P<user>[^\s/@:"'<>]*):[^\s/"'<>]+@""")

_COOKIE = re.compile(
    r"""(?P<name>\b(?:set-)?cookie\\{0,4}["']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,4}["']?)[^"'\\\n]+""",
    re.IGNORECASE,
)

_AUTHORIZATION = re.compile(
    r"""(?P<name>\bauthorization\\{0,4}["']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,4}["']?)"""
    r"""(?:[A-Za-z][A-Za-z0-9-]{2,20}[ \t]{1,4})?[^\s"'\\]+""",
    re.IGNORECASE,
)
"""A header: the scheme, where there is one, and what follows it."""

_NAME = r"""
    (?<!\w:)                                # `…:secret:prod/db` is a part of an ARN
    (?:
        passw(?:or)?d | passphrase | passcode | pwd(?!=/) | [_.-]pass | (?-i:[a-z]Pass)
      | secret(?:[_-]?(?:string|value|binary))? | token | jwt | [_".-]auth
      | (?:access|account|api|auth|encryption|license|master|private|secret|session|shared|signing
          |subscription)[_.\ -]?key
      | x-amz-credential | signature | [?&]sig
    )
    (?:_?\d{1,3})?
"""
"""How the names of secrets end: what stands before, as in `DB_PASSWORD`, makes no difference."""

_QUOTED = r"""(?P<quote>\\{0,4}["'])(?P<inside>(?:(?!(?P=quote))\\*+[^\\\n])*+)"""
"""A value to its closing quote, which is as much escaped as the one that opened it."""

_PAIR = re.compile(
    rf"""
    (?P<name>
        (?:{_NAME})
        (?P<key>\\{{0,4}}["'])?
        [ \t]{{0,8}} (?:=>|:=|=(?!=)|:(?!:)) [ \t]{{0,8}}
    )
    (?:{_QUOTED} | (?P<bare>(?(key)[^\s,}}\]]+|[^\s&]+)))
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""`name=value` and `name: value`: plain, in JSON, in JSON inside JSON, in a URL's query."""

_ELEMENT = re.compile(
    rf"(?P<name><[\w:.-]{{0,40}}(?:{_NAME})>)(?P<bare>[^<\n]+)", re.IGNORECASE | re.VERBOSE
)

_FLAG = re.compile(
    rf"(?P<name>(?<![\w-])--(?:[\w-]{{0,40}}-)?(?:{_NAME})[ \t]{{1,4}})(?P<bare>[^\s-][^\s]*)",
    re.IGNORECASE | re.VERBOSE,
)

_JWT = re.compile(
    r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}+\.[A-Za-z0-9_-]{5,}+(?:\.[A-Za-z0-9_-]*+)?"
)

_KNOWN = re.compile(
    r"""
    (?<![A-Za-z0-9])
    (?: gh[oprsu]_[A-Za-z0-9]{20,} | github_pat_[A-Za-z0-9_]{20,} | glpat-[A-Za-z0-9_-]{16,}
      | xox[a-z]-[A-Za-z0-9-]{8,} | xapp-[A-Za-z0-9-]{8,} | npm_[A-Za-z0-9]{30,}
      | [rs]k_(?:live|test)_[A-Za-z0-9]{10,} | AIza[A-Za-z0-9_-]{30,}
      | (?:AKIA|ASIA|AIDA|AROA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])
    )
    """,
    re.VERBOSE,
)
"""Tokens that say themselves what they are: GitHub, GitLab, Slack, npm, Stripe, Google, AWS."""

_SLACK_HOOK = re.compile(r"(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[^\s\"'<>]+")

_SCHEME = re.compile(
    r"\b(?P<name>(?:bearer|basic)[ \t]{1,4})(?P<bare>[A-Za-z0-9._~+/-]{8,}=*)", re.IGNORECASE
)

_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_-])")
_MOST_SLASHES = 4
"""In a random key of 40 characters; a path of that length has more."""

_SAID = (
    "- ... * bool bytes cannot denied does empty error expired failed false has int invalid is "
    "mismatch missing must nil none not null optional rejected required revoked str string true "
    "undefined unexpected unknown was wrong [redacted"
)
_NO_SECRETS = frozenset(_SAID.split())
"""What error messages and programs put after such a name, and what stands there already."""
_AROUND = "\"'),;}]>"
"""Ends of what is around a value, not of the value."""

_Replacement = Callable[[re.Match[str]], str]


def redact(text: str) -> str:
    """Return text with `[redacted]` in the place of what is, or may be, a secret.

    Digests, UUIDs, ARNs, commit hashes and ordinary sentences stay as they are.
    """
    for pattern, replacement in _PASSES:
        text = pattern.sub(replacement, text)
    return text


def _whole(_: re.Match[str]) -> str:
    return REDACTED


def _after_name(match: re.Match[str]) -> str:
    return f"{match['name']}{REDACTED}"


def _after_user(match: re.Match[str]) -> str:
    return f"{match['user']}:{REDACTED}@"


def _value(match: re.Match[str]) -> str:
    """Replace the value of a pair, and leave what cannot be a secret."""
    if match["bare"] is None:
        value, before, after = match["inside"], match["quote"], ""
    else:
        value = match["bare"].rstrip(_AROUND)
        before, after = "", match["bare"][len(value) :]
    return match[0] if _says_nothing(value) else f"{match['name']}{before}{REDACTED}{after}"


def _bare_value(match: re.Match[str]) -> str:
    value = match["bare"].rstrip(_AROUND)
    after = match["bare"][len(value) :]
    return match[0] if _says_nothing(value) else f"{match['name']}{REDACTED}{after}"


def _says_nothing(value: str) -> bool:
    return not value or value.lower() in _NO_SECRETS or value.startswith(("arn:", REDACTED))


def _credentials(match: re.Match[str]) -> str:
    """Replace what follows `Bearer` unless it is a word, as in `Basic authentication failed`."""
    value = match["bare"]
    is_word = value.replace("_", "").replace("-", "").rstrip(".").isalpha()
    if is_word and value[1:].islower():
        return match[0]
    return _after_name(match)


def _random(match: re.Match[str]) -> str:
    """Replace what has the length and the look of a secret access key, and is no hash or path."""
    return REDACTED if _looks_random(match[0]) else match[0]


def _looks_random(text: str) -> bool:
    kinds = (str.isupper, str.islower, str.isdigit)
    return text.count("/") <= _MOST_SLASHES and all(any(map(kind, text)) for kind in kinds)


_PASSES: tuple[tuple[re.Pattern[str], _Replacement], ...] = (
    (_PEM, _whole),
    (_PEM_BODY, _random),
    (_USERINFO, _after_user),
    (_COOKIE, _after_name),
    (_AUTHORIZATION, _after_name),
    (_PAIR, _value),
    (_ELEMENT, _bare_value),
    (_FLAG, _bare_value),
    (_JWT, _whole),
    (_KNOWN, _whole),
    (_SLACK_HOOK, _whole),
    (_SCHEME, _credentials),
    (_AWS_SECRET, _random),
)
