"""Permissions, secrets, log groups and downloads: what is asked, and what is made of the answer."""

from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from typing import Any, cast

import pytest
from botocore.exceptions import InvalidRegionError

from longshore.domain.errors import NotPermitted, Refused, Throttled
from longshore.domain.places import Home, RepositoryRef, ServiceRef
from longshore_cli.access import Access, Place
from longshore_cli.doctor.findings import Check, Finding, Status, attempt, counts
from longshore_cli.doctor.permissions import Permissions, Role, roles_of
from longshore_cli.doctor.reading import Reader
from longshore_cli.doctor.references import References, log_groups_of, secrets_of
from longshore_cli.doctor.repositories import Repositories
from tests.support.httpd import sending
from tests.unit.cli.conftest import HttpServer

HOME = Home("aws", "123456789012", "eu-central-1")
WEB = ServiceRef(HOME, "staging", "web")
RECONCILER = "arn:aws:iam::123456789012:role/reconciler"
TASK_ROLE = "arn:aws:iam::123456789012:role/task"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"

Call = tuple[str, Mapping[str, Any]]


class Scripted(Reader):
    """A reader whose answers are given by operation."""

    def __init__(self, **answers: object) -> None:
        super().__init__(Access(Place(region="eu-central-1")))
        self.answers = answers
        self.calls: list[Call] = []

    def ask(
        self, service: str, operation: str, *, region: str | None = None, **parameters: object
    ) -> Mapping[str, Any]:
        self.calls.append((operation, {"service": service, "region": region, **parameters}))
        answer = self.answers[operation]
        found = answer(parameters) if callable(answer) else answer
        if isinstance(found, Exception):
            raise found
        return cast("Mapping[str, Any]", found)


def simulation(*denied: str) -> Callable[[Mapping[str, Any]], object]:
    """IAM, which denies what is named: an action, or the resource it is asked on."""

    def answer(asked: Mapping[str, Any]) -> object:
        no = {asked["ActionNames"][0], asked["ResourceArns"][0]} & set(denied)
        return {"EvaluationResults": [{"EvalDecision": "implicitDeny" if no else "allowed"}]}

    return answer


DEFINITION: Mapping[str, Any] = {
    "family": "web",
    "taskRoleArn": "task",
    "executionRoleArn": "arn:aws:iam::123456789012:role/path/execution",
}


def examine(reader: Reader) -> list[Finding]:
    return list(Permissions(Role(reader, RECONCILER)).findings("web", WEB, DEFINITION))


def test_what_the_reconciler_may_is_well() -> None:
    reader = Scripted(simulate_principal_policy=simulation())

    assert [each.status for each in examine(reader)] == [Status.OK, Status.OK]


def test_iam_is_asked_as_ecs_would_ask_it() -> None:
    reader = Scripted(simulate_principal_policy=simulation())
    examine(reader)

    asked = [
        (p["ActionNames"][0], p["ResourceArns"][0], p["ContextEntries"]) for _, p in reader.calls
    ]
    to_tasks = ("iam:PassedToService", "ecs-tasks.amazonaws.com")
    cluster = ("ecs:cluster", "arn:aws:ecs:eu-central-1:123456789012:cluster/staging")
    assert [
        (action, resource, [(e["ContextKeyName"], *e["ContextKeyValues"]) for e in entries])
        for action, resource, entries in asked
    ] == [
        ("iam:PassRole", TASK_ROLE, [to_tasks]),
        ("iam:PassRole", "arn:aws:iam::123456789012:role/path/execution", [to_tasks]),
        ("ecs:DescribeServices", WEB.arn, [cluster]),
        ("ecs:UpdateService", WEB.arn, [cluster]),
        (
            "ecs:RegisterTaskDefinition",
            "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:*",
            [],
        ),
    ]
    assert {p["PolicySourceArn"] for _, p in reader.calls} == {RECONCILER}


def test_a_role_that_may_not_be_passed_is_named_with_the_parameter() -> None:
    roles, _ = examine(Scripted(simulate_principal_policy=simulation(TASK_ROLE)))

    assert roles.status is Status.PROBLEM
    assert TASK_ROLE in roles.message
    assert "execution" not in roles.message
    assert roles.next_step == f"add to the stack's parameter TaskRoleArns: {TASK_ROLE}"


def test_a_cluster_that_was_not_named_is_told() -> None:
    _, calls = examine(Scripted(simulate_principal_policy=simulation("ecs:UpdateService")))

    assert calls.status is Status.PROBLEM
    assert "ecs:UpdateService in the cluster staging" in calls.message
    assert calls.next_step.endswith(
        "ClusterArns: arn:aws:ecs:eu-central-1:123456789012:cluster/staging"
    )


