"""Asks the emulator's IAM whether a principal may do something, conditions included.

The emulator evaluates actions and ARNs, but is told no condition keys. So the conditions whose
keys the caller does know are decided here, and what is left of the policies is asked about with
SimulateCustomPolicy.
"""

import json
import re
from collections.abc import Iterator, Mapping

from longshore_local.awsjson import AccessDenied, Permission
from longshore_local.cloud.clients import Cloud
from longshore_local.gates.principals import Kind, Principal, Principals

Statement = Mapping[str, object]


class Policies:
    """The identity policies of users and roles; a callable that allows (None) or denies."""

    def __init__(self, cloud: Cloud, principals: Principals) -> None:
        self._cloud = cloud
        self._principals = principals

    def __call__(self, access_key: str, permission: Permission) -> AccessDenied | None:
        """Decide whether the bearer of an access key may do something."""
        principal = self._principals.find(access_key)
        if principal is None:
            return AccessDenied(f"(nobody: {access_key} is unknown)")
        return self.decide(principal, permission)

    def decide(self, principal: Principal, permission: Permission) -> AccessDenied | None:
        """Decide whether a principal may do something."""
        if principal.kind is Kind.ROOT:
            return None
        documents = [
            json.dumps(folded(document, permission.context))
            for document in self._documents(principal)
        ]
        if not documents:
            return AccessDenied(principal.arn)
        answer = self._cloud.iam.simulate_custom_policy(
            PolicyInputList=documents,
            ActionNames=[permission.action],
            ResourceArns=[permission.resource],
        )
        decision = answer["EvaluationResults"][0]["EvalDecision"]
        if decision == "allowed":
            return None
        return AccessDenied(principal.arn, explicit=decision == "explicitDeny")

    def _documents(self, principal: Principal) -> Iterator[Mapping[str, object]]:
        if principal.kind is Kind.ROLE:
            yield from self._of_role(principal.name)
        else:
            yield from self._of_user(principal.name)

    def _of_role(self, name: str) -> Iterator[Mapping[str, object]]:
        iam = self._cloud.iam
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            yield _parsed(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
        for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            yield self._managed(attached.get("PolicyArn", ""))

    def _of_user(self, name: str) -> Iterator[Mapping[str, object]]:
        iam = self._cloud.iam
        for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
            yield _parsed(iam.get_user_policy(UserName=name, PolicyName=policy)["PolicyDocument"])
        for attached in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
            yield self._managed(attached.get("PolicyArn", ""))

    def _managed(self, arn: str) -> Mapping[str, object]:
        iam = self._cloud.iam
        version = iam.get_policy(PolicyArn=arn)["Policy"].get("DefaultVersionId", "v1")
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        return _parsed(found.get("Document"))


def folded(document: Mapping[str, object], context: Mapping[str, str]) -> dict[str, object]:
    """Return a policy in which the conditions on known keys are decided.

    A condition that holds goes; a statement with one that does not hold goes whole. Conditions on
    other keys stay for whoever evaluates the rest.
    """
    statements = document.get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    kept = (_decided(one, context) for one in listed if isinstance(one, Mapping))
    return {**document, "Statement": [statement for statement in kept if statement is not None]}


def _decided(statement: Statement, context: Mapping[str, str]) -> dict[str, object] | None:
    known = {key.lower(): value for key, value in context.items()}
    open_conditions: dict[str, dict[str, object]] = {}
    for operator, keys in _conditions(statement):
        for key, wanted in keys.items():
            value = known.get(key.lower())
            if value is None:
                open_conditions.setdefault(operator, {})[key] = wanted
            elif not _holds(operator, value, wanted):
                return None
    rest = {name: value for name, value in statement.items() if name != "Condition"}
    return {**rest, "Condition": open_conditions} if open_conditions else rest


def _conditions(statement: Statement) -> Iterator[tuple[str, Mapping[str, object]]]:
    conditions = statement.get("Condition")
    for operator, keys in conditions.items() if isinstance(conditions, Mapping) else ():
        yield operator, keys if isinstance(keys, Mapping) else {}


def _holds(operator: str, value: str, wanted: object) -> bool:
    """Evaluate the operators that our policies use; any other one does not hold, to be safe."""
    accepted = [str(item) for item in wanted] if isinstance(wanted, list) else [str(wanted)]
    match operator.removesuffix("IfExists").rpartition(":")[2]:
        case "StringEquals":
            return value in accepted
        case "StringNotEquals":
            return value not in accepted
        case "Bool":
            return value.lower() in [item.lower() for item in accepted]
        case "StringLike" | "ArnLike" | "ArnEquals":
            return any(_like(value, pattern) for pattern in accepted)
        case _:
            return False


def _like(value: str, pattern: str) -> bool:
    parts = {"*": ".*", "?": "."}
    expression = "".join(parts.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _parsed(document: object) -> Mapping[str, object]:
    parsed = json.loads(document) if isinstance(document, str) else document
    return parsed if isinstance(parsed, Mapping) else {}
