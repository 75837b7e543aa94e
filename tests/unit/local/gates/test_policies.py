import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest

from longshore_local.awsjson import AccessDenied, Permission
from longshore_local.cloud.clients import Cloud
from longshore_local.gates.policies import Policies, folded
from longshore_local.gates.principals import Kind, Principal, Principals
from longshore_local.gates.recorder import Recorder

CLUSTER = "arn:aws:ecs:eu-west-1:1:cluster/prod"
SERVICE = "arn:aws:ecs:eu-west-1:1:service/prod/shop"
UPDATE = Permission("ecs:UpdateService", SERVICE, {"ecs:cluster": CLUSTER})


def allow(condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "ecs:UpdateService", "Resource": "*"}
    return {**statement, "Condition": dict(condition)} if condition else statement


def kept(condition: Mapping[str, Any], context: Mapping[str, str]) -> list[dict[str, Any]]:
    document = folded({"Version": "2012-10-17", "Statement": [allow(condition)]}, context)
    found: Any = document["Statement"]
    return [dict(statement) for statement in found]


@pytest.mark.parametrize(
    ("operator", "wanted", "holds"),
    [
        ("StringEquals", CLUSTER, True),
        ("StringEquals", [CLUSTER, "x"], True),
        ("StringEquals", "x", False),
        ("StringNotEquals", "x", True),
        ("StringNotEquals", CLUSTER, False),
        ("StringLike", "arn:*:cluster/pr?d", True),
        ("StringLike", "arn:*:cluster/pr?", False),
        ("ArnEquals", "arn:aws:ecs:*:1:cluster/prod", True),
        ("ArnLike", "arn:aws:ecs:*:1:cluster/[prod]", False),
        ("ForAnyValue:StringEquals", CLUSTER, True),
        ("StringEqualsIfExists", CLUSTER, True),
        ("NumericEquals", CLUSTER, False),
    ],
)
def test_a_condition_on_a_known_key_is_decided(operator: str, wanted: object, holds: bool) -> None:  # noqa: FBT001 - a column of the table
    expected = [allow()] if holds else []

    assert kept({operator: {"ecs:cluster": wanted}}, {"ecs:Cluster": CLUSTER}) == expected


@pytest.mark.parametrize(("value", "holds"), [("true", True), ("false", False)])
def test_a_truth_is_compared_without_case(value: str, holds: bool) -> None:  # noqa: FBT001 - as above
    found = kept(
        {"Bool": {"lambda:InvokedViaFunctionUrl": "True"}}, {"lambda:InvokedViaFunctionUrl": value}
    )

    assert found == ([allow()] if holds else [])


def test_conditions_on_other_keys_stay_for_the_emulator() -> None:
    other = {"StringEquals": {"aws:RequestedRegion": "eu-west-1", "ecs:cluster": CLUSTER}}

    assert kept(other, UPDATE.context) == [
        allow({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})
    ]


def test_one_statement_may_stand_without_a_list() -> None:
    assert folded({"Statement": allow()}, {})["Statement"] == [allow()]


@dataclass
class FakeIam:
    """Inline and managed policies of one role and one user; decides by Allow and Deny alone."""

    role: list[dict[str, Any]]
    user: list[dict[str, Any]]
    managed: dict[str, Any]

    def list_role_policies(self, **_: str) -> dict[str, Any]:
        return {"PolicyNames": [str(number) for number in range(len(self.role))]}

    def get_role_policy(self, *, PolicyName: str, **_: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"PolicyDocument": json.dumps(self.role[int(PolicyName)])}

    def list_attached_role_policies(self, **_: str) -> dict[str, Any]:
        return {"AttachedPolicies": [{"PolicyArn": "managed"}] if self.managed else []}

    def list_user_policies(self, **_: str) -> dict[str, Any]:
        return {"PolicyNames": [str(number) for number in range(len(self.user))]}

    def get_user_policy(self, *, PolicyName: str, **_: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"PolicyDocument": self.user[int(PolicyName)]}

    def list_attached_user_policies(self, **_: str) -> dict[str, Any]:
        return {"AttachedPolicies": []}

    def get_policy(self, **_: str) -> dict[str, Any]:
        return {"Policy": {"DefaultVersionId": "v2"}}

    def get_policy_version(self, *, VersionId: str, **_: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        assert VersionId == "v2"
        return {"PolicyVersion": {"Document": self.managed}}

    def simulate_custom_policy(
        self,
        *,
        PolicyInputList: list[str],  # noqa: N803 - boto3's names
        ActionNames: list[str],  # noqa: N803 - boto3's names
        ResourceArns: list[str],  # noqa: N803 - boto3's names
    ) -> dict[str, Any]:
        assert ResourceArns == [SERVICE]
        effects = {
            statement["Effect"]
            for document in PolicyInputList
            for statement in json.loads(document)["Statement"]
            if statement["Action"] == ActionNames[0]
        }
        decision = {frozenset(): "implicitDeny", frozenset({"Allow"}): "allowed"}.get(
            frozenset(effects), "explicitDeny"
        )
        return {"EvaluationResults": [{"EvalDecision": decision}]}


ROLE = Principal(Kind.ROLE, "r", "arn:role", "r:f", cast("Any", None))
USER = Principal(Kind.USER, "ada", "arn:ada", "AIDA", cast("Any", None))
ROOT = Principal(Kind.ROOT, "root", "arn:root", "1", cast("Any", None))


def policies(
    role: list[dict[str, Any]] | None = None,
    user: list[dict[str, Any]] | None = None,
    managed: dict[str, Any] | None = None,
) -> Policies:
    iam = FakeIam(role or [], user or [], managed or {})
    found = {"role": ROLE, "ada": USER, "root": ROOT}
    principals = SimpleNamespace(find=found.get)
    return Policies(cast("Cloud", SimpleNamespace(iam=iam)), cast("Principals", principals))


OF_CLUSTER = {"Statement": [allow({"ArnEquals": {"ecs:cluster": CLUSTER}})]}
DENIES = {"Statement": [{**allow(), "Effect": "Deny"}]}


def test_root_may_do_everything() -> None:
    assert policies()("root", UPDATE) is None


def test_a_key_that_is_unknown_may_do_nothing() -> None:
    denied = policies([OF_CLUSTER])("ASIAX", UPDATE)

    assert denied is not None
    assert "ASIAX is unknown" in denied.principal


@pytest.mark.parametrize("key", ["role", "ada"])
def test_inline_policies_decide_with_their_conditions(key: str) -> None:
    elsewhere = Permission(UPDATE.action, SERVICE, {"ecs:cluster": "another"})
    decide = policies([OF_CLUSTER], [OF_CLUSTER])

    assert decide(key, UPDATE) is None
    assert decide(key, elsewhere) == AccessDenied("arn:role" if key == "role" else "arn:ada")


def test_managed_policies_count_and_a_denial_wins() -> None:
    assert policies(managed=OF_CLUSTER)("role", UPDATE) is None
    assert policies([OF_CLUSTER], managed=DENIES)("role", UPDATE) == AccessDenied(
        "arn:role", explicit=True
    )


def test_without_any_policy_nothing_is_allowed() -> None:
    assert policies()("role", UPDATE) == AccessDenied("arn:role")


def test_what_was_asked_is_kept_with_its_answer() -> None:
    recorder = Recorder(policies([OF_CLUSTER]))

    assert recorder("role", UPDATE) is None
    assert recorder("nobody", UPDATE) is not None
    assert [(one.access_key, one.permission, one.given) for one in recorder.asked] == [
        ("role", UPDATE, True),
        ("nobody", UPDATE, False),
    ]
