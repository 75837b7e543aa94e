"""Keys, records and the queue of pushes, on AWS as moto plays it."""

import json
from dataclasses import replace

import pytest

from longshore.aws import items, keys
from longshore.aws.clients import Clients
from longshore.aws.gate import Gate, Recorder
from longshore.aws.pushes import (
    DynamoPushFollowers,
    DynamoPushRecords,
    SecretKeys,
    SqsPushQueue,
)
from longshore.aws.secrets import KEPT_FOR, NOT_AGAIN_WITHIN, Secret
from longshore.aws.starting import AwsStarter
from longshore.domain.errors import Conflict, NotPermitted
from longshore.domain.pushes import (
    GitRepository,
    Provider,
    Push,
    PushLink,
    PushRecord,
    RefChange,
    RefKind,
    Startable,
    Started,
)
from longshore.domain.triggers import PushFollower
from longshore.events.git.messages import parse_push
from longshore.events.git.signatures import Keys
from tests.support.answers import Answers
from tests.support.builders import make_configuration
from tests.support.fakes import NOON
from tests.support.ledgers import DynamoWorld
from tests.support.permissions import permissions_used
from tests.support.push_fakes import ON_MAIN, SHOP

RECORD = PushRecord("hash", SHOP, "ada", NOON)
STARTED = Started("refs/heads/main", "b" * 40, Startable.PIPELINE, "checkout", "execution-1")
LINK = PushLink(
    "checkout:execution-1",
    Startable.PIPELINE,
    "checkout",
    "hash",
    SHOP,
    "refs/heads/main",
    "b" * 40,
    "ada",
    NOON,
)


class Seconds:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# ── keys ──────────────────────────────────────────────────────────────────────────────────────


def write(clients: Clients, **held: object) -> None:
    clients.secrets.put_secret_value(SecretId="longshore/git", SecretString=json.dumps(held))


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def secret(clients: Clients, recorder: Recorder, seconds: Seconds) -> Secret:
    clients.secrets.create_secret(Name="longshore/git", SecretString="{}")
    return Secret(
        Gate(recorder), clients.secrets, "longshore/git", holds='{"github": …}', seconds=seconds
    )


def test_a_host_has_one_key_or_two_and_never_more(clients: Clients, secret: Secret) -> None:
    write(clients, github="one", gitlab=["new", "old", "older"], bitbucket=7)
    held = SecretKeys(secret, plain_tokens=False)

    assert held.of(Provider.GITHUB) == Keys(("one",))
    assert held.of(Provider.GITLAB) == Keys(("new", "old"))
    assert held.of(Provider.BITBUCKET) == Keys()


def test_a_plain_token_counts_where_it_is_switched_on(clients: Clients, secret: Secret) -> None:
    write(clients, **{"gitlab": "signing", "gitlab-token": ["plain"], "github-token": "x"})

    assert SecretKeys(secret, plain_tokens=False).of(Provider.GITLAB) == Keys(("signing",))
    assert SecretKeys(secret, plain_tokens=True).of(Provider.GITLAB) == Keys(
        ("signing",), ("plain",)
    )
    assert SecretKeys(secret, plain_tokens=True).of(Provider.GITHUB) == Keys()


def test_a_rotated_secret_is_read_anew_at_a_mismatch_but_not_at_each(
    clients: Clients, secret: Secret, recorder: Recorder, seconds: Seconds
) -> None:
    write(clients, github="old")
    held = SecretKeys(secret, plain_tokens=False)
    assert held.of(Provider.GITHUB) == Keys(("old",))
    write(clients, github=["new", "old"])

    assert not held.renew()
    seconds.now += NOT_AGAIN_WITHIN.total_seconds()
    assert held.renew()
    assert held.of(Provider.GITHUB) == Keys(("new", "old"))
    assert [held.renew() for _ in range(100)] == [False] * 100
    assert len(recorder.calls) == 2


def test_without_a_mismatch_it_is_read_every_five_minutes(
    clients: Clients, secret: Secret, recorder: Recorder, seconds: Seconds
) -> None:
    write(clients, github="old")
    held = SecretKeys(secret, plain_tokens=False)
    held.of(Provider.GITHUB)
    write(clients, github="new")

    seconds.now += KEPT_FOR.total_seconds() - 1
    assert held.of(Provider.GITHUB) == Keys(("old",))
    seconds.now += 1
    assert held.of(Provider.GITHUB) == Keys(("new",))
    assert len(recorder.calls) == 2


def test_a_secret_that_is_no_object_says_what_belongs_into_it(
    clients: Clients, secret: Secret
) -> None:
    clients.secrets.put_secret_value(SecretId="longshore/git", SecretString="hunter2")

    with pytest.raises(NotPermitted, match=r'put \{"github": …\} into it') as caught:
        secret.values("github")
    assert "hunter2" not in str(caught.value)


