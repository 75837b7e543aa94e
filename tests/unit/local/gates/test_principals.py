import json
from types import SimpleNamespace
from typing import Any, cast

from longshore_local.cloud.clients import Cloud
from longshore_local.gates.principals import Kind, Principals

FUNCTION = {
    "FunctionName": "longshore-Router-1",
    "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:longshore-Router-1",
    "Role": "arn:aws:iam::111122223333:role/longshore-RouterRole-1",
}


class FakeLambda:
    """Lists one function, once it is deployed."""

    def __init__(self) -> None:
        self.listed: list[dict[str, str]] = []

    def get_paginator(self, _operation: str) -> Any:  # noqa: ANN401 - a paginator of boto3
        return SimpleNamespace(paginate=lambda: [{"Functions": self.listed}])


class FakeIam:
    """Keeps users."""

    def __init__(self) -> None:
        self.policies: dict[str, str] = {}

    def create_user(self, *, UserName: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"User": {"Arn": f"arn:aws:iam::111122223333:user/{UserName}", "UserId": "AIDA1"}}

    def put_user_policy(self, *, UserName: str, PolicyName: str, PolicyDocument: str) -> None:  # noqa: N803 - boto3's names
        assert PolicyName
        self.policies[UserName] = PolicyDocument

    def create_access_key(self, **_: str) -> dict[str, Any]:
        return {"AccessKey": {"AccessKeyId": "AKIA1", "SecretAccessKey": "s3cret"}}


def cloud() -> Any:  # noqa: ANN401 - a cloud of fakes
    return SimpleNamespace(account="111122223333", functions=FakeLambda(), iam=FakeIam())


def test_root_is_known_from_the_start() -> None:
    root = Principals(cast("Cloud", cloud())).find("test")

    assert root is not None
    assert (root.kind, root.arn) == (Kind.ROOT, "arn:aws:iam::111122223333:root")


def test_a_session_of_a_function_is_known_by_the_key_that_the_emulator_gives_it() -> None:
    fake = cloud()
    principals = Principals(cast("Cloud", fake))
    key = "ASIADA6C2E7E7DF0E2B6"
    assert principals.find(key) is None

    fake.functions.listed.append(FUNCTION)
    (session,) = principals.functions().values()
    found = principals.find(session.credentials.key)

    assert found == session
    assert (session.kind, session.name) == (Kind.ROLE, "longshore-RouterRole-1")
    assert session.arn == (
        "arn:aws:sts::111122223333:assumed-role/longshore-RouterRole-1/longshore-Router-1"
    )
    assert len(session.credentials.key) == len("ASIA") + 16
    assert session.session_token is not None


def test_a_user_has_the_policy_and_the_key_it_was_made_with() -> None:
    fake = cloud()
    principals = Principals(cast("Cloud", fake))
    policy = json.dumps({"Statement": []})

    ada = principals.create_user("ada", policy)

    assert fake.iam.policies == {"ada": policy}
    assert principals.find("AKIA1") is ada
    assert (ada.kind, ada.arn) == (Kind.USER, "arn:aws:iam::111122223333:user/ada")
