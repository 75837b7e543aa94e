"""Control: only who is signed and allowed gets through, and an invocation says who it was."""

import json
from http import HTTPStatus

import pytest
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from longshore_local.cloud.emulator import REGION
from longshore_local.embedded import EmbeddedAws
from longshore_local.gates.principals import Principal

NOTHING_ALLOWED = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}],
    }
)
INTENT = json.dumps({"stage": "no/where", "kind": "retry", "reason": "", "id": "1"}).encode()


def ask(aws: EmbeddedAws, caller: Principal | None, secret: str | None = None) -> tuple[int, str]:
    """Post an intent; return the status and the body."""
    parameter = aws.cloud.ssm.get_parameter(Name=aws.stack["Installation"])["Parameter"]
    url = json.loads(parameter["Value"])["control_url"] + "v1/intents"
    request = AWSRequest("POST", url, data=INTENT, headers={"Content-Type": "application/json"})
    if caller is not None:
        key = caller.credentials
        SigV4Auth(Credentials(key.key, secret or key.secret), "lambda", REGION).add_auth(request)
    answer = urllib3.request("POST", url, body=INTENT, headers=dict(request.headers.items()))
    return answer.status, answer.data.decode()


def test_an_unsigned_request_is_refused(aws: EmbeddedAws) -> None:
    assert ask(aws, None) == (HTTPStatus.FORBIDDEN, '{"Message": "Missing Authentication Token"}')


def test_a_wrong_signature_is_refused(aws: EmbeddedAws, developer: Principal) -> None:
    status, body = ask(aws, developer, secret="another one")

    assert status == HTTPStatus.FORBIDDEN
    assert "signature" in body


def test_somebody_without_permission_is_refused_by_name(aws: EmbeddedAws) -> None:
    stranger = aws.principals.create_user("eve", NOTHING_ALLOWED)

    status, body = ask(aws, stranger)

    assert status == HTTPStatus.FORBIDDEN
    assert "user/eve is not authorized to perform: lambda:InvokeFunctionUrl" in body


def test_a_developer_reaches_control(aws: EmbeddedAws, developer: Principal) -> None:
    status, body = ask(aws, developer)

    assert HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    assert status != HTTPStatus.FORBIDDEN
    assert set(json.loads(body)) == {"error", "next"}


def test_an_invocation_that_says_nobody_signed_is_refused(aws: EmbeddedAws) -> None:
    event = {"rawPath": "/v1/intents", "requestContext": {"http": {"method": "POST"}}}

    answer = aws.cloud.functions.invoke(
        FunctionName=aws.stack["Control"], Payload=json.dumps(event).encode()
    )

    assert json.load(answer["Payload"])["statusCode"] == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("function", ["Router", "Reconciler", "Announcer", "Notifier", "Control"])
def test_every_function_runs_under_a_role_of_its_own(aws: EmbeddedAws, function: str) -> None:
    role = aws.principals.functions()[aws.stack[function]].name

    assert role == aws.stack[f"{function}Role"]