def test_a_boundary_that_forbids_registering_is_told() -> None:
    found = examine(Scripted(simulate_principal_policy=simulation("ecs:RegisterTaskDefinition")))

    assert found[-1].status is Status.PROBLEM
    assert "PermissionsBoundaryArn" in found[-1].next_step


def test_what_iam_does_not_answer_is_not_passed() -> None:
    denied = NotPermitted(
        "iam:SimulatePrincipalPolicy on * is not permitted to ana: allow it there"
    )

    found = examine(Scripted(simulate_principal_policy=denied))

    assert [each.status for each in found] == [Status.UNCHECKED, Status.UNCHECKED]
    assert "iam:SimulatePrincipalPolicy on * is not permitted to ana" in found[0].message


def test_a_definition_without_roles_passes_none() -> None:
    reader = Scripted(simulate_principal_policy=simulation())
    found = list(Permissions(Role(reader, RECONCILER)).findings("web", WEB, {"family": "web"}))

    assert found[0].message == "the task definition names no role"
    assert roles_of({"taskRoleArn": TASK_ROLE, "executionRoleArn": TASK_ROLE}, HOME) == [TASK_ROLE]


# ── secrets, parameters and log groups ────────────────────────────────────────────────────────

SECRETIVE: Mapping[str, Any] = {
    "containerDefinitions": [
        {
            "name": "web",
            "secrets": [
                {"name": "A", "valueFrom": f"{SECRET}:password::"},
                {"name": "B", "valueFrom": "/shop/key"},
                {"name": "C", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/plain"},
            ],
            "repositoryCredentials": {"credentialsParameter": SECRET},
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/shop/web", "awslogs-region": "eu-west-1"},
                "secretOptions": [{"name": "t", "valueFrom": "token"}],
            },
        }
    ]
}


def logs(**options: str) -> Mapping[str, Any]:
    configuration = {"logDriver": "awslogs", "options": options}
    return {"containerDefinitions": [{"name": "web", "logConfiguration": configuration}]}


def everything() -> Scripted:
    return Scripted(
        describe_secret={"ARN": SECRET},
        describe_parameters={"Parameters": [{"Name": "x"}]},
        describe_log_groups={"logGroups": [{"logGroupName": "/shop/web"}]},
    )


def refer(reader: Reader, definition: Mapping[str, Any] = SECRETIVE) -> list[Finding]:
    return list(References(reader).findings("web", definition, HOME))


def test_all_that_exists_is_well_and_asked_about_once() -> None:
    reader = everything()

    assert [(each.check, each.message) for each in refer(reader)] == [
        ("secrets", "all 5 exist"),
        ("log-groups", "all 1 exist"),
    ]
    names = [p["ParameterFilters"][0]["Values"] for name, p in reader.calls if "parameters" in name]
    assert names == [["/shop/key"], ["/plain", "plain"], ["/token", "token"]]
    assert [p["SecretId"] for name, p in reader.calls if name == "describe_secret"] == [SECRET]
    regions = [(name, p["region"]) for name, p in reader.calls]
    assert ("describe_secret", "eu-west-1") in regions
    assert ("describe_parameters", "us-east-1") in regions
    assert ("describe_log_groups", "eu-west-1") in regions


def test_a_value_is_never_read() -> None:
    reader = everything()
    refer(reader)

    assert {name for name, _ in reader.calls} == {
        "describe_secret",
        "describe_parameters",
        "describe_log_groups",
    }


def test_what_is_missing_is_named() -> None:
    reader = everything()
    reader.answers |= {
        "describe_secret": Refused("no", "ResourceNotFoundException"),
        "describe_parameters": {"Parameters": []},
        "describe_log_groups": {"logGroups": [{"logGroupName": "/shop/web-2"}]},
    }

    found = refer(reader)

    assert {each.status for each in found} == {Status.PROBLEM}
    assert f"container web: there is no secret {SECRET}" in [each.message for each in found]
    assert "container web: there is no parameter /shop/key in eu-central-1" in [
        each.message for each in found
    ]
    assert found[-1].next_step == (
        "aws logs create-log-group --log-group-name /shop/web --region eu-west-1"
    )


def test_a_secret_that_is_being_deleted_is_as_good_as_gone() -> None:
    reader = everything()
    reader.answers["describe_secret"] = {"DeletedDate": "soon"}

    assert "is deleted, or will be shortly" in refer(reader)[0].message


def test_one_that_may_not_be_described_leaves_the_others() -> None:
    reader = everything()
    reader.answers["describe_secret"] = NotPermitted("secretsmanager:DescribeSecret on x is denied")

    found = [each for each in refer(reader) if each.check == "secrets"]

    assert [each.status for each in found] == [Status.UNCHECKED, Status.UNCHECKED]


