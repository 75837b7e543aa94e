"""What may be a secret is taken out of text, and what people need to read stays."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.events.redaction import REDACTED, redact

KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PEM_LINE = "MIIEpAIBAAKCAQEA7bq2c8yO4kF5dG3o1Vt9hQzW0sXnLrPjUeYiKwMfTgCvBxZ4"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{PEM_LINE}\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # pairs, plain
        ("DB_PASSWORD=hunter2 started", "DB_PASSWORD=[redacted] started"),
        ("db.password: hunter2", "db.password: [redacted]"),
        ("dbPassword = 'hun ter2' ok", "dbPassword = '[redacted]' ok"),
        ("DB_PASS=a,b&c", "DB_PASS=[redacted]&c"),
        ("Server=db;Uid=sa;Pwd=hunter2", "Server=db;Uid=sa;Pwd=[redacted]"),
        ("token: abc.def", "token: [redacted]"),
        ("client_secret=s3cr3t", "client_secret=[redacted]"),
        ("X-Api-Key: 12345", "X-Api-Key: [redacted]"),
        ("TOKEN_2=abc)", "TOKEN_2=[redacted])"),
        (
            "Config{user=bob, password=x1, host=db}",
            "Config{user=bob, password=[redacted], host=db}",
        ),
        (":password => 'x y'", ":password => '[redacted]'"),
        ("passphrase := abc", "passphrase := [redacted]"),
        (f"aws_secret_access_key = {KEY}", "aws_secret_access_key = [redacted]"),
        ("login --db-password hunter2 --user bob", "login --db-password [redacted] --user bob"),
        ("<dbPassword>hunter 2</dbPassword>", "<dbPassword>[redacted]</dbPassword>"),
        # pairs, JSON, also escaped and cut off
        ('{"password": "hun\\"ter2", "user": "bob"}', '{"password": "[redacted]", "user": "bob"}'),
        ('{"apiKey":"k","n":1}', '{"apiKey":"[redacted]","n":1}'),
        ('{"token":12345,"n":1}', '{"token":[redacted],"n":1}'),
        ("{'secret': 'it is', 'n': 1}", "{'secret': '[redacted]', 'n': 1}"),
        ('"{\\"token\\": \\"abc\\", \\"n\\": 1}"', '"{\\"token\\": \\"[redacted]\\", \\"n\\": 1}"'),
        ('{"SecretString": "{\\"user\\":\\"bob\\"}"}', '{"SecretString": "[redacted]"}'),
        ('{"password": "hunter', '{"password": "[redacted]'),
        # pairs, in a URL
        ("GET /x?token=abc&page=2", "GET /x?token=[redacted]&page=2"),
        ("GET /x?X-Amz-Signature=abc&y=1", "GET /x?X-Amz-Signature=[redacted]&y=1"),
        ("https://a.example/?sig=a%2Fb", "https://a.example/?sig=[redacted]"),
        # headers
        ("Authorization: Bearer abcdef", "Authorization: [redacted]"),
        ("authorization: Basic dXNlcjpwdw==", "authorization: [redacted]"),
        ("{'Authorization': 'Bearer abc', 'n': 1}", "{'Authorization': '[redacted]', 'n': 1}"),
        ("Set-Cookie: id=abc; HttpOnly", "Set-Cookie: [redacted]"),
        ("sent Bearer abc123def456 to it", "sent Bearer [redacted] to it"),
        ("sent basic dXNlcjpwYXNzd29yZA==", "sent basic [redacted]"),
        # URLs with a password
        ("postgres://app:p@ss:w@db:5432/x", "postgres://app:[redacted]@db:5432/x"),
        ("redis://:hunter2@cache/0", "redis://:[redacted]@cache/0"),
        # what says itself that it is a secret
        (f"verifying {JWT}.", "verifying [redacted]."),
        ("AKIAIOSFODNN7EXAMPLE is old", "[redacted] is old"),
        (f"got {KEY} from it", "got [redacted] from it"),
        (f"push with ghp_{'a1B2' * 9} failed", "push with [redacted] failed"),
        (f"github_pat_{'a1_B2' * 9}", REDACTED),
        ("xoxb-123456789012-abcDEF", REDACTED),
        ("https://hooks.slack.com/services/T0/B0/abc", "https://hooks.slack.com/[redacted]"),
        ("sk_live_0123456789abcdef", REDACTED),
        # private keys
        (f"key:\n{PEM}\ndone", "key:\n[redacted]\ndone"),
        (PEM.replace("RSA ", "").replace("\n", "\\n"), REDACTED),
        (f"-----BEGIN OPENSSH PRIVATE KEY-----\n{PEM_LINE}", REDACTED),
        (PEM_LINE, REDACTED),
    ],
)
def test_secrets_go(text: str, expected: str) -> None:
    assert redact(text) == expected
    assert redact(expected) == expected, "what was redacted stays as it is"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Your authorization token has expired. Reauthenticate and try again.",
        "token expired",
        'password authentication failed for user "bob"',
        "Basic authentication failed; Bearer authorization required",
        "invalid token: expired",
        "SyntaxError: Unexpected token: }",
        "password: must be set",
        'the variable "API_TOKEN" = "" is empty',
        '{"token":null,"msg":"no token: none"}',
        "max_tokens=4096 token_count=12 tokens: 7 token_type=bearer",
        "secret_name=prod/db primary_key=5 key=value signed=true",
        "def login(password: str) -> None:",
        "if token == expected: raise",
        "Token::Ident at line 4",
        "PWD=/usr/src/app OLDPWD=/",
        f"shop@sha256:{DIGEST}",
        f"image digest sha256:{DIGEST} was pulled",
        "commit 1254f4357d7c1ad3cb9f0aa0a8c01d8ee2a6dc5b is built",
        "request 3f2504e0-4f89-41d3-9a0c-0305e82c3301 took 12 ms",
        "task 0123456789abcdef0123456789abcdef stopped",
        "arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef0123456789abcdef",
        "failed to fetch secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
        "DB_SECRET=arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:v1.4.2",
        "https://example.com:8080/path?mail=a@example.com",
        "https://bob@example.com/path",
        "connect to postgres://db:5432/x timed out",
        "/usr/local/lib/Python3/site/packages/Abc",
        "Container 'web' exited with code 137: it was killed (SIGKILL)",
        "2026-11-23T10:00:00Z INFO [main] listening on 0.0.0.0:8080",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


@given(
    st.text(st.characters(categories=["L", "N"]), min_size=12),
    st.text(max_size=40),
    st.sampled_from(["password", "DB_TOKEN", "clientSecret", "x-api-key"]),
)
def test_a_value_in_json_never_stays(value: str, more: str, name: str) -> None:
    inner = json.dumps({"n": more, name: f"q{value}\"'\\"})
    for text in (inner, json.dumps({"inner": inner}), json.dumps({"most": json.dumps(inner)})):
        assert json.dumps(value)[1:-1] not in redact(text) or value in more


HOSTILE = [
    "password=",
    'token":"',
    'token:\\"',
    "secret" + "\\" * 7,
    "\\",
    '"',
    "'",
    "eyJaaaaaa",
    "-eyJaaaaa",
    "eyJaaaaaa.",
    "a://b:",
    "://",
    "://:@",
    "-----BEGIN PRIVATE KEY-----",
    "-----END ",
    "A" * 39 + " ",
    "A1b/",
    "<<<<",
    "<password>",
    "--password ",
    "--a-",
    "xoxb-",
    "ghp_",
    "Bearer ",
    "authorization: ",
    "cookie:",
    "pass pass",
    " ",
    "\t=",
    "]])",
    "access" + "_" * 5,
    "hooks.slack.com/services/",
    "-",
    "\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("start", ["", "password=", '"token": \\"'])
def test_hostile_lines_take_linear_time(piece: str, start: str) -> None:
    began = time.process_time()

    redact(start + piece * (100_000 // len(piece)))

    assert time.process_time() - began < 2, "a quadratic expression would take minutes"
