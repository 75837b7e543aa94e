"""Whether a function of ours may do what it will be asked for, as IAM itself says."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from longshore.domain.places import Home, ServiceRef
from longshore_cli.doctor.findings import Check, Finding, attempt
from longshore_cli.doctor.reading import Answer, Reader

ROLES = ("taskRoleArn", "executionRoleArn")


def roles_of(definition: Mapping[str, object], home: Home) -> list[str]:
    """Return the ARNs of the roles that a task definition names; it may name one without ARN."""
    named = [str(definition[key]) for key in ROLES if definition.get(key)]
    whole = (
        name if name.startswith("arn:") else f"arn:{home.partition}:iam::{home.account}:role/{name}"
        for name in named
    )
    return list(dict.fromkeys(whole))


class Role:
    """Asks IAM what a role allows; each question once."""

    def __init__(self, reader: Reader, role: str) -> None:
        """Ask about the role with this ARN."""
        self._reader = reader
        self._role = role
        self._answers: dict[tuple[str, ...], str] = {}

    def allows(
        self, action: str, resource: str, context: Mapping[str, str] = MappingProxyType({})
    ) -> bool:
        """Say whether the role may do something to a resource; raises what AWS raises."""
        key = (action, resource, *context.values())
        if key not in self._answers:
            answer = self._reader.ask(
                "iam",
                "simulate_principal_policy",
                PolicySourceArn=self._role,
                ActionNames=[action],
                ResourceArns=[resource],
                ContextEntries=[
                    {
                        "ContextKeyName": name,
                        "ContextKeyValues": [value],
                        "ContextKeyType": "string",
                    }
                    for name, value in context.items()
                ],
            )
            self._answers[key] = _decision(answer)
        return self._answers[key] == "allowed"


class Permissions:
    """What the reconciler's role allows, of what a rollout of a service takes."""

    def __init__(self, role: Role) -> None:
        """Ask about that role."""
        self._role = role

    def findings(
        self, subject: str, service: ServiceRef, definition: Mapping[str, object]
    ) -> Iterator[Finding]:
        """Yield what is allowed and what is not for the rollout of one service."""
        pass_role = Check("pass-role", subject)
        yield from attempt(pass_role, lambda: self._roles(pass_role, service, definition))
        calls = Check("reconciler-permissions", subject)
        yield from attempt(calls, lambda: self._calls(calls, service, definition))

    def _roles(
        self, check: Check, service: ServiceRef, definition: Mapping[str, object]
    ) -> Iterator[Finding]:
        roles = roles_of(definition, service.home)
        context = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
        denied = [role for role in roles if not self._role.allows("iam:PassRole", role, context)]
        if denied:
            yield check.problem(
                f"the reconciler may not pass {', '.join(denied)} to ECS tasks: registering the "
                "next revision would be refused",
                f"add to the stack's parameter TaskRoleArns: {','.join(denied)}",
            )
        elif roles:
            yield check.ok(f"the reconciler may pass {', '.join(roles)}")
        else:
            yield check.ok("the task definition names no role")

    def _calls(
        self, check: Check, service: ServiceRef, definition: Mapping[str, object]
    ) -> Iterator[Finding]:
        home = service.home
        ecs = f"arn:{home.partition}:ecs:{home.region}:{home.account}"
        cluster = f"{ecs}:cluster/{service.cluster}"
        in_cluster = {"ecs:cluster": cluster}
        denied = [
            action
            for action in ("ecs:DescribeServices", "ecs:UpdateService")
            if not self._role.allows(action, service.arn, in_cluster)
        ]
        if denied:
            yield check.problem(
                f"the reconciler may not call {', '.join(denied)} in the cluster "
                f"{service.cluster}: it cannot roll the service",
                f"add to the stack's parameter ClusterArns: {cluster}",
            )
        family = f"{ecs}:task-definition/{definition.get('family')}:*"
        if not self._role.allows("ecs:RegisterTaskDefinition", family):
            yield check.problem(
                f"the reconciler may not call ecs:RegisterTaskDefinition on {family}",
                "look at its permissions boundary (PermissionsBoundaryArn) and at the "
                "organization's service control policies",
            )
        elif not denied:
            yield check.ok("the reconciler may register revisions and update the service")


def _decision(answer: Answer) -> str:
    """Return what IAM decided on the one action and resource that it was asked about."""
    return str(answer["EvaluationResults"][0]["EvalDecision"])