def test_secrets_of_another_account_cannot_be_looked_at() -> None:
    foreign = SECRET.replace("123456789012", "999999999999")
    secret = {"name": "A", "valueFrom": foreign}
    definition = {"containerDefinitions": [{"name": "web", "secrets": [secret]}]}

    found = refer(everything(), definition)

    assert found[0].status is Status.UNCHECKED
    assert "lies in account 999999999999" in found[0].message


def test_a_group_that_the_task_makes_need_not_be_there() -> None:
    made = logs(**{"awslogs-group": "/shop/web", "awslogs-create-group": "true"})
    other = {
        "containerDefinitions": [{"name": "web", "logConfiguration": {"logDriver": "fluentd"}}]
    }

    assert log_groups_of(made, HOME) == log_groups_of(other, HOME) == []
    assert [g.region for g in log_groups_of(logs(**{"awslogs-group": "g"}), HOME)] == [HOME.region]
    assert secrets_of({}) == []


# ── downloads, and what AWS refuses ───────────────────────────────────────────────────────────


@pytest.fixture
def blobs() -> Iterator[HttpServer]:
    server = HttpServer(lambda _: (200, {}))
    yield server
    server.close()


def test_a_stand_in_on_this_machine_does_not_lead_off_it() -> None:
    with pytest.raises(Refused, match=r"names a download at starport\.example\.com"):
        Scripted().download("https://starport.example.com/blob", "http://127.0.0.1:4566")


def test_a_blob_that_is_not_given_is_refused(blobs: HttpServer) -> None:
    """This server knows POST alone and answers 501."""
    with pytest.raises(Refused, match=r"127\.0\.0\.1 answered 501"):
        Scripted().download(f"{blobs.url}blob", blobs.url)


def test_a_registry_that_is_not_reached_is_refused(blobs: HttpServer) -> None:
    blobs.close()
    with pytest.raises(Refused, match=r"127\.0\.0\.1 gave no answer"):
        Scripted().download(f"{blobs.url}blob", blobs.url)


def test_a_blob_that_never_ends_is_not_read_to_its_end() -> None:
    """A manifest may name a layer of gigabytes as its configuration."""
    with (
        sending(repeat(b"x" * 65536)) as address,
        pytest.raises(Refused, match=r"127\.0\.0\.1 gave no blob: .* more than 1048576 bytes"),
    ):
        Scripted().download(address, address)


def test_a_blob_is_read_whole() -> None:
    with sending([b"{", b"}"]) as address:
        assert Scripted().download(address, address) == b"{}"


@pytest.mark.parametrize("text", ['{"config":' * 100_000, "[" * 100_000, "[]", "", '{"a": NaN}'])
def test_a_manifest_or_a_policy_that_is_broken_is_refused(text: str) -> None:
    repository = RepositoryRef(HOME, "shop")
    broken = Repositories(
        Scripted(
            batch_get_image={"images": [{"imageManifest": text}]},
            get_lifecycle_policy={"lifecyclePolicyText": text},
        )
    )

    with pytest.raises(Refused, match="the manifest of sha256:1 was not understood: "):
        broken.platforms(repository, "sha256:1")
    with pytest.raises(Refused, match="the lifecycle policy of shop was not understood: "):
        broken.rules(repository)


def test_a_region_that_is_none_leaves_the_other_checks_alone() -> None:
    """A task definition may name anything as the region of its logs."""
    reader = Reader(Access(Place(region="eu-central-1")))
    odd = logs(**{"awslogs-group": "/shop/web", "awslogs-region": "${AWS_REGION}"})

    secrets, finding = refer(reader, odd)

    assert secrets.status is Status.OK
    assert finding.status is Status.UNCHECKED
    assert "could not be checked: failed to call AWS: Provided region_name" in finding.message


@pytest.mark.parametrize(
    "error",
    [
        NotPermitted("a"),
        Throttled("ecr:DescribeImages got no answer"),
        Refused("no", "Unknown"),
        InvalidRegionError(region_name="${AWS_REGION}"),
    ],
)
def test_no_refusal_ends_the_command_or_counts_as_passed(error: Exception) -> None:
    def refused() -> Iterator[Finding]:
        raise error
        yield

    (finding,) = attempt(Check("image", "shop/staging"), refused)

    assert finding.status is Status.UNCHECKED
    assert finding.next_step
    assert counts([finding]) == {"ok": 0, "warning": 0, "problem": 0, "unchecked": 1}


def test_a_defect_stays_a_defect() -> None:
    with pytest.raises(ZeroDivisionError):
        attempt(Check("image", "shop/staging"), lambda: [1 / 0])  # type: ignore[list-item]  # a defect