# ── records and followers ─────────────────────────────────────────────────────────────────────


def test_a_push_is_kept_once_and_the_first_is_found(dynamo: DynamoWorld) -> None:
    records = DynamoPushRecords(dynamo.table)

    assert records.put_new(RECORD) is None
    assert records.put_new(replace(RECORD, pusher="another")) == replace(RECORD, version=1)
    assert records.read("hash") == replace(RECORD, version=1)
    assert records.read("another") is None
    item = dynamo.get(keys.push("hash"))
    assert item is not None
    assert item["expires_at"] == {"N": str(int(NOON.timestamp()) + 30 * 86400)}


def test_a_start_is_recorded_with_its_link_or_not_at_all(dynamo: DynamoWorld) -> None:
    records = DynamoPushRecords(dynamo.table)
    records.put_new(RECORD)
    read = records.read("hash")
    assert read is not None

    kept = records.keep(read.with_start(STARTED), LINK)

    assert records.read("hash") == kept
    assert kept.starts == (STARTED,)
    assert records.link(LINK.execution) == LINK
    other = replace(LINK, execution="checkout:execution-2")
    with pytest.raises(Conflict):
        records.keep(read, other)
    assert records.link(other.execution) is None


def test_a_push_that_has_no_record_any_more_gets_one(dynamo: DynamoWorld) -> None:
    records = DynamoPushRecords(dynamo.table)

    assert records.keep(replace(RECORD, done=True)).version == 1


def test_what_follows_is_what_the_configuration_in_force_says(dynamo: DynamoWorld) -> None:
    followers = DynamoPushFollowers(dynamo.table)
    other = replace(ON_MAIN, repository=GitRepository(Provider.GITHUB, "acme/other"))
    assert not followers.are_there(SHOP)

    dynamo.install(replace(make_configuration(), git=(ON_MAIN, other)))
    assert followers.are_there(SHOP)
    assert followers.triggers(SHOP) == [ON_MAIN]

    later = replace(ON_MAIN, name="another")
    dynamo.install(replace(make_configuration(number=2), git=(later,)))
    assert followers.triggers(SHOP) == [later]
    assert followers.triggers(other.repository) == []  # its lookup is left, and is only a hint


def test_a_lookup_of_what_never_came_in_force_starts_nothing(dynamo: DynamoWorld) -> None:
    dynamo.put(items.git_item(PushFollower(SHOP, "checkout"), 1))

    assert DynamoPushFollowers(dynamo.table).triggers(SHOP) == []


# ── the queue, and what is called ─────────────────────────────────────────────────────────────


def test_a_push_is_queued_once_in_the_group_of_its_repository(clients: Clients) -> None:
    url = clients.sqs.create_queue(QueueName="pushes.fifo", Attributes={"FifoQueue": "true"})[
        "QueueUrl"
    ]
    queue = SqsPushQueue(Gate(), clients.sqs, url)
    push = Push(SHOP, (RefChange(RefKind.BRANCH, "main", None, "b" * 40),), "ada")

    queue.put("hash", push)
    queue.put("hash", push)

    found = clients.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"]
    )["Messages"]
    (message,) = found
    assert parse_push(message["Body"]) == ("hash", push)
    assert message["Attributes"]["MessageGroupId"] == "github:acme/checkout"


def test_starts_are_asked_for_with_commit_and_token_and_need_one_permission_each() -> None:
    answers = Answers([{"pipelineExecutionId": "e-1"}] * 2 + [{"build": {"id": "image:1"}}])
    calls = Recorder(answers)
    starter = AwsStarter(Gate(calls), Clients())

    assert starter.start_pipeline("checkout", "Source", "c" * 40, "token", {}) == "e-1"
    starter.start_pipeline("checkout", "Source", "c" * 40, "token", {"GIT_TAG": "v1"})
    assert starter.start_build("image", "c" * 40, "token", {"GIT_TAG": "v1"}) == "image:1"

    plain, told, build = answers.asked
    assert plain == {
        "name": "checkout",
        "clientRequestToken": "token",
        "sourceRevisions": [
            {"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": "c" * 40}
        ],
    }
    assert told["variables"] == [{"name": "GIT_TAG", "value": "v1"}]
    assert build == {
        "projectName": "image",
        "sourceVersion": "c" * 40,
        "idempotencyToken": "token",
        "environmentVariablesOverride": [{"name": "GIT_TAG", "value": "v1", "type": "PLAINTEXT"}],
    }
    assert [(p.action, p.resource) for p in permissions_used(calls.calls, "aws", "1" * 12)] == [
        (
            "codepipeline:StartPipelineExecution",
            f"arn:aws:codepipeline:eu-central-1:{'1' * 12}:checkout",
        ),
        ("codebuild:StartBuild", f"arn:aws:codebuild:eu-central-1:{'1' * 12}:project/image"),
    ]
